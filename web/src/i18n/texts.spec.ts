import { TestBed } from '@angular/core/testing';
import { en } from './en';
import { ko } from './ko';
import { stretched } from './pseudo';
import { type Text, Words, filled, languageOf } from './texts';

const namesIn = (text: Text) =>
  new Set((typeof text === 'string' ? text : text.other).match(/\{\w+\}/g) ?? []);

describe('W-39 the words of the pages', () => {
  it('fill in the same names in every language', () => {
    for (const [key, text] of Object.entries(en) as [keyof typeof en, Text][])
      expect([key, namesIn(ko[key])]).toEqual([key, namesIn(text)]);
  });

  it('have no key twice in Korean and none that English lacks', () => {
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
  });

  it('choose the plural by the rule of the language', () => {
    const text = { one: '{count} day', few: '{count} dni', other: '{count} days' };
    expect(filled(text, { count: 1 }, 'en')).toBe('1 day');
    expect(filled(text, { count: 2 }, 'en')).toBe('2 days');
    expect(filled(text, { count: 3 }, 'pl')).toBe('3 dni');
    expect(filled(text, { count: 1 }, 'ko')).toBe('1 days');
  });

  it('show numbers as the language does, and names as they are', () => {
    const values = { count: 12345, name: '$& {count}' };
    expect(filled('{count} by {name}', values, 'en')).toBe('12,345 by $& {count}');
  });

  it('take the first language that is there', () => {
    expect(languageOf(['fr-CA', 'ko-KR', 'en'])).toBe('ko');
    expect(languageOf(['fr', 'de'])).toBe('en');
    expect(languageOf([])).toBe('en');
  });

  it('are two fifths longer in the pseudo language, with their names kept', () => {
    const { 'tray.tooBig': text, 'composer.left': plural } = stretched(en);
    expect(text).toMatch(/^\{name\} íš lářgéř tháñ \{size\}\.~+$/);
    expect(text.length).toBeGreaterThanOrEqual(1.4 * en['tray.tooBig'].length);
    expect(plural.other).toContain('{count}');
  });

  it('change with the language, and the page says which it is in', async () => {
    const words = TestBed.inject(Words);
    await words.use('ko');
    TestBed.tick();
    expect(words.t('composer.left', { count: 2 })).toBe('2자 남음');
    expect(document.documentElement.lang).toBe('ko');
    await words.use('pseudo');
    TestBed.tick();
    expect(document.documentElement.lang).toBe('en-US'); // as this browser says it
  });

  it('does not compile with a missing key, a missing value, or one of a wrong type', () => {
    const { t } = TestBed.inject(Words);
    // @ts-expect-error no such key
    void (() => t('composer.nothing'));
    // @ts-expect-error a value is missing
    void (() => t('tray.remove'));
    // @ts-expect-error a count is a number
    void (() => t('composer.left', { count: 'two' }));
    // @ts-expect-error a text without names takes no values
    void (() => t('app.close', { name: 'x' }));
    expect(t('tray.remove', { name: 'a.png' })).toContain('a.png');
  });
});
