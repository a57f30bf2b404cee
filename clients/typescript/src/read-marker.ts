import { type Clock, systemClock } from './clock.js';
import { refusalOf } from './refusal.js';

const PERIOD_MS = 1_000;

interface Mark {
  /** Seen up to here. */
  seen: number;
  /** The server has it up to here. */
  told: number;
  isUnderWay: boolean;
}

/**
 * Tells the server how far a user has read: the furthest place only, never back, one call a second and
 * conversation at most, again until it is answered.
 */
export class ReadMarker {
  private readonly marks = new Map<string, Mark>();

  /** @param tell rejects without an answer */
  constructor(
    private readonly tell: (conversationId: string, upToSeq: number) => Promise<void>,
    private readonly clock: Clock = systemClock,
  ) {}

  /** The row with this seq was seen. */
  mark(conversationId: string, seq: number): void {
    const mark = this.marks.get(conversationId) ?? { seen: 0, told: 0, isUnderWay: false };
    this.marks.set(conversationId, mark);
    mark.seen = Math.max(mark.seen, seq);
    void this.run(conversationId, mark);
  }

  /** After a reconnect: what was not answered is told again. */
  resume(): void {
    for (const [id, mark] of this.marks) void this.run(id, mark);
  }

  private async run(id: string, mark: Mark): Promise<void> {
    if (mark.isUnderWay || mark.seen <= mark.told) return;
    mark.isUnderWay = true;
    const { seen } = mark;
    const isKnown = await this.tell(id, seen).then(
      () => true,
      (error) => !(refusalOf(error)?.isPassing ?? true), // refused for good: no use to repeat it
    );
    if (isKnown) mark.told = Math.max(mark.told, seen);
    this.clock.later(PERIOD_MS, () => {
      mark.isUnderWay = false;
      if (isKnown) void this.run(id, mark);
    });
  }
}
