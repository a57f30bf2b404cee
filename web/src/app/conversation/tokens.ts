import LinkifyIt from 'linkify-it';

/** What a message is made of, in order; the `text`s of all together are the message as it was written. */
export type Token =
  | { readonly kind: 'text' | 'emoji' | 'code'; readonly text: string }
  | { readonly kind: 'mention'; readonly text: string; readonly userId: string }
  /** `shown` differs from `text` where the host would deceive. */
  | { readonly kind: 'link'; readonly text: string; readonly shown: string; readonly href: string };

export interface Mentionable {
  readonly userId: string;
  /** What stands behind the `@`. */
  readonly name: string;
}

const linkify = new LinkifyIt({ fuzzyEmail: true, fuzzyIP: false })
  .add('ftp:', null)
  .add('//', null);
const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
const CODE = /(?<!`)`([^`\n]+)`(?!`)/g;
const EMOJI = new RegExp('\\p{RGI_Emoji}', 'gv');
/** Marks that turn the direction of what follows, and invisible ones: no link goes on behind them. */
const HIDDEN = '\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff';
/** Closes a sentence or a bracket in Chinese, Japanese and Korean. */
const WIDE =
  '\\u3000-\\u3003\\u3008-\\u3011\\u3014-\\u301b\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff3d\\uff5b-\\uff65';
const ENDS_LINK = new RegExp(`[${HIDDEN}${WIDE}]`, 'gu');
/** What Korean hangs on a noun. A path of Hangul alone keeps its end: it may be its own. */
const PARTICLES =
  '은|는|이|가|을|를|의|에|도|로|와|과|만|나|랑|고|요|에서|에게|에는|에도|에서는|에서도|에서만|으로|으로는|으로도|로는|로도' +
  '|까지|부터|처럼|보다|마다|이나|이랑|하고|한테|께|이고|이며|인데|입니다|이에요|예요|이라는|라는|이라고|라고|과는|와는|을요|를요';
const PARTICLE = new RegExp(
  `(?<=[a-zA-Z0-9/_=&#%~+\\-)\\]])(?:${PARTICLES})(?=$|[\\s.,!?:;'")\\]}…]|[${WIDE}])`,
  'gu',
);

/** `text` of the same length, where everything that ends a link is a blank. */
const masked = (text: string) =>
  text.replace(ENDS_LINK, ' ').replace(PARTICLE, (particle) => ' '.repeat(particle.length));

/** @param people who may be named with an `@`; longer names win */
export function tokensOf(text: string, people: readonly Mentionable[] = []): readonly Token[] {
  return between(text, CODE, codeOf)
    .flatMap((token) => (token.kind === 'text' ? withLinks(token.text) : [token]))
    .flatMap((token) => (token.kind === 'text' ? withMentions(token.text, people) : [token]))
    .flatMap((token) =>
      token.kind === 'text'
        ? between(token.text, EMOJI, (match) => ({ kind: 'emoji', text: match[0] }))
        : [token],
    );
}

const codeOf = ([text, inside]: RegExpMatchArray): Token | undefined =>
  inside?.trim() ? { kind: 'code', text } : undefined;

/** Nothing but a few emoji: they are shown large. */
export function isOnlyEmoji(tokens: readonly Token[], most = 3): boolean {
  const seen = tokens.filter(({ kind, text }) => kind !== 'text' || text.trim() !== '');
  return seen.length > 0 && seen.length <= most && seen.every(({ kind }) => kind === 'emoji');
}

function between(
  text: string,
  pattern: RegExp,
  tokenOf: (match: RegExpMatchArray) => Token | undefined,
): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const token = tokenOf(match);
    if (!token) continue;
    pushText(tokens, text.slice(from, match.index));
    tokens.push(token);
    from = match.index + match[0].length;
  }
  pushText(tokens, text.slice(from));
  return tokens;
}

function pushText(tokens: Token[], text: string): void {
  if (text !== '') tokens.push({ kind: 'text', text });
}

function withLinks(text: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const { index, lastIndex, url } of linkify.match(masked(text)) ?? []) {
    const written = text.slice(index, lastIndex);
    const link = linkOf(written, url);
    if (!link) continue;
    pushText(tokens, text.slice(from, index));
    tokens.push(link);
    from = lastIndex;
  }
  pushText(tokens, text.slice(from));
  return tokens;
}

function linkOf(text: string, url: string): Token | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href, hostname, username, password } = new URL(url);
  if (!SCHEMES.has(protocol)) return undefined;
  if (username !== '' || password !== '') return undefined; // https://bank.example@evil.example
  return { kind: 'link', text, shown: withHonestHost(text, hostname), href };
}

/** The host in punycode where its letters are of scripts that are not written together. */
function withHonestHost(text: string, hostname: string): string {
  if (!hostname.includes('xn--')) return text;
  const host = /^(?:[a-z]+:\/\/)?([^/?#:]+)/iu.exec(text);
  if (!host?.[1] || !isMixed(host[1])) return text;
  const at = host[0].length - host[1].length;
  return text.slice(0, at) + hostname + text.slice(host[0].length);
}

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Cherokee',
  'Georgian',
  'Hebrew',
  'Arabic',
];
const SCRIPTS_BESIDE_LATIN = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'];
const testOf = (script: string) => new RegExp(`\\p{Script=${script}}`, 'u');
const SEPARATE = SCRIPTS.map(testOf);
const TOGETHER = SCRIPTS_BESIDE_LATIN.map(testOf);
const ANY_OTHER = new RegExp(
  `[^\\p{Script=Common}\\p{Script=Inherited}${[...SCRIPTS, ...SCRIPTS_BESIDE_LATIN]
    .map((script) => `\\p{Script=${script}}`)
    .join('')}]`,
  'u',
);

/** Latin may stand beside Chinese, Japanese and Korean; every other pair is told apart by nobody. */
function isMixed(host: string): boolean {
  const separate = SEPARATE.filter((test) => test.test(host)).length;
  const isTogether = TOGETHER.some((test) => test.test(host));
  const hasLatin = SEPARATE[0]?.test(host) ?? false;
  if (ANY_OTHER.test(host)) return separate > 0 || isTogether;
  return separate > 1 || (isTogether && separate > 0 && !hasLatin);
}

function withMentions(text: string, people: readonly Mentionable[]): Token[] {
  if (people.length === 0 || !text.includes('@')) return [{ kind: 'text', text }];
  const byLength = [...people].sort((a, b) => b.name.length - a.name.length);
  const named = (at: number) =>
    byLength.find(
      ({ name }) =>
        name !== '' && text.startsWith(name, at + 1) && endsAt(text, at + 1 + name.length, name),
    );
  const tokens: Token[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const person = at >= from && begins(text, at) ? named(at) : undefined;
    if (!person) continue;
    pushText(tokens, text.slice(from, at));
    from = at + 1 + person.name.length;
    tokens.push({ kind: 'mention', text: text.slice(at, from), userId: person.userId });
  }
  pushText(tokens, text.slice(from));
  return tokens;
}

const begins = (text: string, at: number) =>
  !/[\p{L}\p{N}_.@]$/u.test(text.slice(Math.max(0, at - 2), at));

/** A Latin name ends where its word ends; behind it a Korean particle may stand, as behind any other name. */
function endsAt(text: string, at: number, name: string): boolean {
  const next = String.fromCodePoint(text.codePointAt(at) ?? 32);
  if (/\p{Script=Hangul}/u.test(next)) return true;
  return !/[\p{L}\p{N}_]/u.test(next) || !/[\p{L}\p{N}_]$/u.test(name);
}
