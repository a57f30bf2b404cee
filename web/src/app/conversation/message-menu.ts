import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import type { Row } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import type { Conversation } from '../core/conversation';
import { Icon } from '../ui/icon';
import { Menu, MenuItem } from '../ui/menu';

export type MessageAction = 'reply' | 'edit' | 'delete' | 'copy' | 'link' | 'retry' | 'discard';

const LONG_PRESS_MS = 500;

/** What one can do with a message: a menu for all of them, and buttons beside the one under the pointer. */
@Component({
  selector: 'p-message-menu',
  imports: [Icon, Menu, MenuItem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (hovered(); as row) {
      <div class="tools" [style.inset-block-start.px]="top()" [class.mine]="isMine(row)">
        <button class="icon" [attr.aria-label]="t('message.reply')" (click)="emit('reply', row)">
          <p-icon name="reply" />
        </button>
        <button
          #more
          class="icon"
          aria-haspopup="menu"
          [attr.aria-label]="t('message.menu')"
          (click)="open(row, more)"
        >
          <p-icon name="more" />
        </button>
      </div>
    }
    <p-menu [label]="t('message.menu')">
      @if (row(); as one) {
        @if (one.pending) {
          <button p-menu-item (click)="emit('copy', one)">
            <p-icon name="copy" />{{ t('message.copyText') }}
          </button>
        } @else {
          <button p-menu-item (click)="emit('reply', one)">
            <p-icon name="reply" />{{ t('message.reply') }}
          </button>
          @if (one.content) {
            <button p-menu-item (click)="emit('copy', one)">
              <p-icon name="copy" />{{ t('message.copyText') }}
            </button>
          }
          <button p-menu-item (click)="emit('link', one)">
            <p-icon name="link" />{{ t('message.copyLink') }}
          </button>
          @if (isMine(one) && !one.isDeleted) {
            @if (one.content) {
              <button p-menu-item (click)="emit('edit', one)">
                <p-icon name="edit" />{{ t('app.edit') }}
              </button>
            }
            <button p-menu-item class="danger" (click)="emit('delete', one)">
              <p-icon name="trash" />{{ t('app.delete') }}
            </button>
          }
        }
      }
    </p-menu>
  `,
  styles: `
    :host {
      display: contents;
    }
    .tools {
      position: absolute;
      inset-inline-end: var(--space-16);
      display: flex;
      border: 1px solid var(--edge);
      border-radius: var(--radius-6);
      background: var(--bg);
    }
    .tools.mine {
      inset-inline: var(--space-16) auto;
    }
    @media (hover: none) {
      .tools {
        display: none;
      }
    }
  `,
})
export class MessageMenu {
  protected readonly t = inject(Words).t;
  private readonly store = inject(ChatStore);
  private readonly injector = inject(Injector);
  readonly one = input.required<Conversation>();
  /** Its rows carry `data-key`. */
  readonly list = input.required<HTMLElement>();
  readonly act = output<{ row: Row; action: MessageAction }>();
  private readonly menu = viewChild.required(Menu);
  protected readonly row = signal<Row | undefined>(undefined);
  private readonly hoveredKey = signal<string | undefined>(undefined);
  protected readonly top = signal(0);
  protected readonly hovered = computed(() => {
    const row = this.one()
      .rows()
      .find(({ key }) => key === this.hoveredKey());
    return row && !row.pending && !row.isDeleted ? row : undefined;
  });
  private press?: ReturnType<typeof setTimeout>;

  constructor() {
    const ended = new AbortController();
    inject(DestroyRef).onDestroy(() => ended.abort());
    effect(() => {
      const list = this.list();
      const { signal: end } = ended;
      const scroller = list.parentElement!;
      list.addEventListener('pointerover', (event) => this.hover(event), { signal: end });
      scroller.parentElement?.addEventListener('pointerleave', () => this.leave(), { signal: end });
      scroller.addEventListener('scroll', () => this.leave(), { signal: end, passive: true });
      list.addEventListener('pointerdown', (event) => this.startPress(event), { signal: end });
      for (const name of ['pointerup', 'pointercancel', 'pointermove'])
        list.addEventListener(name, () => clearTimeout(this.press), { signal: end });
    });
  }

  open(row: Row, place: HTMLElement | { x: number; y: number }, isPressed = false): void {
    this.row.set(row);
    afterNextRender(() => this.menu().openAt(place, isPressed), { injector: this.injector });
  }

  protected isMine({ senderId }: Row): boolean {
    return senderId === this.store.me;
  }

  protected emit(action: MessageAction, row: Row): void {
    this.act.emit({ row, action });
  }

  private leave(): void {
    clearTimeout(this.press);
    if (!this.menu().isOpen()) this.hoveredKey.set(undefined);
  }

  private hover({ target, pointerType }: PointerEvent): void {
    const row = (target as Element).closest<HTMLElement>('[data-key]');
    if (!row || pointerType === 'touch' || this.menu().isOpen()) return;
    const box = row.getBoundingClientRect();
    const ground = this.list().parentElement!.getBoundingClientRect();
    this.top.set(Math.max(4, box.bottom - ground.top - 34 - Math.max(0, (box.height - 34) / 2)));
    this.hoveredKey.set(row.dataset['key']);
  }

  /** iOS opens no menu of its own by a long press. */
  private startPress({ target, pointerType, clientX: x, clientY: y }: PointerEvent): void {
    if (pointerType !== 'touch') return;
    const key = (target as Element).closest<HTMLElement>('[data-key]')?.dataset['key'];
    const row = this.one()
      .rows()
      .find((one) => one.key === key);
    clearTimeout(this.press);
    if (row) this.press = setTimeout(() => this.open(row, { x, y }, true), LONG_PRESS_MS);
  }
}
