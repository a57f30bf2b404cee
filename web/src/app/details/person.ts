import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  signal,
} from '@angular/core';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Clock } from '../core/clock';
import { Problems } from '../core/problems';
import { Avatar } from '../ui/avatar';
import { Confirm } from '../ui/confirm';
import { shortText } from '../ui/relative-time';
import { Toasts } from '../ui/toast';

/** The other person of a chat. */
@Component({
  selector: 'p-person-details',
  imports: [Avatar, Confirm],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p-avatar [name]="person().name" [seed]="userId()" [src]="person().picture" [size]="96" />
    <h3 dir="auto">{{ person().name }}</h3>
    <p class="muted">{{ presence() }}</p>
    @if (isBlocked() !== undefined) {
      @if (isBlocked()) {
        <button (click)="unblock()">{{ t('details.unblock', { name: person().name }) }}</button>
      } @else {
        <button class="danger" (click)="isAsking.set(true)">
          {{ t('details.block', { name: person().name }) }}
        </button>
      }
    }
    <p-confirm
      [open]="isAsking()"
      [title]="t('details.blockTitle', { name: person().name })"
      [text]="t('details.blockText', { name: person().name })"
      [action]="t('details.block', { name: person().name })"
      (confirmed)="block()"
      (dismissed)="isAsking.set(false)"
    />
  `,
  styles: `
    :host {
      display: grid;
      justify-items: center;
      align-content: start;
      gap: var(--space-12);
      padding: var(--space-24) var(--space-16);
      text-align: center;
      overflow-y: auto;
    }
    h3 {
      font-size: 18px;
    }
  `,
})
export class PersonDetails {
  private readonly words = inject(Words);
  protected readonly t = this.words.t;
  private readonly store = inject(ChatStore);
  private readonly clock = inject(Clock);
  private readonly toasts = inject(Toasts);
  private readonly problems = inject(Problems);
  readonly userId = input.required<string>();
  protected readonly isAsking = signal(false);
  /** Undefined: not known yet. */
  protected readonly isBlocked = signal<boolean | undefined>(undefined);
  protected readonly person = computed(() => this.store.people.of(this.userId())());
  protected readonly presence = computed(() => {
    const known = this.store.people.presenceOf(this.userId())();
    if (!known) return '';
    if (known.online) return this.t('presence.online');
    if (!known.lastSeenAt) return this.t('presence.offline');
    const words = {
      now: this.t('time.now'),
      today: this.t('time.today'),
      yesterday: this.t('time.yesterday'),
    };
    const at = new Date(known.lastSeenAt);
    const time = shortText(at, this.clock.now(), this.words.locale, words);
    return this.t('details.lastSeen', { time });
  });

  constructor() {
    effect(() => void this.look(this.userId()));
  }

  protected async block(): Promise<void> {
    this.isAsking.set(false);
    await this.turn(true, this.store.server.block(this.userId()));
  }

  protected async unblock(): Promise<void> {
    await this.turn(false, this.store.server.unblock(this.userId()));
  }

  private async look(userId: string): Promise<void> {
    this.isBlocked.set(undefined);
    const blocks = await this.store.server.blocks().catch(() => undefined);
    if (userId === this.userId())
      this.isBlocked.set(blocks?.some((block) => block.userId === userId));
  }

  private async turn(to: boolean, asked: Promise<void>): Promise<void> {
    try {
      await asked;
      this.isBlocked.set(to);
    } catch (error) {
      this.toasts.show(this.problems.say(error), 'failed');
    }
  }
}
