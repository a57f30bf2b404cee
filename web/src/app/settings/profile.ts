import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Problems } from '../core/problems';

/** The name that others see. */
@Component({
  selector: 'p-profile-settings',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2>{{ t('settings.profile') }}</h2>
    <form (submit)="save($event)">
      <label class="field">
        <span>{{ t('settings.name') }}</span>
        <input
          dir="auto"
          maxlength="100"
          autocomplete="name"
          [value]="name()"
          (input)="type($any($event.target).value)"
        />
      </label>
      <button class="primary" [disabled]="!isChanged() || name().trim() === ''">
        {{ t('app.save') }}
      </button>
    </form>
    <p role="status" [class.error]="isRefused()">{{ told() }}</p>
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-12);
    }
    form {
      display: flex;
      align-items: end;
      gap: var(--space-8);
    }
    label {
      flex: 1;
    }
  `,
})
export class ProfileSettings {
  protected readonly t = inject(Words).t;
  private readonly store = inject(ChatStore);
  private readonly problems = inject(Problems);
  protected readonly name = signal('');
  protected readonly isChanged = signal(false);
  protected readonly isRefused = signal(false);
  protected readonly told = signal('');

  constructor() {
    void this.store.server.me().then(
      ({ displayName }) => this.name.set(displayName),
      () => undefined,
    );
  }

  protected type(name: string): void {
    this.name.set(name);
    this.isChanged.set(true);
    this.told.set('');
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    try {
      const me = await this.store.server.changeMe({ displayName: this.name().trim() });
      this.store.people.learn(me);
      this.isChanged.set(false);
      this.isRefused.set(false);
      this.told.set(this.t('settings.saved'));
    } catch (error) {
      this.isRefused.set(true);
      this.told.set(this.problems.say(error));
    }
  }
}
