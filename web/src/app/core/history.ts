import { type Attachment, type StretchRequest, stretchOf } from '@parley/client';
import type { Conversation } from './conversation';
import type { Server } from './server';

const PAGE = 50;
/** Rows of one stretch that stay in memory while one is at its end. */
const MAX_ROWS = 3_000;

/** Pages of history: the newest, what is above and below the screen, and what is around a message. */
export class History {
  constructor(private readonly server: Server) {}

  /** The newest page. @returns the position that events go on from */
  async newest(one: Conversation): Promise<{ seq: number; id?: string }> {
    const answer = await this.server.messages(asking(one, {}));
    const last = answer.messages.at(-1);
    // Behind the last message there may be changes: they come as events.
    one.timeline.update((old) => old.withPage(stretchOf({}, answer)));
    one.lastSeq.update((seq) => Math.max(seq, last?.seq ?? 0));
    return last ? { seq: last.seq, id: last.id } : { seq: 0 };
  }

  async older(one: Conversation): Promise<void> {
    const { from } = one.segment() ?? {};
    if (from === undefined || from <= 1 || one.older() === 'loading') return;
    one.older.set('loading');
    one.older.set(await this.page(one, asking(one, { before: from })));
  }

  async newer(one: Conversation): Promise<void> {
    const segment = one.segment();
    if (!segment || one.isAtNewest() || one.newer() === 'loading') return;
    one.newer.set('loading');
    one.newer.set(await this.page(one, asking(one, { after: segment.to })));
  }

  /** Brings `seq` on the screen's stretch. @returns false: it is not there any more */
  async around(one: Conversation, seq: number): Promise<boolean> {
    const isKnown = () => one.timeline().segments.some(({ from, to }) => from <= seq && seq <= to);
    if (!isKnown()) {
      const asked = asking(one, { around: seq });
      const answer = await this.server.messages(asked);
      one.timeline.update((old) => old.withPage(stretchOf(asked, answer)));
    }
    if (!isKnown()) return false;
    one.at.set(seq);
    return one.timeline().rows.some((row) => row.seq === seq);
  }

  /** Where a message stands that is not here. @throws Refusal `not_found` */
  async seqOf(one: Conversation, aroundId: string): Promise<number | undefined> {
    const asked = { conversationId: one.id, aroundId, limit: 1 };
    const { messages } = await this.server.messages(asked);
    return messages.find(({ id }) => id === aroundId)?.seq;
  }

  /** Reads one message again, as it is now. @returns its files, with fresh URLs */
  async filesAnew(one: Conversation, seq: number): Promise<readonly Attachment[]> {
    const answer = await this.server.messages({ conversationId: one.id, after: seq - 1, limit: 1 });
    const messages = answer.messages.filter((message) => message.seq === seq);
    one.timeline.update((old) => old.withPage({ messages, from: seq, to: seq }));
    return messages[0]?.attachments ?? [];
  }

  /** At the end of a long stretch, what is far above is forgotten; it is asked for again. */
  trim(one: Conversation): void {
    const { rows } = one.timeline();
    if (rows.length <= MAX_ROWS || one.at() !== undefined) return;
    const from = rows[rows.length - MAX_ROWS / 2]?.seq;
    if (from !== undefined) one.timeline.update((old) => old.keeping(from, one.lastSeq()));
  }

  private async page(one: Conversation, asked: StretchRequest): Promise<'idle' | 'failed'> {
    try {
      const answer = await this.server.messages(asked);
      const page = stretchOf(asked, answer, one.lastSeq());
      one.timeline.update((old) => old.withPage(page));
      return 'idle';
    } catch {
      return 'failed';
    }
  }
}

/** A page of messages; in rooms with who came and went between them. */
const asking = (one: Conversation, where: Partial<StretchRequest>): StretchRequest => ({
  conversationId: one.id,
  limit: PAGE,
  ...where,
  ...(!one.isDirect() && { changes: true }),
});
