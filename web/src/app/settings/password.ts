import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Configuration } from '../core/configuration';
import { Problems } from '../core/problems';
import { Session } from '../core/session';

/** A new password ends the user's other sessions. */
@Component({
  selector: 'p-password-settings',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (configuration.value().accounts) {
      <form (submit)="change($event)">
        <h2>{{ t('settings.password') }}</h2>
        <input
          type="text"
          autocomplete="username"
          hidden
          [value]="session.userId() ?? ''"
          [attr.aria-label]="t('sign.userName')"
        />
        <label class="field">
          <span>{{ t('settings.currentPassword') }}</span>
          <input
            type="password"
            autocomplete="current-password"
            [value]="current()"
            (input)="current.set($any($event.target).value)"
          />
        </label>
        <label class="field">
          <span>{{ t('settings.newPassword') }}</span>
          <input
            type="password"
            autocomplete="new-password"
            aria-describedby="new-password-hint"
            [value]="next()"
            (input)="next.set($any($event.target).value)"
          />
          <span class="muted small" id="new-password-hint">{{ t('sign.passwordHint') }}</span>
        </label>
        <button [disabled]="!isComplete()">{{ t('settings.changePassword') }}</button>
        <p role="status" [class.error]="isRefused()">{{ told() }}</p>
      </form>
    }
  `,
  styles: `
    form {
      display: grid;
      justify-items: start;
      gap: var(--space-12);
    }
    label {
      inline-size: 100%;
    }
  `,
})
export class PasswordSettings {
  protected readonly t = inject(Words).t;
  protected readonly configuration = inject(Configuration);
  protected readonly session = inject(Session);
  private readonly store = inject(ChatStore);
  private readonly problems = inject(Problems);
  protected readonly current = signal('');
  protected readonly next = signal('');
  protected readonly told = signal('');
  protected readonly isRefused = signal(false);
  protected readonly isComplete = computed(() => this.current() !== '' && this.next().length >= 8);

  protected async change(event: Event): Promise<void> {
    event.preventDefault();
    try {
      await this.store.server.changePassword({
        currentPassword: this.current(),
        newPassword: this.next(),
      });
      this.current.set('');
      this.next.set('');
      this.isRefused.set(false);
      this.told.set(this.t('settings.passwordChanged'));
    } catch (error) {
      this.isRefused.set(true);
      const wrong = this.t('settings.passwordWrong');
      this.told.set(this.problems.say(error, { unauthenticated: wrong, forbidden: wrong }));
    }
  }
}
