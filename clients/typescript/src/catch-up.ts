import type { HubConnection } from '@microsoft/signalr';
import type { Cursors } from './api.js';
import { pause } from './clock.js';
import type { Ack, Draft } from './outbox.js';
import { codeOf, refusalOf } from './refusal.js';

/** Where a reader stands in a conversation: the last `seq` it has, and that message's id. */
export interface Position {
  seq: number;
  /** Of the message at `seq`; none when the entry there is an edit, a delete or a change of members. */
  id?: string;
}

export interface ChatEvent {
  /** `MessageReceived`, `MessageEdited`, `MessageDeleted`, `ParticipantsAdded`, ... */
  event: string;
  /** 0: a message that was shown could not be stored and is taken back (`delivery = "immediate"`). */
  seq: number;
  data: Record<string, unknown>;
}

export interface Handlers {
  /** Every event exactly once, in the order of `seq`. Must not throw. */
  onEvent(conversationId: string, event: ChatEvent): void;
  /** The server cannot tell what was missed (too much, or it was restored): load the conversation
   *  anew, forget what you show of it, and answer how far the loaded messages go. */
  onReload(conversationId: string, lastSeq: number): Position | Promise<Position>;
  /** The conversation is gone, or the user is no member any more; it is not followed any longer. */
  onLost?(conversationId: string, why: unknown): void;
  /** How far the others are, as of a catch-up: what was told while the connection was gone. */
  onCursors?(conversationId: string, cursors: readonly Cursors[]): void;
}

interface CaughtUp {
  recovered: boolean;
  events: ChatEvent[];
  cursors: Cursors[];
  lastSeq: number;
}

interface Followed {
  at: Position;
  /** Ids of the messages handed on last, by seq. */
  recent: Map<number, string>;
  /** Messages that were shown before they were stored have got other seqs: only loading anew tells. */
  isRenumbered?: boolean;
  /** Live events that came while it catches up; none: it is up to date. */
  early?: ChatEvent[];
  /** Rises with every resume: an older one that is still under way gives up. */
  turn: number;
}

/** Events that take a seq of their conversation. */
const SEQUENCED = [
  'MessageReceived',
  'MessageEdited',
  'MessageDeleted',
  'ConversationCreated',
  'ParticipantsAdded',
  'ParticipantRemoved',
  'TitleChanged',
  'RoleChanged',
];
/** More than may be shown and not yet stored in one conversation. */
const MAX_RECENT = 1_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/**
 * Follows conversations over one connection: joins them, asks after every reconnect for what was
 * missed, and hands events on exactly once and in order. Make it before `connection.start()`, of a
 * connection built `withAutomaticReconnect()`; `ChatService` has one that comes back for ever.
 */
export class CatchUp {
  private readonly followed = new Map<string, Followed>();
  private waiting: { resolve: () => void; reject: (why: unknown) => void }[] = [];

  constructor(
    private readonly connection: HubConnection,
    private readonly handlers: Handlers,
  ) {
    for (const event of SEQUENCED)
      connection.on(event, (data) => this.hear({ event, seq: data.seq ?? 0, data }));
    connection.onreconnected(() => this.resume());
    connection.onclose((why) => {
      const gone = why ?? new Error('the connection was closed');
      for (const { reject } of this.waiting.splice(0)) reject(gone);
    });
  }

  /** Follows a conversation from `from` on: what you stored of it, or its beginning. */
  follow(conversationId: string, from: Position = { seq: 0 }): Promise<void> {
    this.followed.set(conversationId, { at: from, recent: new Map(), turn: 0, early: [] });
    return this.resumeOne(conversationId);
  }

  async unfollow(conversationId: string): Promise<void> {
    this.followed.delete(conversationId);
    if (this.isConnected) await this.connection.invoke('LeaveConversation', conversationId);
  }

  /** How far a followed conversation was handed on: keep it for the next `follow`. */
  position(conversationId: string): Position | undefined {
    return this.followed.get(conversationId)?.at;
  }

  /** Runs by itself after a reconnect; call it after a `start()` of your own. */
  async resume(): Promise<void> {
    for (const { resolve } of this.waiting.splice(0)) resolve();
    await Promise.all([...this.followed.keys()].map((id) => this.resumeOne(id)));
  }

  /** Sends, and repeats under the same `clientMessageId` until there is an answer: it is stored once.
   *  Rejects when the server refuses it, or when the connection was closed for good. */
  async send(draft: Draft): Promise<Ack> {
    const whole = { clientMessageId: crypto.randomUUID(), ...draft };
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(2 * delay, LONGEST_DELAY_MS)) {
      await this.connected();
      try {
        return await this.connection.invoke<Ack>('Send', whole);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal && !refusal.isPassing) throw error;
        if (refusal || this.isConnected) await pause(refusal?.retryAfterMs ?? delay);
      }
    }
  }

  private get isConnected(): boolean {
    return this.connection.state === 'Connected';
  }

  private async connected(): Promise<void> {
    if (this.isConnected) return;
    if (this.connection.state === 'Disconnected') throw new Error('the connection is closed');
    await new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private hear(event: ChatEvent): void {
    const id = String(event.data.conversationId);
    const one = this.followed.get(id);
    if (!one) return;
    if (event.seq === 0) {
      this.handlers.onEvent(id, event);
      void this.resumeOne(id); // its seq may belong to another message now
    } else if (one.early) {
      one.early.push(event);
    } else if (event.seq > one.at.seq + 1) {
      void this.resumeOne(id, [event]);
    } else if (event.seq > one.at.seq) {
      this.show(id, one, event);
    } else if (!isKnown(one, event)) {
      one.isRenumbered ||= isAtOdds(one, event);
      void this.resumeOne(id);
    }
  }

  private show(id: string, one: Followed, { event, seq, data }: ChatEvent): void {
    if (seq <= one.at.seq) return;
    const messageId = messageIdOf({ event, seq, data });
    one.at = messageId === undefined ? { seq } : { seq, id: messageId };
    if (messageId !== undefined) remember(one.recent, seq, messageId);
    this.handlers.onEvent(id, { event, seq, data });
  }

  /** Joins first, then asks: what comes in between waits in `early`. */
  private async resumeOne(id: string, early: ChatEvent[] = []): Promise<void> {
    const one = this.followed.get(id);
    if (!one) return;
    const turn = ++one.turn;
    one.early = [...(one.early ?? []), ...early];
    const isCurrent = () => this.followed.get(id) === one && one.turn === turn;
    for (let delay = FIRST_DELAY_MS; isCurrent(); delay = Math.min(2 * delay, LONGEST_DELAY_MS)) {
      try {
        if (await this.catchUp(id, one, isCurrent)) return;
      } catch (error) {
        if (!isCurrent() || !this.isConnected) return; // the next reconnect resumes
        const code = codeOf(error);
        if (code === 'not_found' || code === 'forbidden') return this.lose(id, error);
      }
      await pause(delay);
    }
  }

  /** @returns is it up to date now? */
  private async catchUp(id: string, one: Followed, isCurrent: () => boolean): Promise<boolean> {
    await this.connection.invoke('JoinConversation', id);
    const { seq: afterSeq, id: afterId } = one.at;
    const asked = { conversationId: id, afterSeq, ...(afterId !== undefined && { afterId }) };
    const [missed] = await this.connection.invoke<CaughtUp[]>('CatchUp', [asked]);
    if (!isCurrent() || !missed) return true;
    if (!missed.recovered && missed.lastSeq === 0) {
      this.lose(id, new Error('not_found: no such conversation'));
      return true;
    }
    if (!missed.recovered || one.isRenumbered) {
      const at = await this.handlers.onReload(id, missed.lastSeq);
      if (!isCurrent()) return true;
      one.at = at;
      one.recent.clear();
      one.isRenumbered = false;
      if (at.seq < missed.lastSeq) return false;
    }
    for (const event of missed.events) this.show(id, one, event);
    this.handlers.onCursors?.(id, missed.cursors);
    // Changes of messages from before the user came take a seq and are not told.
    if (missed.recovered && missed.lastSeq > one.at.seq) one.at = { seq: missed.lastSeq };
    return this.showEarly(id, one);
  }

  /** @returns false: something between them is missing, ask again */
  private showEarly(id: string, one: Followed): boolean {
    const early = (one.early ?? []).sort((a, b) => a.seq - b.seq);
    for (let next = early[0]; next; next = early[0]) {
      if (next.seq > one.at.seq + 1) return false;
      early.shift();
      if (next.seq <= one.at.seq && isAtOdds(one, next)) {
        one.isRenumbered = true;
        return false;
      }
      this.show(id, one, next);
    }
    delete one.early;
    return true;
  }

  private lose(id: string, why: unknown): void {
    this.followed.delete(id);
    this.handlers.onLost?.(id, why);
  }
}

function messageIdOf({ event, data }: ChatEvent): string | undefined {
  return event === 'MessageReceived' ? String(data.messageId) : undefined;
}

function remember(recent: Map<number, string>, seq: number, id: string): void {
  recent.set(seq, id);
  if (recent.size > MAX_RECENT) recent.delete(recent.keys().next().value!);
}

/** The very event that was handed on under this seq. */
function isKnown(one: Followed, event: ChatEvent): boolean {
  return one.recent.has(event.seq) && one.recent.get(event.seq) === messageIdOf(event);
}

/** Another event than the one handed on under this seq. */
function isAtOdds(one: Followed, event: ChatEvent): boolean {
  return one.recent.has(event.seq) && one.recent.get(event.seq) !== messageIdOf(event);
}
