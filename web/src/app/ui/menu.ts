import {
  ChangeDetectionStrategy,
  Component,
  Directive,
  ElementRef,
  contentChildren,
  inject,
  input,
  output,
  signal,
} from '@angular/core';

/** One thing to do: `<button p-menu-item (click)="…">`. */
@Directive({
  selector: 'button[p-menu-item]',
  host: { role: 'menuitem', type: 'button', tabindex: '-1', class: 'row' },
})
export class MenuItem {
  readonly element = inject<ElementRef<HTMLButtonElement>>(ElementRef).nativeElement;
}

interface Point {
  readonly x: number;
  readonly y: number;
}
const GAP = 4;
const MOVES: Record<string, (at: number, last: number) => number> = {
  ArrowDown: (at, last) => (at >= last ? 0 : at + 1),
  ArrowUp: (at, last) => (at <= 0 ? last : at - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/**
 * A menu in the top layer: arrows, Home and End move, a letter goes to what begins with it, Escape and
 * Tab close, the focus goes back to what had it.
 */
@Component({
  selector: 'p-menu',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    popover: 'auto',
    role: 'menu',
    '[attr.aria-label]': 'label()',
    '(keydown)': 'onKey($event)',
    '(click)': 'close()',
    '(toggle)': 'onToggle($event)',
    '(document:pointerdown)': 'onPress($event)',
    '(document:keydown.escape)': 'onEscape($event)',
  },
  template: `<ng-content />`,
  styles: `
    :host {
      inset: auto;
      margin: 0;
      min-inline-size: 180px;
      max-inline-size: calc(100vw - 16px);
      max-block-size: calc(100dvh - 16px);
      padding: var(--space-4);
      border: 1px solid var(--line);
      border-radius: var(--radius-6);
      background: var(--bg);
      color: var(--text);
      box-shadow: var(--shadow);
      overflow: auto;
    }
    :host(:popover-open) {
      display: grid;
    }
  `,
})
export class Menu {
  readonly label = input.required<string>();
  readonly closed = output();
  readonly isOpen = signal(false);
  private readonly items = contentChildren(MenuItem, { descendants: true });
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private opener: HTMLElement | null = null;

  /**
   * Opens it below `place`, or above where there is more room; its first item gets the focus.
   * @param isPressed a finger lies on the page: that it comes up must not close the menu, as it would
   */
  openAt(place: HTMLElement | Point, isPressed = false): void {
    if (this.isOpen()) return;
    this.element.popover = isPressed ? 'manual' : 'auto';
    const active = document.activeElement;
    this.opener = active instanceof HTMLElement ? active : null;
    this.element.showPopover();
    this.isOpen.set(true);
    this.put(place instanceof HTMLElement ? place.getBoundingClientRect() : boxOf(place));
    this.focus(0);
  }

  close(): void {
    if (this.element.matches(':popover-open')) this.element.hidePopover();
  }

  /** What the browser does by itself with one that is `auto`. */
  protected onPress({ target }: Event): void {
    const isOutside = !(target instanceof Node) || !this.element.contains(target);
    if (this.isOpen() && this.element.popover === 'manual' && isOutside) this.close();
  }

  protected onEscape(event: Event): void {
    if (!this.isOpen() || this.element.popover !== 'manual') return;
    event.preventDefault();
    this.close();
  }

  protected onToggle(event: Event): void {
    if ((event as ToggleEvent).newState !== 'closed' || !this.isOpen()) return;
    const hadFocus = this.element.contains(document.activeElement) || !hasFocus();
    this.isOpen.set(false);
    if (hadFocus) this.opener?.focus();
    this.closed.emit();
  }

  protected onKey(event: KeyboardEvent): void {
    const items = this.items();
    const at = items.findIndex(({ element }) => element === document.activeElement);
    const move = MOVES[event.key];
    if (event.key === 'Tab') this.close();
    else if (move) this.focus(move(at, items.length - 1));
    else if (event.key.length === 1 && event.key !== ' ') this.focus(this.find(event.key, at));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private find(letter: string, at: number): number {
    const wanted = letter.toLocaleLowerCase();
    const names = this.items().map(({ element }) =>
      element.textContent?.trim().toLocaleLowerCase(),
    );
    const after = names.findIndex((name, index) => index > at && name?.startsWith(wanted));
    return after >= 0 ? after : names.findIndex((name) => name?.startsWith(wanted));
  }

  private focus(at: number): void {
    this.items()[at]?.element.focus();
  }

  private put(box: DOMRect): void {
    const { offsetWidth: width, offsetHeight: height, style } = this.element;
    const isRtl = getComputedStyle(this.element).direction === 'rtl';
    const left = isRtl ? box.right - width : box.left;
    const isBelow = box.bottom + GAP + height <= innerHeight || box.top < innerHeight - box.bottom;
    const top = isBelow ? box.bottom + GAP : box.top - GAP - height;
    style.left = `${clamped(left, innerWidth - width)}px`;
    style.top = `${clamped(top, innerHeight - height)}px`;
  }
}

/** Opens a menu: `<button [p-menu-for]="menu">`. */
@Directive({
  selector: 'button[p-menu-for]',
  host: {
    'aria-haspopup': 'menu',
    '[attr.aria-expanded]': 'menu().isOpen()',
    '(click)': 'menu().openAt(element)',
    '(keydown.arrowdown)': 'open($event)',
  },
})
export class MenuFor {
  readonly menu = input.required<Menu>({ alias: 'p-menu-for' });
  protected readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  protected open(event: Event): void {
    event.preventDefault();
    this.menu().openAt(this.element);
  }
}

const boxOf = ({ x, y }: Point) => new DOMRect(x, y, 0, 0);
const clamped = (at: number, most: number) => Math.max(2 * GAP, Math.min(at, most - 2 * GAP));
/** Where a popover held the focus that is gone now, the body has it. */
const hasFocus = () => document.activeElement !== null && document.activeElement !== document.body;
