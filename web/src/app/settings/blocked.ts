import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import type { Blocks } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Problems } from '../core/problems';
import { Toasts } from '../ui/toast';

/** Whom the user has blocked. */
@Component({
  selector: 'p-blocked-people',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2>{{ t('settings.blocked') }}</h2>
    <ul>
      @for (block of all(); track block.userId) {
        <li>
          <bdi class="ellipsis">{{ store.people.nameOf(block.userId) }}</bdi>
          <button (click)="unblock(block.userId)">{{ t('settings.unblock') }}</button>
        </li>
      } @empty {
        <li class="muted">{{ t('settings.noneBlocked') }}</li>
      }
    </ul>
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-8);
    }
    li {
      display: flex;
      align-items: center;
      gap: var(--space-12);
      padding-block: var(--space-4);
    }
    bdi {
      flex: 1;
    }
  `,
})
export class BlockedPeople {
  protected readonly t = inject(Words).t;
  protected readonly store = inject(ChatStore);
  private readonly toasts = inject(Toasts);
  private readonly problems = inject(Problems);
  protected readonly all = signal<Blocks>([]);

  constructor() {
    void this.store.server.blocks().then(
      (blocks) => this.all.set(blocks),
      () => undefined,
    );
  }

  protected async unblock(userId: string): Promise<void> {
    try {
      await this.store.server.unblock(userId);
      this.all.update((old) => old.filter((one) => one.userId !== userId));
    } catch (error) {
      this.toasts.show(this.problems.say(error), 'failed');
    }
  }
}
