const SEEN_MS = 500;

/** What was in view for half a second was seen. */
export class SeenTimer {
  private timer?: ReturnType<typeof setTimeout>;
  private waiting = 0;
  private told = 0;

  constructor(private readonly tell: (seq: number) => void) {}

  /** @param seq of the lowest row in view; 0: nobody looks */
  see(seq: number): void {
    if (seq === this.waiting) return;
    clearTimeout(this.timer);
    this.waiting = seq;
    if (seq <= this.told) return;
    this.timer = setTimeout(() => {
      this.told = seq;
      this.tell(seq);
    }, SEEN_MS);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
