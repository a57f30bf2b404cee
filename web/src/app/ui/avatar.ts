import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

export type Presence = 'online' | 'away' | 'offline';

/** Grounds on which white text has a contrast of 4.5 and more. */
const GROUNDS = [
  '#0b5fcc',
  '#1a7f37',
  '#8a4b00',
  '#a8206d',
  '#6b3fc4',
  '#00707a',
  '#b3261e',
  '#57606a',
];
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letters of the first and the last word; of Korean and Chinese names the first letter. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends
    .map((word) => firstOf(word ?? ''))
    .join('')
    .toLocaleUpperCase();
}

function firstOf(word: string): string {
  for (const { segment } of graphemes.segment(word)) return segment;
  return '';
}

/** The same colour for the same `seed` everywhere. */
export function groundOf(seed: string): string {
  let sum = 0;
  for (const letter of seed) sum = (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return GROUNDS[sum % GROUNDS.length] ?? '';
}

/** A picture or initials, with a mark of presence: a disc is online, a ring is away. */
@Component({
  selector: 'p-avatar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[style.--size.px]': 'size()', '[style.--ground]': 'ground()' },
  template: `
    @if (src(); as url) {
      <img [src]="url" alt="" [width]="size()" [height]="size()" loading="lazy" decoding="async" />
    } @else {
      <span class="initials" aria-hidden="true">{{ initials() }}</span>
    }
    @if (presence(); as state) {
      @if (state !== 'offline') {
        <span class="mark" [class.away]="state === 'away'" aria-hidden="true"></span>
      }
      <span class="heard">{{ presenceLabel() }}</span>
    }
  `,
  styles: `
    :host {
      position: relative;
      display: inline-block;
      flex: none;
      inline-size: var(--size);
      block-size: var(--size);
    }
    img,
    .initials {
      display: grid;
      place-items: center;
      inline-size: 100%;
      block-size: 100%;
      border-radius: 50%;
      object-fit: cover;
    }
    .initials {
      background: var(--ground);
      color: #fff;
      font-size: calc(var(--size) * 0.4);
      line-height: 1;
      font-weight: 600;
      white-space: nowrap;
      overflow: hidden;
    }
    .mark {
      position: absolute;
      inset-block-end: -1px;
      inset-inline-end: -1px;
      inline-size: 12px;
      block-size: 12px;
      border: 2px solid var(--bg);
      border-radius: 50%;
      background: var(--online);
    }
    .mark.away {
      background: var(--bg);
      box-shadow: inset 0 0 0 2px var(--online);
    }
    @media (forced-colors: active) {
      .initials {
        border: 1px solid;
      }
      .mark {
        forced-color-adjust: none;
      }
    }
  `,
})
export class Avatar {
  readonly name = input.required<string>();
  /** What the colour is made of, e.g. a user id. Default: the name. */
  readonly seed = input<string>();
  readonly src = input<string | null>();
  /** In px. */
  readonly size = input(36);
  readonly presence = input<Presence>();
  /** The same in words. */
  readonly presenceLabel = input('');
  protected readonly initials = computed(() => initialsOf(this.name()));
  protected readonly ground = computed(() => groundOf(this.seed() ?? this.name()));
}
