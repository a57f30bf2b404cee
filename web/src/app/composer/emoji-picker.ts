import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  afterNextRender,
  computed,
  inject,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { Words } from '../../i18n/texts';
import { EMOJI, type EmojiGroup, type EmojiName } from './emoji-names';

const RECENT_KEY = 'parley-emoji';
const MAX_RECENT = 16;
const GROUPS: readonly EmojiGroup[] = [
  'faces',
  'people',
  'nature',
  'food',
  'doing',
  'things',
  'signs',
];

/** Emoji as the system draws them: search, then arrows over all of them; Enter picks, Escape closes. */
@Component({
  selector: 'p-emoji-picker',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '(keydown)': 'onKey($event)',
    role: 'dialog',
    '[attr.aria-label]': "t('composer.emoji')",
  },
  template: `
    <input
      #search
      type="search"
      autocomplete="off"
      [attr.aria-label]="t('emoji.search')"
      [placeholder]="t('emoji.search')"
      (input)="query.set(search.value.trim().toLowerCase())"
    />
    <div #grid class="all">
      @for (part of parts(); track part.name) {
        <h3 class="small muted">{{ t(part.name) }}</h3>
        <div class="grid">
          @for (one of part.emoji; track one.emoji) {
            <button
              type="button"
              class="icon"
              tabindex="-1"
              [title]="one.names[0]"
              [attr.aria-label]="one.names[0]"
              (click)="pick(one)"
            >
              {{ one.emoji }}
            </button>
          }
        </div>
      } @empty {
        <p class="muted" role="status">{{ t('emoji.none') }}</p>
      }
    </div>
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-8);
      inline-size: min(352px, calc(100vw - 24px));
      padding: var(--space-8);
      border: 1px solid var(--line);
      border-radius: var(--radius-12);
      background: var(--bg);
      box-shadow: var(--shadow);
    }
    .all {
      block-size: min(280px, 40dvh);
      overflow: auto;
    }
    .grid {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(40px, 1fr));
    }
    button {
      min-inline-size: 0;
      min-block-size: 40px;
      font-family: var(--font-emoji);
      font-size: 22px;
    }
    button:focus-visible {
      outline-offset: -2px;
    }
  `,
})
export class EmojiPicker {
  readonly picked = output<string>();
  readonly closed = output();
  protected readonly t = inject(Words).t;
  protected readonly query = signal('');
  private readonly recent = signal(recentEmoji());
  private readonly search = viewChild.required<ElementRef<HTMLInputElement>>('search');
  private readonly grid = viewChild.required<ElementRef<HTMLElement>>('grid');
  protected readonly parts = computed(() => {
    const query = this.query();
    const found = EMOJI.filter(({ names }) => names.some((name) => name.includes(query)));
    const groups = GROUPS.map((group) => ({
      name: `emoji.${group}` as const,
      emoji: found.filter((one) => one.group === group),
    }));
    const recent = { name: 'emoji.recent' as const, emoji: query ? [] : this.recent() };
    return [recent, ...groups].filter(({ emoji }) => emoji.length > 0);
  });

  constructor() {
    afterNextRender(() => this.search().nativeElement.focus());
  }

  protected pick(one: EmojiName): void {
    keepRecent(one.emoji);
    this.picked.emit(one.emoji);
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.isComposing || !this.handles(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private handles(key: string): boolean {
    const buttons = [...this.grid().nativeElement.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const line = columnsOf(buttons);
    const steps: Record<string, number> = { ArrowDown: at < 0 ? 1 : line, ArrowUp: -line };
    if (at >= 0) Object.assign(steps, { ArrowRight: 1, ArrowLeft: -1 });
    if (key === 'Escape') this.closed.emit();
    else if (key === 'Enter' && at < 0) this.pickFirst();
    else if (steps[key] === undefined) return false;
    else (buttons[Math.max(0, at) + (at < 0 ? 0 : steps[key])] ?? this.back(steps[key]))?.focus();
    return true;
  }

  /** Of what is found by now: it may not be drawn yet. */
  private pickFirst(): void {
    const first = this.parts()[0]?.emoji[0];
    if (first) this.pick(first);
  }

  /** Above the first line is the search; below the last one nothing. */
  private back(step: number): HTMLElement | undefined {
    return step < 0 ? this.search().nativeElement : undefined;
  }
}

/** Buttons in the first line. */
function columnsOf(buttons: readonly HTMLElement[]): number {
  const top = buttons[0]?.offsetTop;
  const count = buttons.findIndex(({ offsetTop }) => offsetTop !== top);
  return count < 1 ? Math.max(1, buttons.length) : count;
}

function recentEmoji(): readonly EmojiName[] {
  const known = new Map(EMOJI.map((one) => [one.emoji, one]));
  return storedRecent().flatMap((emoji) => known.get(emoji) ?? []);
}

function storedRecent(): readonly string[] {
  try {
    return (localStorage.getItem(RECENT_KEY) ?? '').split(' ').slice(0, MAX_RECENT);
  } catch {
    return []; // storage is forbidden
  }
}

function keepRecent(emoji: string): void {
  const all = [emoji, ...storedRecent().filter((one) => one !== emoji)].slice(0, MAX_RECENT);
  try {
    localStorage.setItem(RECENT_KEY, all.join(' ').trim());
  } catch {
    // it is only a convenience
  }
}
