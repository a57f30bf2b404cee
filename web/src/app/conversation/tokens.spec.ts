import fc from 'fast-check';
import { type Token, isOnlyEmoji, tokensOf } from './tokens';

const people = [
  { userId: 'u1', name: 'ann' },
  { userId: 'u2', name: 'ann lee' },
  { userId: 'u3', name: '김철수' },
];
const links = (text: string) =>
  tokensOf(text).filter(
    (token): token is Extract<Token, { kind: 'link' }> => token.kind === 'link',
  );
const linkTexts = (text: string) => links(text).map((link) => link.text);
const kinds = (text: string) => tokensOf(text, people).map(({ kind, text: part }) => [kind, part]);

describe('W-23 links', () => {
  it('are http, https and mailto, and nothing else', () => {
    expect(links('see https://a.example/x?y=1#z and a@b.com').map(({ href }) => href)).toEqual([
      'https://a.example/x?y=1#z',
      'mailto:a@b.com',
    ]);
    for (const bad of [
      'javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'ftp://a.example/x',
      'file:///etc/passwd',
      'vbscript:x',
      '//a.example/x',
    ])
      expect([bad, linkTexts(bad)]).toEqual([bad, []]);
  });

  it('are found without a scheme where a host is plain', () => {
    expect(links('example.com/a, www.example.org').map(({ href }) => href)).toEqual([
      'http://example.com/a',
      'http://www.example.org/',
    ]);
  });

  it('end before the brackets and signs that close the sentence', () => {
    expect(
      linkTexts('(https://a.example/x). [https://a.example/y], "https://a.example/z"!'),
    ).toEqual(['https://a.example/x', 'https://a.example/y', 'https://a.example/z']);
    expect(linkTexts('https://a.example/wiki/x_(y) z')).toEqual(['https://a.example/wiki/x_(y)']);
    expect(linkTexts('「https://a.example/x」。（https://a.example/y）')).toEqual([
      'https://a.example/x',
      'https://a.example/y',
    ]);
  });

  it('end before a Korean particle', () => {
    for (const particle of ['을', '를', '에서', '으로는', '입니다', '이라는', '와', '까지'])
      for (const url of [
        'https://a.example',
        'https://a.example/x',
        'https://a.example/x/',
        'a.com',
      ])
        expect(linkTexts(`여기 ${url}${particle} 보세요`)).toEqual([url]);
    expect(linkTexts('(https://a.example/x)를 보세요')).toEqual(['https://a.example/x']);
  });

  it('keep a path that is Hangul', () => {
    expect(linkTexts('https://ko.wikipedia.org/wiki/한국 보기')).toEqual([
      'https://ko.wikipedia.org/wiki/한국',
    ]);
    expect(linkTexts('https://한국.example/가나다')).toEqual(['https://한국.example/가나다']);
  });

  it('show a host of mixed scripts in punycode', () => {
    const [link] = links('https://аррӏе.com/login');
    expect(link?.shown).toBe('https://xn--80ak6aa92e.com/login');
    expect(links('pаypal.com')[0]?.shown).toBe('xn--pypal-4ve.com');
    expect(links('https://한국.com/x')[0]?.shown).toBe('https://한국.com/x');
    expect(links('https://bücher.example')[0]?.shown).toBe('https://bücher.example');
    expect(links('https://пример.рф/x')[0]?.shown).toBe('https://пример.рф/x');
  });

  it('do not go through marks of direction, nor hide where they lead', () => {
    expect(linkTexts('https://a.example/\u202egpj.exe')).toEqual(['https://a.example/']);
    expect(linkTexts('https://good.example@evil.example/')).not.toContain(
      'https://good.example@evil.example/',
    );
  });
});

describe('W-23 the other parts of a message', () => {
  it('are code between backquotes, where nothing else is looked for', () => {
    expect(kinds('run `curl https://a.example @ann` now')).toEqual([
      ['text', 'run '],
      ['code', '`curl https://a.example @ann`'],
      ['text', ' now'],
    ]);
    expect(kinds('a ` b\n c ` `` d')).toEqual([['text', 'a ` b\n c ` `` d']]);
  });

  it('are people who are named', () => {
    expect(kinds('@ann lee, @ann! @annie x@ann @김철수님 @김철수')).toEqual([
      ['mention', '@ann lee'],
      ['text', ', '],
      ['mention', '@ann'],
      ['text', '! @annie x@ann '],
      ['mention', '@김철수'],
      ['text', '님 '],
      ['mention', '@김철수'],
    ]);
  });

  it('are emoji, each whole', () => {
    expect(kinds('a👩‍👩‍👧‍👧b🇰🇷👍🏽 1 ❤️')).toEqual([
      ['text', 'a'],
      ['emoji', '👩‍👩‍👧‍👧'],
      ['text', 'b'],
      ['emoji', '🇰🇷'],
      ['emoji', '👍🏽'],
      ['text', ' 1 '],
      ['emoji', '❤️'],
    ]);
    expect(isOnlyEmoji(tokensOf(' 👍 🎉 '))).toBe(true);
    expect(isOnlyEmoji(tokensOf('👍 ok'))).toBe(false);
    expect(isOnlyEmoji(tokensOf('👍👍👍👍'))).toBe(false);
    expect(isOnlyEmoji(tokensOf('  '))).toBe(false);
  });

  it('are the message as it was written, whatever that is', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'https://',
        'a.example',
        '@ann',
        '`',
        '을',
        '👍',
        '\u202e',
        '(',
        ')',
        ' ',
        '/',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        expect(
          tokensOf(text, people)
            .map((token) => token.text)
            .join(''),
        ).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are found in the largest hostile message within a frame or two, not in its square', () => {
    const size = 5_000;
    const worst = [
      'a.',
      'http://',
      '@',
      '`',
      '(',
      'mailto:',
      'a@',
      '/',
      'x.com',
      '가',
      '\u0301',
      '://',
      'www.',
    ];
    for (const piece of worst) {
      const text = piece.repeat(size / piece.length);
      const begun = performance.now();
      tokensOf(text, people);
      const took = performance.now() - begun;
      expect(`${piece} ${took < 1_000}`).toBe(`${piece} true`);
    }
  });
});
