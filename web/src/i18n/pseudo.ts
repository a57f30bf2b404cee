import type { Plural, Text, Texts } from './texts';

const ACCENTED: Record<string, string> = {
  a: 'á', c: 'ç', d: 'ð', e: 'é', i: 'í', n: 'ñ', o: 'ö', r: 'ř', s: 'š', u: 'ü', y: 'ý', z: 'ž',
  A: 'Á', C: 'Ç', D: 'Ð', E: 'É', I: 'Í', N: 'Ñ', O: 'Ö', R: 'Ř', S: 'Š', U: 'Ü', Y: 'Ý', Z: 'Ž',
}; // prettier-ignore
const LONGER = 0.4;
const known = new WeakMap<Texts, Texts>();

/** Every text accented and 40 % longer, `{name}`s left as they are. The same object for the same `texts`. */
export function stretched(texts: Texts): Texts {
  const made = known.get(texts) ?? (mapped(texts, stretchedText) as Texts);
  known.set(texts, made);
  return made;
}

const mapped = <T>(all: Readonly<Record<string, T>>, change: (one: T) => T) =>
  Object.fromEntries(Object.entries(all).map(([key, one]) => [key, change(one)]));

const stretchedText = (text: Text): Text =>
  typeof text === 'string'
    ? longer(text)
    : (mapped(text as Record<string, string>, longer) as Plural);

function longer(text: string): string {
  const accented = text.replace(/\{\w+\}|\w/g, (part) => ACCENTED[part] ?? part);
  return `${accented}${'~'.repeat(Math.ceil(LONGER * text.length))}`;
}
