import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  effect,
  input,
  model,
  output,
  viewChild,
} from '@angular/core';
import { Icon } from './icon';

let count = 0;

/**
 * A modal dialog: `<p-dialog [(open)]="isOpen" [label]="…">`. Escape, its cross and a press beside it
 * close it; the focus goes back to where it was. Whatever is in it is made anew at each opening.
 */
@Component({
  selector: 'p-dialog',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <dialog
      #dialog
      [attr.aria-labelledby]="id"
      [attr.closedby]="isClosable() ? null : 'none'"
      (close)="closed()"
      (cancel)="onCancel($event)"
      (pointerdown)="onPress($event)"
    >
      @if (open()) {
        <header>
          <h2 [id]="id">{{ label() }}</h2>
          @if (isClosable()) {
            <button type="button" class="icon" [attr.aria-label]="closeLabel()" (click)="close()">
              <p-icon name="close" />
            </button>
          }
        </header>
        <ng-content />
      }
    </dialog>
  `,
  styles: `
    dialog {
      inline-size: min(440px, calc(100vw - 32px));
      max-block-size: calc(100dvh - 32px);
      padding: var(--space-16);
      border: 1px solid var(--line);
      border-radius: var(--radius-12);
      background: var(--bg);
      color: var(--text);
      box-shadow: var(--shadow);
      overflow: auto;
    }
    dialog:focus-visible {
      outline: none;
    }
    dialog::backdrop {
      background: #00000080;
    }
    header {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: var(--space-8);
      margin-block-end: var(--space-12);
    }
  `,
})
export class Dialog {
  readonly open = model(false);
  readonly label = input.required<string>();
  readonly closeLabel = input('Close');
  /** False: only what is in it ends it, e.g. a sign-in. */
  readonly isClosable = input(true);
  /** It was closed, by whatever means. */
  readonly dismissed = output();
  protected readonly id = `p-dialog-${++count}`;
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  constructor() {
    effect(() => {
      const { nativeElement: dialog } = this.dialog();
      if (this.open() && !dialog.open) dialog.showModal();
      else if (!this.open() && dialog.open) dialog.close();
    });
  }

  close(): void {
    this.dialog().nativeElement.close();
  }

  protected closed(): void {
    // Browsers let a second Escape through.
    if (!this.isClosable() && this.open()) return this.dialog().nativeElement.showModal();
    focusAnew();
    this.open.set(false);
    this.dismissed.emit();
  }

  protected onCancel(event: Event): void {
    if (event.target === this.dialog().nativeElement && !this.isClosable()) event.preventDefault();
  }

  /** Of the backdrop: what is in the dialog is another target, its padding lies inside its box. */
  protected onPress({ target, clientX, clientY }: PointerEvent): void {
    const dialog = this.dialog().nativeElement;
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const isInside = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
    if (target === dialog && !isInside && this.isClosable()) this.close();
  }
}

/**
 * What the browser gave the focus back to: where what had it meanwhile was disabled or taken out, nobody could
 * type there in Chromium, though it has the focus.
 */
function focusAnew(): void {
  const { activeElement: back } = document;
  if (!(back instanceof HTMLElement) || back === document.body) return;
  back.blur();
  back.focus({ preventScroll: true });
}
