import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  signal,
  viewChild,
} from '@angular/core';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import type { Conversation } from '../core/conversation';
import { ConversationRow } from './conversation-row';
import { layOut, within } from '../ui/list-layout';

const HEIGHTS = { head: 34, row: 62 };
/** Rows outside the view are there before they are seen. */
const MARGIN = 300;

/** Rooms, then people, by last activity: of thousands only those in view are in the document. */
@Component({
  selector: 'p-conversation-list',
  imports: [ConversationRow],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div
      #scroller
      class="scroller"
      (scroll)="look()"
      (keydown)="onKey($event)"
      (focusin)="onFocus($event)"
    >
      <ul [style.block-size.px]="height()">
        @for (item of seen(); track item.key) {
          <li
            [style.inset-block-start.px]="item.top"
            [style.block-size.px]="item.height"
            [attr.aria-setsize]="item.one ? all().length : null"
            [attr.aria-posinset]="item.place"
          >
            @if (item.one; as one) {
              <p-conversation-row [one]="one" [isStop]="one.id === stop()" />
            } @else {
              <h2>{{ item.head }}</h2>
            }
          </li>
        }
      </ul>
    </div>
  `,
  styles: `
    :host {
      display: block;
      min-block-size: 0;
    }
    .scroller {
      block-size: 100%;
      overflow-y: auto;
      overscroll-behavior: contain;
      overflow-anchor: none;
    }
    ul {
      position: relative;
    }
    li {
      position: absolute;
      inset-inline: 0;
    }
    h2 {
      padding: var(--space-8) var(--space-16) 0;
      color: var(--text-2);
      font-size: var(--text-size-small);
    }
  `,
})
export class ConversationList {
  protected readonly t = inject(Words).t;
  private readonly store = inject(ChatStore);
  /** Already chosen of and in order. */
  readonly all = input.required<readonly Conversation[]>();
  private readonly injector = inject(Injector);
  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private readonly view = signal({ from: 0, to: 1_000 });
  private readonly focused = signal<string | undefined>(undefined);

  private readonly items = computed(() => {
    const all = this.all();
    const parts = [
      { head: this.t('list.rooms'), all: all.filter((one) => !one.isDirect()) },
      { head: this.t('list.people'), all: all.filter((one) => one.isDirect()) },
    ];
    return layOut(parts, HEIGHTS);
  });
  private readonly rows = computed(() => this.items().filter(({ one }) => one));
  protected readonly height = computed(() => {
    const last = this.items().at(-1);
    return last ? last.top + last.height + 8 : 0;
  });
  protected readonly seen = computed(() => {
    const { from, to } = this.view();
    return within(this.items(), from - MARGIN, to + MARGIN, this.focused());
  });
  protected readonly stop = computed(() => {
    const rows = this.rows();
    const isThere = (id: string | undefined) => rows.some(({ key }) => key === id);
    const open = this.store.open()?.id;
    const focused = this.focused();
    return isThere(focused) ? focused : isThere(open) ? open : rows[0]?.key;
  });

  constructor() {
    const watcher = new ResizeObserver(() => this.look());
    afterNextRender(() => watcher.observe(this.scroller().nativeElement));
    inject(DestroyRef).onDestroy(() => watcher.disconnect());
    effect(() => {
      const others = this.seen().map(({ one }) => one?.row().otherParticipantId);
      this.store.showPeople(
        'list',
        others.filter((id) => typeof id === 'string'),
      );
    });
  }

  protected look(): void {
    const { scrollTop, clientHeight } = this.scroller().nativeElement;
    const { from, to } = this.view();
    const isFar = Math.abs(scrollTop - from) > MARGIN / 2 || to - from !== clientHeight;
    if (isFar) this.view.set({ from: scrollTop, to: scrollTop + clientHeight });
  }

  protected onFocus({ target }: FocusEvent): void {
    this.focused.set((target as Element).closest('a')?.getAttribute('data-id') ?? undefined);
  }

  protected onKey(event: KeyboardEvent): void {
    const rows = this.rows();
    const at = rows.findIndex(({ key }) => key === this.stop());
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const next = to === undefined ? undefined : rows[to];
    if (to === undefined || event.altKey) return;
    event.preventDefault();
    if (next) this.focus(next.key, next.top, next.height);
  }

  private focus(id: string, top: number, height: number): void {
    const { nativeElement: scroller } = this.scroller();
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + height > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = top + height - scroller.clientHeight;
    this.focused.set(id);
    const row = () => scroller.querySelector<HTMLElement>(`a[data-id="${CSS.escape(id)}"]`);
    afterNextRender(() => row()?.focus({ preventScroll: true }), { injector: this.injector });
  }
}
