import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

export interface DayWords {
  readonly now: string;
  readonly today: string;
  readonly yesterday: string;
}
const MINUTE = 60_000;
const WEEK_DAYS = 7;

/** Makers of dates are dear (some 50 us each), and the same ones serve every row. */
const makers = new Map<string, Intl.DateTimeFormat>();
function dateText(at: Date, locale: string, style: Intl.DateTimeFormatOptions): string {
  const key = `${locale} ${JSON.stringify(style)} ${zone()}`;
  const maker = makers.get(key) ?? new Intl.DateTimeFormat(locale, style);
  makers.set(key, maker);
  return maker.format(at);
}
/** A zone that is changed while the page is open counts from then on. */
const zone = () => new Date().getTimezoneOffset();

/** Days between two moments by the reader's calendar: 0 on the same day, 1 for yesterday. */
export function daysBetween(at: Date, now: Date): number {
  const dayOf = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((dayOf(now) - dayOf(at)) / 86_400_000);
}

/** `14:05` */
export const timeText = (at: Date, locale: string) => dateText(at, locale, { timeStyle: 'short' });

/** With day, date and seconds: what a title gives. */
export const fullText = (at: Date, locale: string) =>
  dateText(at, locale, { dateStyle: 'full', timeStyle: 'medium' });

/** The line between two days: Today, Yesterday, Monday, 3 March, 3 March 2025. */
export function dayText(at: Date, now: Date, locale: string, words: DayWords): string {
  const days = daysBetween(at, now);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  if (days > 1 && days < WEEK_DAYS) return dateText(at, locale, { weekday: 'long' });
  const isThisYear = at.getFullYear() === now.getFullYear();
  return dateText(at, locale, {
    day: 'numeric',
    month: 'long',
    ...(!isThisYear && { year: 'numeric' }),
  });
}

/** In a list of conversations: now, 14:05, Yesterday, Mon, 3 Mar, 3 Mar 2025. */
export function shortText(at: Date, now: Date, locale: string, words: DayWords): string {
  if (Math.abs(now.getTime() - at.getTime()) < MINUTE) return words.now;
  const days = daysBetween(at, now);
  if (days <= 0) return timeText(at, locale);
  if (days === 1) return words.yesterday;
  if (days < WEEK_DAYS) return dateText(at, locale, { weekday: 'short' });
  const isThisYear = at.getFullYear() === now.getFullYear();
  return dateText(at, locale, {
    day: 'numeric',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' }),
  });
}

/** A moment in the reader's zone and language, with the whole of it as its title. */
@Component({
  selector: 'p-time',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<time [attr.datetime]="at()" [title]="full()">{{ text() }}</time>`,
})
export class RelativeTime {
  /** ISO 8601. */
  readonly at = input.required<string>();
  /** `time`: 14:05 whatever the day; `short`: as a list of conversations has it. */
  readonly kind = input<'time' | 'short'>('time');
  /** What time it is, in ms; whoever hands it on lets it tick. */
  readonly now = input(Date.now());
  readonly locale = input.required<string>();
  readonly words = input<DayWords>({ now: '', today: '', yesterday: '' });
  protected readonly full = computed(() => fullText(new Date(this.at()), this.locale()));
  protected readonly text = computed(() => {
    const at = new Date(this.at());
    return this.kind() === 'time'
      ? timeText(at, this.locale())
      : shortText(at, new Date(this.now()), this.locale(), this.words());
  });
}
