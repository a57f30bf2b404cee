import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Icon } from '../ui/icon';
import { AppearanceSettings } from './appearance';
import { BlockedPeople } from './blocked';
import { DeviceSettings } from './devices';
import { NotificationSettings } from './notifications';
import { PasswordSettings } from './password';
import { ProfileSettings } from './profile';

/** /settings */
@Component({
  selector: 'p-settings',
  imports: [
    RouterLink,
    Icon,
    AppearanceSettings,
    BlockedPeople,
    DeviceSettings,
    NotificationSettings,
    PasswordSettings,
    ProfileSettings,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <header>
      <a class="button icon back" routerLink="/" [attr.aria-label]="t('conversation.backToList')"
        ><p-icon name="back"
      /></a>
      <h1>{{ t('settings.title') }}</h1>
    </header>
    <div class="parts" data-pane="messages" tabindex="-1">
      <p-profile-settings />
      <p-appearance-settings />
      <p-notification-settings />
      <p-device-settings />
      <p-password-settings />
      <p-blocked-people />
      <button class="out" (click)="store.signOut()">
        <p-icon name="sign-out" />{{ t('settings.signOut') }}
      </button>
    </div>
  `,
  styles: `
    :host {
      display: grid;
      grid-template: 56px minmax(0, 1fr) / minmax(0, 1fr);
      min-block-size: 0;
    }
    header {
      display: flex;
      align-items: center;
      gap: var(--space-8);
      padding-inline: var(--space-24);
      border-block-end: 1px solid var(--edge);
    }
    .parts {
      display: grid;
      align-content: start;
      justify-items: start;
      gap: var(--space-32);
      padding: var(--space-24);
      overflow-y: auto;
    }
    .parts > *:not(.out) {
      inline-size: min(480px, 100%);
    }
    .parts:focus-visible {
      outline: none;
    }
    .back {
      display: none;
    }
    @media (max-width: 719px) {
      header {
        padding-inline: var(--space-4);
      }
      .back {
        display: inline-flex;
      }
      .parts {
        padding: var(--space-16);
      }
    }
  `,
})
export class SettingsPage {
  protected readonly t = inject(Words).t;
  protected readonly store = inject(ChatStore);
}
