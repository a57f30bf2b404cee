import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { Words } from '../../i18n/texts';
import { Notifier } from '../core/notifier';
import { type Choices, Settings } from '../core/settings';

type Switch = 'notify' | 'notifyWithText' | 'sound' | 'doNotDisturb';
const NIGHT = { from: 22 * 60, to: 7 * 60 };

/** What may ring and when; permission is asked for by a button, with a reason. */
@Component({
  selector: 'p-notification-settings',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2>{{ t('settings.notifications') }}</h2>
    @switch (notifier.permission()) {
      @case ('default') {
        <p>{{ t('settings.notifyWhy') }}</p>
        <button (click)="notifier.ask()">{{ t('settings.notifyAsk') }}</button>
      }
      @case ('denied') {
        <p class="muted">{{ t('settings.notifyDenied') }}</p>
      }
      @default {
        <label class="check">
          <input type="checkbox" [checked]="choices().notify" (change)="turn('notify', $event)" />
          <span>{{ t('settings.notify') }}</span>
        </label>
        <label class="check">
          <input
            type="checkbox"
            [checked]="choices().notifyWithText"
            [disabled]="!choices().notify"
            (change)="turn('notifyWithText', $event)"
          />
          <span>{{ t('settings.notifyText') }}</span>
        </label>
      }
    }
    <label class="check">
      <input type="checkbox" [checked]="choices().sound" (change)="turn('sound', $event)" />
      <span>{{ t('settings.sound') }}</span>
    </label>
    <label class="check">
      <input
        type="checkbox"
        [checked]="choices().doNotDisturb"
        (change)="turn('doNotDisturb', $event)"
      />
      <span>{{ t('settings.doNotDisturb') }}</span>
    </label>
    <label class="check">
      <input type="checkbox" [checked]="!!choices().quiet" (change)="turnQuiet($event)" />
      <span>{{ t('settings.quiet') }}</span>
    </label>
    @if (choices().quiet; as quiet) {
      <div class="hours">
        <label class="field">
          <span>{{ t('settings.from') }}</span>
          <input type="time" [value]="clockOf(quiet.from)" (change)="setHour('from', $event)" />
        </label>
        <label class="field">
          <span>{{ t('settings.to') }}</span>
          <input type="time" [value]="clockOf(quiet.to)" (change)="setHour('to', $event)" />
        </label>
      </div>
    }
  `,
  styles: `
    :host {
      display: grid;
      justify-items: start;
      gap: var(--space-12);
    }
    .hours {
      display: flex;
      gap: var(--space-16);
    }
  `,
})
export class NotificationSettings {
  protected readonly t = inject(Words).t;
  protected readonly notifier = inject(Notifier);
  private readonly settings = inject(Settings);
  protected readonly choices = this.settings.choices;

  protected turn(what: Switch, { target }: Event): void {
    const change: Partial<Choices> = { [what]: (target as HTMLInputElement).checked };
    this.settings.change(change);
  }

  protected turnQuiet({ target }: Event): void {
    this.settings.change({ quiet: (target as HTMLInputElement).checked ? NIGHT : undefined });
  }

  protected setHour(which: 'from' | 'to', { target }: Event): void {
    const [hours = 0, minutes = 0] = (target as HTMLInputElement).value.split(':').map(Number);
    const quiet = this.choices().quiet ?? NIGHT;
    this.settings.change({ quiet: { ...quiet, [which]: 60 * hours + minutes } });
  }

  protected clockOf(minute: number): string {
    const two = (part: number) => String(part).padStart(2, '0');
    return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  }
}
