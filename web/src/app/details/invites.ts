import {
  ChangeDetectionStrategy,
  Component,
  effect,
  inject,
  input,
  signal,
  untracked,
} from '@angular/core';
import { type Invite, refusalOf } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import type { Conversation } from '../core/conversation';
import { Problems } from '../core/problems';
import { Icon } from '../ui/icon';
import { Toasts } from '../ui/toast';

const INVITE = { expiresInS: 7 * 86_400 };

/** Links by which others come in. */
@Component({
  selector: 'p-invites',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (invite of all(); track invite.code) {
      <div class="invite">
        <input readonly dir="ltr" [value]="link(invite)" [attr.aria-label]="t('details.invite')" />
        <button class="icon" [attr.aria-label]="t('invite.copy')" (click)="copy(invite)">
          <p-icon name="copy" />
        </button>
        <button class="icon" [attr.aria-label]="t('details.revoke')" (click)="revoke(invite)">
          <p-icon name="trash" />
        </button>
      </div>
    }
    @if (isAllowed() && all().length === 0) {
      <button [disabled]="isBusy()" (click)="make()">
        <p-icon name="link" />{{ t('details.makeInvite') }}
      </button>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-8);
    }
    .invite {
      display: flex;
      gap: var(--space-4);
    }
    input {
      flex: 1;
      min-inline-size: 0;
    }
  `,
})
export class Invites {
  protected readonly t = inject(Words).t;
  private readonly store = inject(ChatStore);
  private readonly toasts = inject(Toasts);
  private readonly problems = inject(Problems);
  readonly one = input.required<Conversation>();
  protected readonly all = signal<readonly Invite[]>([]);
  protected readonly isAllowed = signal(false);
  protected readonly isBusy = signal(false);

  constructor() {
    effect(() => {
      const { id } = this.one();
      untracked(() => void this.load(id));
    });
  }

  protected link({ code }: Invite): string {
    return `${location.origin}/join/${code}`;
  }

  protected copy(invite: Invite): void {
    void navigator.clipboard
      ?.writeText(this.link(invite))
      .then(() => this.toasts.show(this.t('invite.copied')));
  }

  protected async make(): Promise<void> {
    this.isBusy.set(true);
    try {
      const made = await this.store.server.makeInvite(this.one().id, INVITE);
      this.all.update((old) => [...old, made]);
      this.copy(made);
    } catch (error) {
      this.toasts.show(this.problems.say(error), 'failed');
    } finally {
      this.isBusy.set(false);
    }
  }

  protected async revoke({ code }: Invite): Promise<void> {
    try {
      await this.store.server.revokeInvite(this.one().id, code);
      this.all.update((old) => old.filter((one) => one.code !== code));
    } catch (error) {
      this.toasts.show(this.problems.say(error), 'failed');
    }
  }

  /** Who may not make any is shown nothing. */
  private async load(id: string): Promise<void> {
    try {
      this.all.set(await this.store.server.invites(id));
      this.isAllowed.set(true);
    } catch (error) {
      if (!refusalOf(error)) this.isAllowed.set(true);
    }
  }
}
