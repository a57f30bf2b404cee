/** How far from its end a list still counts as read to its end, in px: zooms and fractions of them. */
const AT_BOTTOM_PX = 24;
const KEY = 'data-key';

interface Held {
  readonly row: Element;
  readonly key: string;
  /** From the top of the view, in px; negative where the row begins above it. */
  readonly offset: number;
}

/**
 * Keeps what is read where it is, whatever grows or goes above it: pages, pictures, fonts, quotes. At the
 * bottom it keeps the bottom (W-15, W-16). Its scroller has `overflow-anchor: none`; its rows are children
 * of `list`, in order, each with a `data-key`.
 *
 * Sizes are watched, so a row that grows needs no call; after rows were put in or taken away, call `keep()`
 * before the next paint. It writes `scrollTop` only where something has moved.
 */
export class ScrollAnchor {
  /** False: newer rows are not in the page. Its bottom is a place like any other then. */
  hasLatest = true;
  private held: Held | undefined;
  private bottom = true;
  /** `scrollTop` as of `held`. */
  private top = 0;
  private readonly sizes: ResizeObserver;
  private readonly onScroll = () => this.look();

  /** @param onBottom the reader has come to the bottom, or left it */
  constructor(
    private readonly scroller: HTMLElement,
    private readonly list: HTMLElement,
    private readonly onBottom: (isAtBottom: boolean) => void = () => undefined,
  ) {
    this.sizes = new ResizeObserver(() => this.keep());
    this.sizes.observe(list);
    this.sizes.observe(scroller);
    scroller.addEventListener('scroll', this.onScroll, { passive: true });
  }

  /** The latest stand in the view and are to stay there. */
  get isAtBottom(): boolean {
    return this.bottom;
  }

  /** What is read now, e.g. to come back to it: a row and how far below the top of the view it begins. */
  get place(): { readonly key: string; readonly offset: number } | undefined {
    return this.held && { key: this.held.key, offset: this.held.offset };
  }

  /** Puts everything back where it was before rows or sizes changed. */
  keep(): void {
    if (this.bottom && this.hasLatest) return this.goToBottom();
    const row = this.heldRow();
    if (!row || !this.held) return this.look();
    // Scrolled since, and not heard of yet: that is the reader's.
    const scrolled = this.scroller.scrollTop - this.top;
    const moved = this.offsetOf(row) - this.held.offset + scrolled;
    if (Math.abs(moved) >= 0.5) this.scroller.scrollTop += moved;
    this.hold();
  }

  /** Shows the latest, and stays with them. */
  toBottom(): void {
    this.goToBottom();
    this.setBottom(true);
    this.hold();
  }

  /**
   * Puts a row at `offset` px below the top of the view; without one into its middle.
   * @returns false: it is not in the page
   */
  toRow(key: string, offset?: number): boolean {
    const row = this.list.querySelector(`:scope > [${KEY}="${CSS.escape(key)}"]`);
    if (!row) return false;
    const middle = (this.scroller.clientHeight - row.getBoundingClientRect().height) / 2;
    this.scroller.scrollTop += this.offsetOf(row) - (offset ?? Math.max(0, middle));
    this.setBottom(this.left.below <= AT_BOTTOM_PX);
    this.hold();
    return true;
  }

  /** How many px of rows lie above and below the view. */
  get left(): { readonly above: number; readonly below: number } {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return { above: scrollTop, below: scrollHeight - clientHeight - scrollTop };
  }

  end(): void {
    this.sizes.disconnect();
    this.scroller.removeEventListener('scroll', this.onScroll);
  }

  private goToBottom(): void {
    const { scrollHeight, clientHeight } = this.scroller;
    this.scroller.scrollTop = scrollHeight - clientHeight;
    this.top = this.scroller.scrollTop;
  }

  /** The reader has scrolled: this is what counts from now on. */
  private look(): void {
    // Rows that grew since leave the bottom below; only the reader leaves it by going up.
    const isUp = this.scroller.scrollTop < this.top - 1;
    const stays = this.bottom && this.hasLatest && !isUp;
    this.setBottom(stays || this.left.below <= AT_BOTTOM_PX);
    this.hold();
  }

  private setBottom(isAtBottom: boolean): void {
    if (isAtBottom === this.bottom) return;
    this.bottom = isAtBottom;
    this.onBottom(isAtBottom);
  }

  private hold(): void {
    this.top = this.scroller.scrollTop;
    const row = this.firstInView();
    const key = row?.getAttribute(KEY);
    this.held = row && key != null ? { row, key, offset: this.offsetOf(row) } : undefined;
  }

  /** The row itself, or the one that has its key now. */
  private heldRow(): Element | null {
    if (!this.held) return null;
    if (this.held.row.parentElement === this.list) return this.held.row;
    return this.list.querySelector(`:scope > [${KEY}="${CSS.escape(this.held.key)}"]`);
  }

  private offsetOf(row: Element): number {
    return row.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
  }

  /**
   * The first that is in view as a whole: one that is cut off may still grow, and push what is read. Rows
   * are in order: found in some eight steps of 250.
   */
  private firstInView(): Element | undefined {
    const rows = [...this.list.children].filter((row) => row.hasAttribute(KEY));
    const top = this.scroller.getBoundingClientRect().top;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
      else low = middle + 1;
    }
    const [cut, whole] = [rows[low], rows[low + 1]];
    const isCut = cut !== undefined && this.offsetOf(cut) < -1;
    const isSeen = whole !== undefined && this.offsetOf(whole) < this.scroller.clientHeight;
    return isCut && isSeen ? whole : cut;
  }
}
