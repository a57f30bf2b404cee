import {
  ChangeDetectionStrategy,
  Component,
  Injectable,
  inject,
  input,
  signal,
} from '@angular/core';
import { Icon } from './icon';

export interface ToastAction {
  readonly label: string;
  run(): void;
}
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'told' | 'failed';
  readonly action?: ToastAction;
}

export const MAX_TOASTS = 3;
const SHOWN_MS = 6_000;

/** Short words about what happened elsewhere. The same words are not shown twice at once. */
@Injectable({ providedIn: 'root' })
export class Toasts {
  private readonly list = signal<readonly Toast[]>([]);
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  private count = 0;
  /** At most `MAX_TOASTS`, the newest last. */
  readonly all = this.list.asReadonly();

  /** Gone after 6 s; with something to do, or of a failure, only when closed. */
  show(text: string, kind: Toast['kind'] = 'told', action?: ToastAction): void {
    const same = this.list().find((one) => one.text === text);
    if (same) this.close(same.id);
    const toast = { id: ++this.count, text, kind, ...(action && { action }) };
    const kept = [...this.list(), toast];
    for (const { id } of kept.slice(0, -MAX_TOASTS)) this.close(id);
    this.list.set(kept.slice(-MAX_TOASTS));
    if (!action && kind === 'told')
      this.timers.set(
        toast.id,
        setTimeout(() => this.close(toast.id), SHOWN_MS),
      );
  }

  close(id: number): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.list.update((list) => list.filter((one) => one.id !== id));
  }
}

/** Where the toasts are shown, once in the shell. */
@Component({
  selector: 'p-toasts',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <ul role="status">
      @for (toast of toasts.all(); track toast.id) {
        <li [class.failed]="toast.kind === 'failed'">
          <p-icon [name]="toast.kind === 'failed' ? 'warning' : 'info'" />
          <span dir="auto">{{ toast.text }}</span>
          @if (toast.action; as action) {
            <button type="button" class="link" (click)="run(toast.id, action)">
              {{ action.label }}
            </button>
          }
          <button
            type="button"
            class="icon"
            [attr.aria-label]="closeLabel()"
            (click)="toasts.close(toast.id)"
          >
            <p-icon name="close" />
          </button>
        </li>
      }
    </ul>
  `,
  styles: `
    :host {
      position: fixed;
      z-index: 10;
      inset-block-end: var(--space-16);
      inset-inline: var(--space-16);
      pointer-events: none;
    }
    ul {
      display: grid;
      justify-items: center;
      gap: var(--space-8);
    }
    li {
      display: flex;
      align-items: center;
      gap: var(--space-8);
      max-inline-size: min(560px, 100%);
      padding: var(--space-4) var(--space-4) var(--space-4) var(--space-12);
      border: 1px solid var(--line);
      border-radius: var(--radius-6);
      background: var(--bg);
      box-shadow: var(--shadow);
      pointer-events: auto;
    }
    li.failed {
      border-color: var(--danger);
    }
  `,
})
export class ToastList {
  readonly closeLabel = input('Close');
  protected readonly toasts = inject(Toasts);

  protected run(id: number, action: ToastAction): void {
    this.toasts.close(id);
    action.run();
  }
}
