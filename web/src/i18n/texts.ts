import { DOCUMENT, Injectable, computed, effect, inject, signal } from '@angular/core';
import { en } from './en';

export type Key = keyof typeof en;
/** Chosen by the plural rule of `{count}`; `other` is for the rest. */
export type Plural = { readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;
export type Text = string | Plural;
/** A language has a text for each key, with plurals where English has them. */
export type Texts = { readonly [K in Key]: (typeof en)[K] extends string ? string : Plural };

type NamesIn<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
type NamesOf<T> = T extends string ? NamesIn<T> : NamesIn<Extract<T[keyof T], string>>;
type Values<Names extends string> = { [N in Names]: N extends 'count' ? number : string | number };
/** What `t` wants beside the key: nothing, or a value for each `{name}`. */
export type ValuesOf<K extends Key> = [NamesOf<(typeof en)[K]>] extends [never]
  ? []
  : [values: Values<NamesOf<(typeof en)[K]>>];

/** A text without names in it. */
export type PlainKey = { [K in Key]: [NamesOf<(typeof en)[K]>] extends [never] ? K : never }[Key];

/** `pseudo` is English, two fifths longer and accented: what it breaks, German would break. */
export type Language = 'en' | 'ko' | 'pseudo';
/** English is here; others come when they are wanted. */
const SOURCES: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  ko: () => import('./ko').then(({ ko }) => ko),
  pseudo: () => import('./pseudo').then(({ stretched }) => stretched(en)),
};
const LANGUAGES = Object.keys(SOURCES);

/** The first of `wanted` (BCP 47, best first) that there is; English otherwise. */
export function languageOf(wanted: readonly string[]): Language {
  const known = wanted.map((one) => one.toLowerCase().split('-')[0] ?? '');
  return known.find((one): one is Language => LANGUAGES.includes(one)) ?? 'en';
}

/** @param locale BCP 47, for the plural rule and for numbers */
export function filled(
  text: Text,
  values: Readonly<Record<string, unknown>>,
  locale: string,
): string {
  const chosen =
    typeof text === 'string'
      ? text
      : (text[new Intl.PluralRules(locale).select(Number(values.count))] ?? text.other);
  return chosen.replace(/\{(\w+)\}/g, (_, name: string) => shown(values[name], locale));
}

const shown = (value: unknown, locale: string) =>
  typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : String(value);

/**
 * The words of the pages, in the language of the page: `protected readonly t = inject(Words).t`, then
 * `{{ t('composer.send') }}`. What shows a text shows the new one when the language changes.
 */
@Injectable({ providedIn: 'root' })
export class Words {
  private readonly root = inject(DOCUMENT).documentElement;
  private readonly shown = signal<{ language: Language; texts: Texts }>({
    language: 'en',
    texts: en,
  });
  private wanted: Language = 'en';
  readonly language = computed(() => this.shown().language);
  /** The language of the browser is there. */
  readonly ready: Promise<void>;

  constructor() {
    effect(() => (this.root.lang = this.locale));
    this.ready = this.use(languageOf(navigator.languages));
  }

  /** The texts change when those of `language` are there; what cannot be loaded changes nothing. */
  async use(language: Language): Promise<void> {
    this.wanted = language;
    const texts = await SOURCES[language]().catch(() => undefined);
    if (texts && this.wanted === language) this.shown.set({ language, texts });
  }

  private readonly country = computed(() => {
    const language = this.language() === 'pseudo' ? 'en' : this.language();
    return (
      navigator.languages.find((one) => one.toLowerCase().split('-')[0] === language) ?? language
    );
  });

  /** For Intl; not for choosing texts. Of the country that the browser names: dates differ among them. */
  get locale(): string {
    return this.country();
  }

  readonly t = <K extends Key>(key: K, ...[values]: ValuesOf<K>): string =>
    filled(this.shown().texts[key], values ?? {}, this.locale);
}
