import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Words } from '../../i18n/texts';
import { Clock } from '../core/clock';
import { dayText } from '../ui/relative-time';

/** The line between two days. */
@Component({
  selector: 'p-day-line',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'separator' },
  template: `<span>{{ text() }}</span>`,
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: var(--space-12);
      padding: var(--space-16) var(--space-16) var(--space-8);
      color: var(--text-2);
      font-size: var(--text-size-small);
    }
    :host::before,
    :host::after {
      content: '';
      flex: 1;
      border-block-start: 1px solid var(--edge);
    }
  `,
})
export class DayLine {
  private readonly words = inject(Words);
  private readonly clock = inject(Clock);
  readonly day = input.required<Date>();
  protected readonly text = computed(() => {
    const { t, locale } = this.words;
    const words = { now: '', today: t('time.today'), yesterday: t('time.yesterday') };
    return dayText(this.day(), this.clock.now(), locale, words);
  });
}

/** Below it is what was not read when one came. */
@Component({
  selector: 'p-new-line',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'separator' },
  template: `<span>{{ t('conversation.new') }}</span>`,
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: var(--space-8);
      padding: var(--space-8) var(--space-16);
      color: var(--danger);
      font-size: var(--text-size-small);
      font-weight: 600;
    }
    :host::before,
    :host::after {
      content: '';
      flex: 1;
      border-block-start: 1px solid currentColor;
    }
  `,
})
export class NewLine {
  protected readonly t = inject(Words).t;
}
