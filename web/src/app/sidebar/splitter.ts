import { ChangeDetectionStrategy, Component, inject, input, model } from '@angular/core';
import { Settings } from '../core/settings';

const LEAST = 280;
const MOST = 360;
const STEP = 16;
const clamped = (width: number) => Math.min(MOST, Math.max(LEAST, width));

/** The edge of the list, to be pulled or moved by arrows. */
@Component({
  selector: 'p-splitter',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    role: 'separator',
    tabindex: '0',
    'aria-orientation': 'vertical',
    'aria-valuemin': '280',
    'aria-valuemax': '360',
    '[attr.aria-valuenow]': 'width()',
    '[attr.aria-label]': 'label()',
    '(pointerdown)': 'grip($event)',
    '(pointermove)': 'pull($event)',
    '(pointerup)': 'drop()',
    '(keydown)': 'onKey($event)',
  },
  template: '',
  styles: `
    :host {
      position: relative;
      z-index: 1;
      inline-size: 9px;
      margin-inline: -4px;
      cursor: col-resize;
      touch-action: none;
    }
    :host(:focus-visible) {
      background: var(--accent);
      outline: none;
    }
  `,
})
export class Splitter {
  private readonly settings = inject(Settings);
  readonly width = model.required<number>();
  readonly label = input.required<string>();
  private isHeld = false;

  protected grip(event: PointerEvent): void {
    this.isHeld = true;
    (event.target as Element).setPointerCapture(event.pointerId);
  }

  protected pull({ clientX }: PointerEvent): void {
    if (!this.isHeld) return;
    const isRtl = getComputedStyle(document.documentElement).direction === 'rtl';
    this.width.set(clamped(isRtl ? innerWidth - clientX : clientX));
  }

  protected drop(): void {
    this.isHeld = false;
    this.settings.change({ sidebarWidth: this.width() });
  }

  protected onKey(event: KeyboardEvent): void {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.width.set(clamped(this.width() + step));
    this.settings.change({ sidebarWidth: this.width() });
  }
}
