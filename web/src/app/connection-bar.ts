import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  signal,
  untracked,
} from '@angular/core';
import { Words } from '../i18n/texts';
import { Announcer } from './core/announcer';
import { ChatStore } from './core/chat-store';
import { Configuration } from './core/configuration';
import { Countdown } from './core/countdown';

const PATIENCE_MS = 2_000;
const GLAD_MS = 1_000;

/** Shown 2 s after the connection was lost, and a second after it is back. Never at a start. */
@Component({
  selector: 'p-connection-bar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  providers: [Countdown],
  template: `
    @if (shown() !== 'nothing' && !store.crowding.isOver()) {
      <div class="bar" [class.back]="shown() === 'back'" role="status" data-testid="connection">
        @if (shown() === 'back') {
          <span>{{ t('connection.back') }}</span>
        } @else {
          <span>{{ t('connection.connecting') }}</span>
          @if (countdown.left() > 0) {
            <span class="count">{{ t('connection.retryIn', { count: countdown.left() }) }}</span>
            <button class="link" (click)="store.retryNow()">{{ t('connection.tryNow') }}</button>
          }
          @if (store.waitingCount() > 0) {
            <span>{{ t('connection.waiting', { count: store.waitingCount() }) }}</span>
          }
        }
      </div>
    }
    @if (configuration.isOld()) {
      <div class="bar" role="status">
        <button class="link" (click)="reload()">{{ t('app.reload') }}</button>
      </div>
    }
  `,
  styles: `
    .bar {
      display: flex;
      flex-wrap: wrap;
      justify-content: center;
      gap: 0 var(--space-16);
      padding: var(--space-4) var(--space-12);
      background: var(--warn-bg);
      color: var(--warn-text);
      font-size: var(--text-size-small);
    }
    .link {
      color: inherit;
    }
    .count {
      font-variant-numeric: tabular-nums;
    }
    .back {
      background: var(--mine);
      color: var(--text);
    }
  `,
})
export class ConnectionBar {
  protected readonly t = inject(Words).t;
  protected readonly store = inject(ChatStore);
  protected readonly configuration = inject(Configuration);
  protected readonly countdown = inject(Countdown);
  private readonly announcer = inject(Announcer);
  private timer?: ReturnType<typeof setTimeout>;
  protected readonly shown = signal<'nothing' | 'lost' | 'back'>('nothing');
  private readonly name = computed(() => this.store.connection().name);

  constructor() {
    effect(() => {
      const name = this.name();
      untracked(() =>
        this.follow(name === 'connected', name === 'stopped' || name === 'signed-out'),
      );
    });
    effect(() => {
      const state = this.store.connection();
      const left = state.name === 'waiting' ? state.retryAt - performance.now() : 0;
      untracked(() => this.countdown.start(left));
    });
  }

  protected reload(): void {
    location.reload();
  }

  private follow(isThere: boolean, isOff: boolean): void {
    if (isOff) this.turn('nothing');
    else if (!isThere && this.shown() !== 'lost') this.timer ??= this.later('lost', PATIENCE_MS);
    else if (isThere && this.shown() === 'lost') this.turn('back');
    else if (isThere && this.shown() === 'nothing') this.turn('nothing');
  }

  private turn(to: 'nothing' | 'lost' | 'back'): void {
    clearTimeout(this.timer);
    this.timer = to === 'back' ? this.later('nothing', GLAD_MS) : undefined;
    if (to === 'lost') this.announcer.say(this.t('connection.lost'));
    if (to === 'back') this.announcer.say(this.t('connection.back'));
    this.shown.set(to);
  }

  private later(to: 'nothing' | 'lost', ms: number) {
    return setTimeout(() => this.turn(to), ms);
  }
}
