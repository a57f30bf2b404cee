// The tokens as they are written; no browser is asked.
import css from './tokens.css' with { loader: 'text' };

type Colour = readonly [red: number, green: number, blue: number];

function colourOf(hex: string): Colour {
  const channel = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return [channel(1), channel(3), channel(5)];
}

/** `--name: light-dark(#light, #dark)` */
function token(name: string, theme: 'light' | 'dark'): Colour {
  const found = new RegExp(`^  --${name}: light-dark\\((#\\w{6}), (#\\w{6})\\);$`, 'm').exec(css);
  if (!found) throw new Error(`tokens.css has no --${name}`);
  return colourOf(found[theme === 'light' ? 1 : 2] ?? '');
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((channel) =>
    channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Colour, other: Colour): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

const TEXT = 4.5;
const CONTROL = 3;
const TEXTS: [text: string, grounds: string[]][] = [
  ['text', ['bg', 'side', 'mine', 'mention']],
  ['text-2', ['bg', 'side', 'mine']],
  ['accent', ['bg', 'side', 'mine']],
  ['on-accent', ['accent']],
  ['danger', ['bg', 'side', 'mine']],
  ['warn-text', ['warn-bg']],
];
const CONTROLS: [control: string, grounds: string[]][] = [
  ['line', ['bg', 'side']],
  ['accent', ['bg', 'side', 'mine']],
  ['online', ['bg', 'side']],
];

describe('W-36 the colours', () => {
  it('are told apart by this arithmetic', () => {
    expect(contrast(colourOf('#000000'), colourOf('#ffffff'))).toBeCloseTo(21);
    expect(contrast(colourOf('#777777'), colourOf('#ffffff'))).toBeCloseTo(4.48, 2);
  });

  for (const theme of ['light', 'dark'] as const)
    for (const [least, pairs] of [
      [TEXT, TEXTS],
      [CONTROL, CONTROLS],
    ] as const)
      for (const [name, grounds] of pairs)
        for (const ground of grounds)
          it(`${theme}: ${name} on ${ground} has a contrast of ${least}`, () => {
            expect(contrast(token(name, theme), token(ground, theme))).toBeGreaterThanOrEqual(
              least,
            );
          });

  it('are the system’s own where more contrast is asked for', () => {
    const own = css.slice(css.indexOf('@media (prefers-contrast: more), (forced-colors: active)'));
    for (const name of [
      'bg',
      'side',
      'text',
      'text-2',
      'line',
      'accent',
      'mine',
      'danger',
      'mention',
    ])
      expect(own).toMatch(new RegExp(`--${name}: [A-Z]\\w+;`));
  });
});
