import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
} from '@angular/core';
import { refusalOf } from '@parley/client';
import { Words } from '../../i18n/texts';
import { Configuration } from '../core/configuration';
import { Countdown } from '../core/countdown';
import { Session } from '../core/session';
import { nameless, otherNames } from './user-names';

/** The card by which one comes in: with an account, or by making one. */
@Component({
  selector: 'p-sign-in',
  changeDetection: ChangeDetectionStrategy.OnPush,
  providers: [Countdown],
  styles: `
    form {
      display: grid;
      gap: var(--space-16);
    }
    .primary {
      min-block-size: 44px;
    }
    .names {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-8);
      padding-block-start: var(--space-4);
    }
    .names button {
      min-block-size: 28px;
    }
    .link {
      justify-self: center;
    }
  `,
  template: `
    @if (configuration.value().accounts) {
      <form (submit)="submit($event)" novalidate>
        @if (mode() === 'create') {
          <label class="field">
            <span>{{ t('sign.name') }}</span>
            <input
              name="name"
              autocomplete="name"
              dir="auto"
              maxlength="100"
              required
              [value]="name()"
              (input)="name.set(valueOf($event))"
            />
          </label>
        }
        <label class="field">
          <span>{{ t('sign.userName') }}</span>
          <input
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            dir="ltr"
            maxlength="64"
            required
            [readonly]="isAgain() && !!session.userName()"
            [value]="userName()"
            [attr.aria-describedby]="mode() === 'create' ? 'name-hint' : null"
            [attr.aria-invalid]="taken().length > 0 || null"
            (input)="typeUserName(valueOf($event))"
          />
          @if (mode() === 'create') {
            <span class="muted small" id="name-hint">{{ t('sign.userNameHint') }}</span>
          }
        </label>
        @if (taken().length > 0) {
          <div role="alert">
            <span class="error">{{ t('sign.taken') }}</span>
            <div class="names">
              @for (free of taken(); track free) {
                <button type="button" (click)="take(free)">{{ free }}</button>
              }
            </div>
          </div>
        }
        <label class="field">
          <span>{{ t('sign.password') }}</span>
          <input
            name="password"
            type="password"
            required
            [attr.autocomplete]="mode() === 'create' ? 'new-password' : 'current-password'"
            [attr.aria-describedby]="mode() === 'create' ? 'password-hint' : null"
            [value]="password()"
            (input)="password.set(valueOf($event))"
          />
          @if (mode() === 'create') {
            <span class="muted small" id="password-hint">{{ t('sign.passwordHint') }}</span>
          }
        </label>
        @if (!isAgain()) {
          <label class="check">
            <input
              type="checkbox"
              name="shared"
              [checked]="isShared()"
              [attr.aria-describedby]="isShared() ? 'shared-hint' : null"
              (change)="isShared.set($any($event.target).checked)"
            />
            <span>{{ t('sign.shared') }}</span>
          </label>
          @if (isShared()) {
            <p class="muted small" id="shared-hint">{{ t('sign.sharedHint') }}</p>
          }
        }
        @if (problem(); as text) {
          <p class="error" role="alert">{{ text }}</p>
        }
        <button class="primary" [disabled]="!isComplete() || isBusy() || countdown.left() > 0">
          {{ action() }}
        </button>
        @if (!isAgain()) {
          <button type="button" class="link" (click)="turn()">
            {{ mode() === 'create' ? t('sign.toIn') : t('sign.toCreate') }}
          </button>
        }
      </form>
    } @else if (configuration.value().signInUrl; as url) {
      <a class="button primary" [href]="url">{{ t('sign.elsewhere') }}</a>
    } @else {
      <p class="muted">{{ t('sign.noAccounts') }}</p>
    }
  `,
})
export class SignIn {
  protected readonly t = inject(Words).t;
  protected readonly configuration = inject(Configuration);
  protected readonly countdown = inject(Countdown);
  protected readonly session = inject(Session);
  /** Somebody is signed in already, and is to say so again. */
  readonly isAgain = input(false);
  readonly first = input<'create' | 'in'>('create');
  readonly done = output<void>();
  protected readonly mode = signal<'create' | 'in'>('create');
  protected readonly name = signal('');
  protected readonly userName = signal('');
  protected readonly password = signal('');
  protected readonly taken = signal<readonly string[]>([]);
  protected readonly isShared = signal(false);
  protected readonly isBusy = signal(false);
  private readonly failure = signal<string | undefined>(undefined);

  protected readonly isComplete = computed(
    () =>
      this.userName() !== '' &&
      this.password() !== '' &&
      (this.mode() === 'in' || (this.name().trim() !== '' && this.password().length >= 8)),
  );
  protected readonly problem = computed(() => {
    const count = this.countdown.left();
    return count > 0 ? this.t('sign.tooMany', { count }) : this.failure();
  });
  protected readonly action = computed(() => {
    const isNew = this.mode() === 'create';
    if (this.isBusy()) return this.t(isNew ? 'sign.busyCreate' : 'sign.busyIn');
    return this.t(isNew ? 'sign.create' : 'sign.in');
  });

  constructor() {
    effect(() => {
      this.mode.set(this.isAgain() ? 'in' : this.first());
      if (this.isAgain()) this.userName.set(this.session.userName() ?? '');
    });
  }

  protected valueOf(event: Event): string {
    return (event.target as HTMLInputElement).value;
  }

  protected turn(): void {
    this.mode.update((old) => (old === 'create' ? 'in' : 'create'));
    this.failure.set(undefined);
    this.taken.set([]);
  }

  protected typeUserName(text: string): void {
    this.userName.set(text.trim().toLowerCase());
    this.taken.set([]);
  }

  protected take(free: string): void {
    this.userName.set(free);
    this.taken.set([]);
  }

  protected async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.isBusy() || !this.isComplete()) return;
    this.isBusy.set(true);
    this.failure.set(undefined);
    try {
      await this.enter();
      this.done.emit();
    } catch (error) {
      this.explain(error);
    } finally {
      this.isBusy.set(false);
    }
  }

  private enter(): Promise<void> {
    const who = { userName: this.userName(), password: this.password() };
    return this.mode() === 'create'
      ? this.session.makeAccount({ ...who, displayName: this.name().trim() }, this.isShared())
      : this.session.signIn(who, this.isAgain() ? undefined : this.isShared());
  }

  private explain(error: unknown): void {
    const refusal = refusalOf(error);
    if (!refusal) this.failure.set(this.t('sign.away'));
    else if (refusal.code === 'conflict') this.taken.set(otherNames(this.userName(), this.name()));
    else if (refusal.code === 'rate_limited') this.countdown.start(refusal.retryAfterMs ?? 5_000);
    else if (refusal.code === 'unauthenticated') this.failure.set(this.t('sign.wrong'));
    else this.failure.set(nameless(refusal.detail) || this.t('sign.away'));
  }
}
