import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { type Language, Words } from '../../i18n/texts';
import { type SendKey, Settings, type Theme } from '../core/settings';

/** Colours, language and keys of this browser. */
@Component({
  selector: 'p-appearance-settings',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2>{{ t('settings.appearance') }}</h2>
    <label class="field">
      <span>{{ t('settings.theme') }}</span>
      <select (change)="theme($any($event.target).value)">
        <option value="system" [selected]="choices().theme === 'system'">
          {{ t('settings.themeSystem') }}
        </option>
        <option value="light" [selected]="choices().theme === 'light'">
          {{ t('settings.themeLight') }}
        </option>
        <option value="dark" [selected]="choices().theme === 'dark'">
          {{ t('settings.themeDark') }}
        </option>
      </select>
    </label>
    <label class="field">
      <span>{{ t('settings.language') }}</span>
      <select (change)="language($any($event.target).value)">
        <option value="en" lang="en" [selected]="words.language() === 'en'">English</option>
        <option value="ko" lang="ko" [selected]="words.language() === 'ko'">한국어</option>
      </select>
    </label>
    <label class="field">
      <span>{{ t('settings.sendKey') }}</span>
      <select (change)="sendKey($any($event.target).value)">
        <option value="enter" [selected]="choices().sendKey === 'enter'">
          {{ t('settings.sendEnter') }}
        </option>
        <option value="ctrl-enter" [selected]="choices().sendKey === 'ctrl-enter'">
          {{ t('settings.sendCtrl') }}
        </option>
      </select>
    </label>
    <label class="check">
      <input
        type="checkbox"
        [checked]="choices().singleKeys"
        (change)="settings.change({ singleKeys: $any($event.target).checked })"
      />
      <span>{{ t('settings.singleKeys') }}</span>
    </label>
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-12);
    }
  `,
})
export class AppearanceSettings {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly settings = inject(Settings);
  protected readonly choices = this.settings.choices;

  protected theme(theme: Theme): void {
    this.settings.change({ theme });
  }

  protected language(language: Language): void {
    this.settings.change({ language });
  }

  protected sendKey(sendKey: SendKey): void {
    this.settings.change({ sendKey });
  }
}
