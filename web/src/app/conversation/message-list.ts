import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  Injector,
  afterNextRender,
  afterRenderEffect,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { Row } from '@parley/client';
import { Words } from '../../i18n/texts';
import { Attention } from '../core/attention';
import { ChatStore } from '../core/chat-store';
import type { Conversation, Place } from '../core/conversation';
import { Names } from '../core/names';
import { Icon } from '../ui/icon';
import { DayLine, NewLine } from './dividers';
import { itemsOf, withNotices } from './list-items';
import { MessageRow } from './message';
import {
  type MessageWindow,
  around,
  atEnd,
  carried,
  isAtEnd,
  newer,
  older,
} from './message-window';
import { type MessageAction, MessageMenu } from './message-menu';
import { NoticeLines } from './notice-lines';
import { ScrollAnchor } from './scroll-anchor';
import { SeenTimer } from './seen-timer';

/** Pages are asked for while this many screens remain. */
const SCREENS_AHEAD = 1.5;
const FLASH_MS = 1_600;
/** Where more people read, the server's word is as good. */
const MAX_COUNTED = 20;

/** Where the reader was before a jump. */
interface Left extends Place {
  readonly seq: number | undefined;
  readonly wasLatest: boolean;
}

export interface Act {
  readonly row: Row;
  readonly action: MessageAction;
}

/** The messages of one conversation: at most 250 of them in the document, and none moves while it is read. */
@Component({
  selector: 'p-message-list',
  imports: [DayLine, Icon, MessageMenu, MessageRow, NewLine, NoticeLines],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './message-list.html',
  styleUrl: './message-list.css',
})
export class MessageList {
  protected readonly t = inject(Words).t;
  private readonly store = inject(ChatStore);
  private readonly names = inject(Names);
  private readonly attention = inject(Attention);
  private readonly injector = inject(Injector);
  readonly one = input.required<Conversation>();
  readonly act = output<Act>();
  /** What was to be shown is not there any more. */
  readonly missing = output<void>();
  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private readonly list = viewChild.required<ElementRef<HTMLElement>>('list');
  private readonly menu = viewChild.required(MessageMenu);
  private anchor!: ScrollAnchor;
  private readonly seen = new SeenTimer((seq) => this.store.markRead(this.one(), seq));
  private isPlaced = false;
  private readonly begun = Promise.withResolvers<void>();

  protected readonly isAtBottom = signal(true);
  protected readonly flashing = signal<string | undefined>(undefined);
  protected readonly cameFrom = signal<Left | undefined>(undefined);
  private readonly focusKey = signal<string | undefined>(undefined);
  private readonly bottomSeq = signal(0);

  protected readonly name = computed(() => this.names.of(this.one()));
  protected readonly all = computed(() => this.one().rows());
  protected readonly window = linkedSignal<readonly Row[], MessageWindow>({
    source: this.all,
    computation: (rows, before) =>
      before
        ? carried(
            before.value,
            before.source,
            rows,
            untracked(() => this.follows()),
          )
        : atEnd(rows.length),
  });
  private readonly others = computed(() => {
    const { participants, participantCount } = this.one().row();
    if (participantCount > MAX_COUNTED) return [];
    return participants.map(({ userId }) => userId).filter((id) => id !== this.store.me);
  });
  protected readonly items = computed(() => {
    const { start, end } = this.window();
    const rows = this.all().slice(start, end);
    const items = itemsOf(this.withMarks(rows), this.one().newAfter(), this.store.me);
    return withNotices(items, this.one().notices(), this.all()[end]?.seq ?? Infinity);
  });
  /** What happened before anybody said something. */
  protected readonly early = computed(() => {
    const first = this.all()[0]?.seq ?? Infinity;
    return this.one()
      .notices()
      .filter(({ seq }) => seq < first);
  });
  protected readonly stop = computed(() => {
    const items = this.items();
    const key = this.focusKey();
    return items.some(({ row }) => row.key === key) ? key : items.at(-1)?.row.key;
  });
  /** Messages of others below what was seen. */
  protected readonly below = computed(() => {
    const { me } = this.store;
    const seen = this.bottomSeq();
    return this.all().filter(({ seq = 0, senderId }) => seq > seen && senderId !== me).length;
  });
  protected readonly isBeginning = computed(
    () => !this.one().hasOlder() && this.window().start === 0 && this.one().phase() === 'ready',
  );

  constructor() {
    afterNextRender(() => {
      const [scroller, list] = [this.scroller().nativeElement, this.list().nativeElement];
      this.anchor = new ScrollAnchor(scroller, list, (is) => this.isAtBottom.set(is));
      this.anchor.hasLatest = this.hasLatest();
      this.place();
      this.begun.resolve();
    });
    afterRenderEffect(() => {
      this.items();
      const hasLatest = this.hasLatest();
      if (!this.anchor) return;
      this.anchor.hasLatest = hasLatest;
      if (this.isPlaced) this.anchor.keep();
      else this.place();
      untracked(() => this.look());
    });
    effect(() => {
      const isWatched = this.attention.isLooking() && this.isAtBottom() && this.hasLatest();
      const one = this.one();
      untracked(() => this.store.watch(one, isWatched));
    });
    effect(() => {
      if (this.attention.isLooking()) untracked(() => this.look());
    });
    effect(() => this.noteNews());
    inject(DestroyRef).onDestroy(() => {
      const { place } = this.anchor;
      if (this.follows() || !place) delete this.one().place;
      else this.one().place = place;
      this.anchor.end();
      this.seen.end();
    });
  }

  /** Shows the latest, and stays there. */
  toLatest(): void {
    this.one().at.set(undefined);
    this.cameFrom.set(undefined);
    this.window.set(atEnd(this.all().length));
    this.afterRender(() => this.anchor.toBottom());
  }

  /** Shows a message, whatever its age. @returns false: it is not there any more */
  async jump(seq: number, isFromHere = true): Promise<boolean> {
    await this.begun.promise;
    const here = this.anchor.place;
    const from = here && { ...here, seq: this.seqOf(here.key), wasLatest: this.follows() };
    const isThere = await this.store.history.around(this.one(), seq);
    const at = this.all().findIndex((row) => row.seq === seq);
    const row = this.all()[at];
    if (!isThere || !row) return false;
    if (isFromHere) this.cameFrom.set(from);
    if (at < this.window().start || at >= this.window().end)
      this.window.set(around(at, this.all().length));
    this.isPlaced = true;
    this.afterRender(() => this.anchor.toRow(row.key));
    this.flash(row.key);
    return true;
  }

  protected async back(): Promise<void> {
    const left = this.cameFrom();
    this.cameFrom.set(undefined);
    if (!left || left.wasLatest || left.seq === undefined) return this.toLatest();
    if (await this.jump(left.seq, false))
      this.afterRender(() => this.anchor.toRow(left.key, left.offset));
  }

  /** Has the reader come near an end of what is in the document? */
  protected look(): void {
    if (!this.anchor || !this.isPlaced) return;
    const { above, below } = this.anchor.left;
    const ahead = SCREENS_AHEAD * this.scroller().nativeElement.clientHeight;
    const one = this.one();
    const count = this.all().length;
    if (above < ahead) {
      if (this.window().start > 0) this.window.update((old) => older(old));
      else if (one.hasOlder() && one.older() === 'idle') void this.store.history.older(one);
    }
    if (below < ahead) {
      if (!isAtEnd(this.window(), count) && above >= ahead)
        this.window.update((old) => newer(old, count));
      else if (!one.isAtNewest() && one.newer() === 'idle') void this.store.history.newer(one);
    }
    this.noteSeen();
  }

  /** Nothing is here but what is on its way. */
  protected load(): void {
    void this.store.load(this.one());
  }

  protected retry(which: 'older' | 'newer'): void {
    void this.store.history[which](this.one());
  }

  protected onAct(row: Row, action: MessageAction): void {
    this.act.emit({ row, action });
  }

  protected openMenu(event: Event, row: Row): void {
    if (getSelection()?.toString()) return; // the browser's own, for what is chosen
    event.preventDefault();
    const { clientX: x, clientY: y } = event as MouseEvent;
    this.menu().open(row, x || y ? { x, y } : (event.target as HTMLElement));
  }

  protected onFocus(event: FocusEvent): void {
    const row = (event.target as Element).closest('[data-key]');
    this.focusKey.set(row?.getAttribute('data-key') ?? undefined);
  }

  protected onKey(event: KeyboardEvent): void {
    const items = this.items();
    const target = event.target as Element;
    if (!target.matches('[data-key]') || event.altKey) return;
    const at = items.findIndex(({ row }) => row.key === target.getAttribute('data-key'));
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items.length - 1 }[event.key];
    const row = items[at]?.row;
    if (to !== undefined) this.focus(items[Math.max(0, Math.min(to, items.length - 1))]?.row.key);
    else if (event.key === 'Enter' && row) this.menu().open(row, target as HTMLElement);
    else return;
    event.preventDefault();
  }

  private hasLatest(): boolean {
    return isAtEnd(this.window(), this.all().length) && this.one().isAtNewest();
  }

  private follows(): boolean {
    return this.isAtBottom() && this.one().isAtNewest();
  }

  private withMarks(rows: readonly Row[]): readonly Row[] {
    const timeline = this.one().timeline();
    const others = this.others();
    return rows.map((row) => {
      if (row.senderId !== this.store.me) return row;
      const status = timeline.statusOf(row, others);
      return status === row.status ? row : { ...row, status };
    });
  }

  /** Where one left, or the first unread, or the end. */
  private place(): void {
    if (this.isPlaced || this.all().length === 0) return;
    this.isPlaced = true;
    const { newAfter, place } = { newAfter: this.one().newAfter(), place: this.one().place };
    const first = this.items().find(({ isNew }) => isNew)?.row.key;
    const quarter = this.scroller().nativeElement.clientHeight / 4;
    const isThere =
      newAfter !== undefined
        ? first !== undefined && this.anchor.toRow(first, quarter)
        : place !== undefined && this.anchor.toRow(place.key, place.offset);
    if (!isThere) this.anchor.toBottom();
    this.bottomSeq.set(this.all().at(-1)?.seq ?? 0);
  }

  /** While somebody looks at the end there is nothing new; else the line stands above the first that came. */
  private noteNews(): void {
    const last = this.all().findLast(({ seq }) => seq !== undefined)?.seq ?? 0;
    const isWatched = this.one().isWatched();
    untracked(() => {
      const before = this.bottomSeq();
      if (isWatched) this.bottomSeq.set(Math.max(before, last));
      else if (before > 0 && last > before && this.one().newAfter() === undefined)
        this.one().newAfter.set(before);
    });
  }

  private noteSeen(): void {
    const bottom = this.scroller().nativeElement.getBoundingClientRect().bottom + 4;
    const items = this.items();
    const rows = this.list().nativeElement.children;
    const last = items.findLastIndex(
      (_, at) => (rows[at]?.getBoundingClientRect().bottom ?? Infinity) <= bottom,
    );
    const seq = items.slice(0, last + 1).findLast(({ row }) => row.seq !== undefined)?.row.seq ?? 0;
    this.bottomSeq.update((old) => (old > 0 ? Math.max(old, seq) : old));
    this.seen.see(this.attention.isLooking() ? seq : 0);
  }

  private focus(key: string | undefined): void {
    if (key === undefined) return;
    this.focusKey.set(key);
    this.afterRender(() => {
      const row = this.list().nativeElement.querySelector<HTMLElement>(
        `:scope > [data-key="${CSS.escape(key)}"]`,
      );
      row?.focus({ preventScroll: true });
      row?.scrollIntoView({ block: 'nearest' });
    });
  }

  private flash(key: string): void {
    this.flashing.set(key);
    setTimeout(() => this.flashing.update((old) => (old === key ? undefined : old)), FLASH_MS);
  }

  private seqOf(key: string): number | undefined {
    return this.all().find((row) => row.key === key)?.seq;
  }

  private afterRender(call: () => void): void {
    afterNextRender(call, { injector: this.injector });
  }
}
