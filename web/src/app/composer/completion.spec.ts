import { MAX_OFFERS, askedAt, emojiFor, peopleFor } from './completion';
import { EMOJI } from './emoji-names';

describe('W-13 what is offered at the caret', () => {
  const people = ['Ann Lee', 'Hannah', '김철수', 'Lee Ann'].map((name) => ({ userId: name, name }));

  it('is people behind an @ that begins a word', () => {
    expect(askedAt('hi @an', 6)).toEqual({ kind: 'people', query: 'an', from: 3, to: 6 });
    expect(askedAt('@', 1)).toEqual({ kind: 'people', query: '', from: 0, to: 1 });
    expect(askedAt('@김', 2)?.query).toBe('김');
    expect(askedAt('hi @an there', 6)?.query).toBe('an');
    for (const text of ['mail a@b', '@an ', 'x', '', '@@a', `@${'a'.repeat(40)}`])
      expect([text, askedAt(text, text.length)]).toEqual([text, undefined]);
  });

  it('is emoji behind a colon and two letters', () => {
    expect(askedAt('so :smi', 7)).toEqual({ kind: 'emoji', query: 'smi', from: 3, to: 7 });
    for (const text of [':)', '12:30', ':s', 'https://a', 'a:bc'])
      expect([text, askedAt(text, text.length)]).toEqual([text, undefined]);
  });

  it('begins with the query first, in any letters', () => {
    expect(peopleFor('an', people).map(({ label }) => label)).toEqual([
      'Ann Lee',
      'Lee Ann',
      'Hannah',
    ]);
    expect(peopleFor('철', people)[0]?.text).toBe('@김철수 ');
    expect(peopleFor('', people).length).toBe(4);
  });

  it('begins with the very name', () => {
    expect(emojiFor('heart', EMOJI)[0]?.sign).toBe('❤️');
    expect(emojiFor('+1', EMOJI)[0]?.sign).toBe('👍');
  });

  it('is eight at most, and an emoji with its name', () => {
    expect(emojiFor('a', EMOJI).length).toBe(MAX_OFFERS);
    expect(emojiFor('tada', EMOJI)[0]).toMatchObject({ text: '🎉 ', sign: '🎉' });
    expect(emojiFor('nothing-like-it', EMOJI)).toEqual([]);
  });
});

describe('the emoji that are offered', () => {
  it('are emoji, each once, and their names too', () => {
    const one = new RegExp('^\\p{RGI_Emoji}$', 'v');
    expect(EMOJI.filter(({ emoji }) => !one.test(emoji))).toEqual([]);
    expect(new Set(EMOJI.map(({ emoji }) => emoji)).size).toBe(EMOJI.length);
    const names = EMOJI.flatMap((each) => each.names);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
