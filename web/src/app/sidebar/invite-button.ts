import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Problems } from '../core/problems';
import { Icon } from '../ui/icon';
import { Toasts } from '../ui/toast';

const INVITE = { expiresInS: 7 * 86_400 };

/** A link by which others come in: into a room that is made for it. */
@Component({
  selector: 'p-invite-button',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button [disabled]="isBusy()" (click)="invite()">
      <p-icon name="link" />{{ t('invite.copy') }}
    </button>
    @if (link(); as url) {
      <input readonly dir="ltr" [value]="url" [attr.aria-label]="t('details.invite')" />
    }
    <p class="muted small">{{ t('invite.hint') }}</p>
  `,
  styles: `
    :host {
      display: grid;
      justify-items: center;
      gap: var(--space-8);
      text-align: center;
    }
  `,
})
export class InviteButton {
  protected readonly t = inject(Words).t;
  private readonly store = inject(ChatStore);
  private readonly toasts = inject(Toasts);
  private readonly problems = inject(Problems);
  protected readonly isBusy = signal(false);
  protected readonly link = signal<string | undefined>(undefined);

  protected async invite(): Promise<void> {
    this.isBusy.set(true);
    try {
      const url = this.link() ?? (await this.make());
      this.link.set(url);
      await navigator.clipboard?.writeText(url).then(
        () => this.toasts.show(this.t('invite.copied')),
        () => undefined, // it stands there to be copied by hand
      );
    } catch (error) {
      this.toasts.show(this.problems.say(error), 'failed');
    } finally {
      this.isBusy.set(false);
    }
  }

  private async make(): Promise<string> {
    const room = await this.store.rooms.make(this.t('invite.roomName'), []);
    const { code } = await this.store.server.makeInvite(room, INVITE);
    return `${location.origin}/join/${code}`;
  }
}
