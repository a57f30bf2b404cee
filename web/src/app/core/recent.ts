import type { Message, Page, Position } from '@parley/client';
import type { Conversation } from './conversation';
import type { Kept } from './kept';

const PREFIX = 'rows:';
const MAX_ROWS = 50;
const SOON_MS = 1_000;
const MAX_CONVERSATIONS = 20;

interface Stored {
  readonly page: Page;
  readonly position: Position;
  readonly keptAt: number;
}

/** The last messages of the conversations read last: drawn at once at the next start, then caught up. */
export class Recent {
  private readonly due = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly kept: Kept) {}

  of(id: string): Promise<Stored | undefined> {
    return this.kept.get<Stored>(PREFIX + id);
  }

  /** Some time later, and once for all that comes until then. */
  keepSoon(one: Conversation, position: () => Position | undefined): void {
    if (this.due.has(one.id)) return;
    const keep = () => {
      this.due.delete(one.id);
      this.keep(one, position());
    };
    this.due.set(one.id, setTimeout(keep, SOON_MS));
  }

  /** @param position how far events were handed on */
  keep(one: Conversation, position: Position | undefined): void {
    const { rows, segments, notices } = one.timeline();
    const last = segments.at(-1);
    if (!last || !position || position.seq > last.to) return;
    const stored = rows.filter(({ seq = 0 }) => seq >= last.from).slice(-MAX_ROWS);
    const messages = stored.filter(({ seq }) => seq !== undefined) as unknown as Message[];
    const from = messages.length < MAX_ROWS ? last.from : (messages[0]?.seq ?? last.from);
    const whole = messages.map((row) => ({
      ...row,
      id: (row as { messageId?: string }).messageId,
    }));
    const changes = notices.filter(({ seq }) => from <= seq && seq <= last.to);
    const page = { messages: whole as Message[], from, to: last.to, changes };
    void this.kept.set(PREFIX + one.id, { page, position, keptAt: Date.now() } satisfies Stored);
    void this.drop();
  }

  forget(id: string): Promise<void> {
    return this.kept.remove(PREFIX + id);
  }

  private async drop(): Promise<void> {
    const keys = await this.kept.keys(PREFIX);
    if (keys.length <= MAX_CONVERSATIONS) return;
    const all = await Promise.all(
      keys.map(async (key) => ({ key, at: (await this.kept.get<Stored>(key))?.keptAt ?? 0 })),
    );
    all.sort((a, b) => b.at - a.at);
    for (const { key } of all.slice(MAX_CONVERSATIONS)) await this.kept.remove(key);
  }
}
