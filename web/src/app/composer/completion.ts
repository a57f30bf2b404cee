import type { EmojiName } from './emoji-names';

/** What is being named at the caret: `@an`, `:smi`. */
export interface Asked {
  readonly kind: 'people' | 'emoji';
  readonly query: string;
  /** Where its sign stands, and where it ends (the caret). */
  readonly from: number;
  readonly to: number;
}
/** What is offered for it. */
export interface Offer {
  readonly id: string;
  /** Put in place of what was typed. */
  readonly text: string;
  readonly label: string;
  /** Before the label: an emoji. */
  readonly sign?: string;
}
export interface Nameable {
  readonly userId: string;
  readonly name: string;
}

export const MAX_OFFERS = 8;
const LONGEST_QUERY = 30;
/** `:)` and a time of day are no emoji. */
const AT_CARET = /(?:^|[\s([{"'「])(?:@([^\s@:]*)|:([a-z][a-z0-9_+-]+))$/u;

export function askedAt(text: string, caret: number): Asked | undefined {
  const before = text.slice(Math.max(0, caret - LONGEST_QUERY - 2), caret);
  const found = AT_CARET.exec(before);
  if (!found) return undefined;
  const query = found[1] ?? found[2] ?? '';
  const kind = found[1] === undefined ? 'emoji' : 'people';
  return { kind, query, from: caret - query.length - 1, to: caret };
}

/** The name itself, then names that begin with the query, then those that have it; the rest as it was. */
function best<T>(all: readonly T[], query: string, namesOf: (one: T) => readonly string[]): T[] {
  const wanted = query.toLocaleLowerCase();
  const rankOf = (name: string) => {
    if (name === wanted) return 0;
    return name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 3;
  };
  const ranked = all.map((one) => {
    const ranks = namesOf(one).map((name) => rankOf(name.toLocaleLowerCase()));
    return { one, rank: Math.min(...ranks) };
  });
  return ranked
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MAX_OFFERS)
    .map(({ one }) => one);
}

export const peopleFor = (query: string, people: readonly Nameable[]): Offer[] =>
  best(people, query, ({ name }) => [name, ...name.split(/\s+/)]).map(({ userId, name }) => ({
    id: userId,
    text: `@${name} `,
    label: name,
  }));

export const emojiFor = (query: string, all: readonly EmojiName[]): Offer[] =>
  best(all, query, ({ names }) => names).map(({ emoji, names }) => ({
    id: emoji,
    text: `${emoji} `,
    label: names[0] ?? '',
    sign: emoji,
  }));
