import { DOCUMENT, Injectable, effect, inject, linkedSignal, signal } from '@angular/core';
import { type Language, Words } from '../../i18n/texts';

export type Theme = 'system' | 'light' | 'dark';
export type SendKey = 'enter' | 'ctrl-enter';

/** Of this browser, not of the user. */
export interface Choices {
  readonly theme: Theme;
  /** Missing: as the browser says. */
  readonly language?: Language;
  readonly sendKey: SendKey;
  readonly notify: boolean;
  readonly notifyWithText: boolean;
  readonly sound: boolean;
  readonly doNotDisturb: boolean;
  /** Minutes of the day, from and to; missing: none. */
  readonly quiet?: { readonly from: number; readonly to: number };
  readonly singleKeys: boolean;
  /** In px. */
  readonly sidebarWidth: number;
}

const DEFAULTS: Choices = {
  theme: 'system',
  sendKey: 'enter',
  notify: false,
  notifyWithText: true,
  sound: true,
  doNotDisturb: false,
  singleKeys: true,
  sidebarWidth: 300,
};
const KEY = 'parley-settings';

@Injectable({ providedIn: 'root' })
export class Settings {
  private readonly root = inject(DOCUMENT).documentElement;
  private readonly words = inject(Words);
  readonly choices = signal<Choices>({ ...DEFAULTS, ...stored() });

  /** The language that was chosen is there. */
  readonly ready: Promise<void>;

  constructor() {
    const { language } = this.choices();
    this.ready = language ? this.words.use(language) : this.words.ready;
    effect(() => {
      const { theme } = this.choices();
      if (theme === 'system') delete this.root.dataset['theme'];
      else this.root.dataset['theme'] = theme;
    });
  }

  readonly sidebarWidth = linkedSignal(() => this.choices().sidebarWidth);

  change(some: Partial<Choices>): void {
    this.choices.update((old) => ({ ...old, ...some }));
    if (some.language) void this.words.use(some.language);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.choices()));
    } catch {
      // kept for this page then
    }
  }

  /** Is it a time to be silent, by the reader's clock? */
  isQuietAt(time: Date): boolean {
    const { doNotDisturb, quiet } = this.choices();
    if (doNotDisturb || !quiet) return doNotDisturb;
    const minute = 60 * time.getHours() + time.getMinutes();
    return quiet.from <= quiet.to
      ? minute >= quiet.from && minute < quiet.to
      : minute >= quiet.from || minute < quiet.to;
  }
}

function stored(): Partial<Choices> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Choices>;
  } catch {
    return {};
  }
}
