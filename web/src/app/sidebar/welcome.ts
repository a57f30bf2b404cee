import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { InviteButton } from './invite-button';

/** Beside the list while nothing is chosen of it. */
@Component({
  selector: 'p-welcome',
  imports: [InviteButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (isEmpty()) {
      <div>
        <h1>{{ t('welcome.title') }}</h1>
        <p class="muted">{{ t('welcome.text') }}</p>
        <button class="primary" (click)="store.isNewChatOpen.set(true)">{{ t('list.new') }}</button>
        <p-invite-button />
      </div>
    } @else if (store.conversations.byActivity().length > 0) {
      <p class="muted">{{ t('welcome.pick') }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      place-content: center;
      padding: var(--space-24);
      text-align: center;
    }
    div {
      display: grid;
      justify-items: center;
      gap: var(--space-16);
      max-inline-size: 360px;
    }
    h1 {
      font-size: 20px;
      line-height: 28px;
    }
  `,
})
export class Welcome {
  protected readonly t = inject(Words).t;
  protected readonly store = inject(ChatStore);
  protected readonly isEmpty = computed(
    () => this.store.conversations.isWhole() && this.store.conversations.byActivity().length === 0,
  );
}
