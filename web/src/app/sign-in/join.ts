import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  signal,
} from '@angular/core';
import { Router } from '@angular/router';
import { type InvitePreview, refusalOf } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Problems } from '../core/problems';
import { Session } from '../core/session';
import { Brand } from './brand';
import { Card } from './card';
import { SignIn } from './sign-in';

/** /join/:code: who invites where, and the way in. */
@Component({
  selector: 'p-join',
  imports: [Brand, Card, SignIn],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p-card>
      <p-brand />
      @if (isGone()) {
        <p role="alert">{{ t('join.gone') }}</p>
        @if (session.isIn()) {
          <button (click)="home()">{{ t('conversation.backToList') }}</button>
        }
      } @else if (card()) {
        <div>
          <h2 dir="auto">{{ headline() }}</h2>
          <p class="muted">{{ t('join.members', { count: card()!.memberCount }) }}</p>
        </div>
        @if (session.isIn()) {
          @if (problem()) {
            <p class="error" role="alert">{{ problem() }}</p>
          }
          <button class="primary" [disabled]="isBusy()" (click)="join()">
            {{ t('join.join') }}
          </button>
        } @else {
          <p-sign-in (done)="join()" />
        }
      } @else if (problem()) {
        <p class="error" role="alert">{{ problem() }}</p>
        <button (click)="load()">{{ t('app.retry') }}</button>
      }
    </p-card>
  `,
})
export class Join {
  protected readonly t = inject(Words).t;
  protected readonly session = inject(Session);
  private readonly store = inject(ChatStore);
  private readonly router = inject(Router);
  private readonly problems = inject(Problems);
  readonly code = input.required<string>();
  protected readonly card = signal<InvitePreview | undefined>(undefined);
  protected readonly isGone = signal(false);
  protected readonly isBusy = signal(false);
  protected readonly problem = signal<string | undefined>(undefined);

  protected readonly headline = computed(() => {
    const { invitedBy, title } = this.card() ?? {};
    const name = invitedBy ?? this.t('join.somebody');
    return title ? this.t('join.title', { name, title }) : this.t('join.titleDirect', { name });
  });

  constructor() {
    effect(() => void this.load());
  }

  protected async load(): Promise<void> {
    const code = this.code();
    this.problem.set(undefined);
    try {
      this.card.set(await this.session.server.lookAtInvite(code));
    } catch (error) {
      this.explain(error);
    }
  }

  protected async join(): Promise<void> {
    this.isBusy.set(true);
    try {
      const { conversationId } = await this.session.server.joinByInvite(this.code());
      await this.store.start(this.session.userId()!);
      await this.store.conversations.find(conversationId);
      await this.router.navigate(['/c', conversationId], { replaceUrl: true });
    } catch (error) {
      this.explain(error);
    } finally {
      this.isBusy.set(false);
    }
  }

  protected home(): void {
    void this.router.navigateByUrl('/');
  }

  private explain(error: unknown): void {
    if (refusalOf(error)?.code === 'not_found') this.isGone.set(true);
    else this.problem.set(this.problems.say(error));
  }
}
