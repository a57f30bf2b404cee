import {
  ChangeDetectionStrategy,
  ChangeDetectorRef,
  Component,
  computed,
  effect,
  inject,
  signal,
  untracked,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterOutlet } from '@angular/router';
import { filter, map, startWith } from 'rxjs';
import { Words } from '../i18n/texts';
import { Attention } from './core/attention';
import { ChatStore } from './core/chat-store';
import { Settings } from './core/settings';
import { KeysHelp } from './keys-help';
import { updateWhenHidden } from './self-update';
import { Sidebar } from './sidebar/sidebar';
import { Splitter } from './sidebar/splitter';

/** What one said on another device meanwhile is told in no event: after this long the list is read again. */
const AWAY_MS = 2_000;
const FIELDS = 'input, textarea, select, [contenteditable]';

/** The list beside what was chosen of it; on narrow screens one of the two. */
@Component({
  selector: 'p-shell',
  imports: [RouterOutlet, Sidebar, Splitter, KeysHelp],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '[class.list]': 'isList()',
    '[style.--sidebar.px]': 'width()',
    '(document:keydown)': 'onKey($event)',
  },
  template: `
    <button class="skip" (click)="skip()">{{ t('app.skip') }}</button>
    <p-sidebar data-pane />
    <p-splitter [(width)]="width" [label]="t('list.resize')" />
    <main><router-outlet (activate)="changes.detectChanges()" /></main>
    @defer (when isHelp()) {
      <p-keys-help [(open)]="isHelp" />
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template: minmax(0, 1fr) / var(--sidebar) 0 minmax(0, 1fr);
      min-block-size: 0;
      overflow: hidden;
    }
    main {
      display: grid;
      min-block-size: 0;
      min-inline-size: 0;
    }
    main > router-outlet {
      display: none;
    }
    .skip {
      position: fixed;
      inset-block-start: -60px;
      z-index: 6;
    }
    .skip:focus-visible {
      inset-block-start: var(--space-8);
      inset-inline-start: var(--space-8);
    }
    @media (max-width: 719px) {
      :host {
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
      }
      :host(.list) main,
      :host(:not(.list)) p-sidebar,
      p-splitter {
        display: none;
      }
    }
  `,
})
export class Shell {
  protected readonly t = inject(Words).t;
  protected readonly changes = inject(ChangeDetectorRef);
  private readonly store = inject(ChatStore);
  private readonly attention = inject(Attention);
  private readonly settings = inject(Settings);
  private readonly router = inject(Router);
  protected readonly isHelp = signal(false);
  protected readonly width = this.settings.sidebarWidth;
  private readonly url = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(() => this.router.url),
      startWith(this.router.url),
    ),
    { initialValue: this.router.url },
  );
  constructor() {
    updateWhenHidden();
    let leftAt = performance.now();
    effect(() => {
      if (!this.attention.isLooking()) leftAt = performance.now();
      else if (performance.now() - leftAt > AWAY_MS)
        untracked(() => this.store.conversations.refresh());
    });
  }

  /** On narrow screens: the list is what is seen. */
  protected readonly isList = computed(() => this.url().split('?')[0] === '/');

  protected skip(): void {
    document.querySelector<HTMLElement>('[data-pane=messages]')?.focus();
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === 'F6') this.nextPane(event.shiftKey ? -1 : 1);
    else if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) this.find();
    else if (event.altKey && event.key === 'ArrowUp') this.step(-1);
    else if (event.altKey && event.key === 'ArrowDown') this.step(1);
    else if (event.key === '?' && this.takesLetters(event)) this.isHelp.set(true);
    else return;
    event.preventDefault();
  }

  private takesLetters({ target }: KeyboardEvent): boolean {
    const isField = target instanceof Element && target.matches(FIELDS);
    return !isField && this.settings.choices().singleKeys;
  }

  private find(): void {
    document.querySelector<HTMLInputElement>('p-sidebar input[type=search]')?.focus();
  }

  /** Between sidebar, messages, composer and details, as far as they are on the screen. */
  private nextPane(step: number): void {
    const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) =>
      pane.checkVisibility(),
    );
    const at = panes.findIndex((pane) => pane.contains(document.activeElement));
    const next = panes[(at + step + panes.length) % panes.length];
    const inside = next?.querySelector<HTMLElement>(
      '[data-first], textarea, [tabindex="0"], a, button',
    );
    (next?.tabIndex === 0 ? next : (inside ?? next))?.focus();
  }

  private step(by: number): void {
    const list = this.store.conversations.byActivity();
    const at = list.findIndex((one) => one === this.store.open());
    const next = list[at < 0 ? 0 : at + by];
    if (next) void this.router.navigate(['/c', next.id]);
  }
}
