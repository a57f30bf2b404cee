import type { ErrorCode } from './api.js';
import { type Clock, pause, systemClock } from './clock.js';
import { Refusal, refusalOf } from './refusal.js';

export interface Draft {
  conversationId: string;
  content: string;
  /** Made when missing; the same one for ever. At most 64 visible ASCII characters. */
  clientMessageId?: string;
  replyTo?: string;
  attachmentIds?: string[];
}

export interface Ack {
  messageId: string;
  seq: number;
  createdAt: string;
}

/** A message that was typed and has no answer yet. */
export interface Outgoing {
  readonly clientMessageId: string;
  readonly conversationId: string;
  readonly content: string;
  readonly replyTo?: string;
  readonly attachmentIds?: readonly string[];
  /** ISO 8601, by the clock of this device. For people; nothing is ordered by it. */
  readonly typedAt: string;
  /** Rises with each message typed. */
  readonly order: number;
  /** Refused for good: waits for `retry`, `change` or `discard`. */
  readonly refused?: { readonly code: ErrorCode; readonly detail: string };
}

/** Where outgoing messages are kept: in memory, or with `IndexedDbOutbox` beyond the page. */
export interface OutboxStore {
  /** Ascending by `order`. */
  all(): Promise<Outgoing[]>;
  put(message: Outgoing): Promise<void>;
  remove(clientMessageId: string): Promise<void>;
}

export class MemoryOutbox implements OutboxStore {
  private readonly kept = new Map<string, Outgoing>();
  async all(): Promise<Outgoing[]> {
    return [...this.kept.values()].sort((a, b) => a.order - b.order);
  }
  async put(message: Outgoing): Promise<void> {
    this.kept.set(message.clientMessageId, message);
  }
  async remove(clientMessageId: string): Promise<void> {
    this.kept.delete(clientMessageId);
  }
}

export interface OutboxHandlers {
  /** It waits, is being sent, or was refused. */
  onChange?(message: Outgoing, state: 'waiting' | 'sending' | 'failed'): void;
  onAck?(message: Outgoing, ack: Ack): void;
  /** Discarded by the user. */
  onDiscard?(message: Outgoing): void;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/**
 * Sends what was typed, once each and in the order typed per conversation, whatever becomes of the
 * connection: a message has its `clientMessageId` before its first try and keeps it, so the server stores
 * it once. One message of a conversation is under way at a time; conversations do not wait for each other.
 * A message refused for good stands aside: those behind it go on.
 */
export class Outbox {
  private readonly queues = new Map<string, Outgoing[]>();
  private readonly running = new Set<string>();
  private online?: AbortController;
  private order = 0;
  private readonly loaded: Promise<void>;

  /**
   * @param deliver one try: the server's answer, its refusal, or any other error for no answer
   */
  constructor(
    private readonly deliver: (message: Outgoing) => Promise<Ack>,
    private readonly handlers: OutboxHandlers = {},
    private readonly store: OutboxStore = new MemoryOutbox(),
    private readonly clock: Clock = systemClock,
  ) {
    this.loaded = this.load();
  }

  /** Of one conversation, or of all, in the order typed; refused ones too. */
  waiting(conversationId?: string): readonly Outgoing[] {
    const queues =
      conversationId === undefined
        ? [...this.queues.values()].flat()
        : (this.queues.get(conversationId) ?? []);
    return queues.toSorted((a, b) => a.order - b.order);
  }

  /** What an earlier page left behind is known, and told to the handlers. */
  whenLoaded(): Promise<void> {
    return this.loaded;
  }

  /** @returns when it is kept: only then may the text leave the composer */
  async add({ clientMessageId = crypto.randomUUID(), ...draft }: Draft): Promise<Outgoing> {
    await this.loaded;
    const typed = { typedAt: new Date().toISOString(), order: ++this.order };
    const message = { ...draft, ...typed, clientMessageId };
    await this.store.put(message);
    this.queueOf(message).push(message);
    this.handlers.onChange?.(message, 'waiting');
    this.run(message.conversationId);
    return message;
  }

  /** Sends a refused message again, under its id. */
  retry(clientMessageId: string): Promise<void> {
    return this.replace(clientMessageId, ({ refused: _, ...message }) => message);
  }

  /** Sends a refused message with another text: under a new id, since it is another message. */
  change(clientMessageId: string, content: string): Promise<void> {
    return this.replace(clientMessageId, ({ refused: _, ...message }) => ({
      ...message,
      content,
      clientMessageId: crypto.randomUUID(),
    }));
  }

  /** @returns false: it is being sent, or is gone already */
  async discard(clientMessageId: string): Promise<boolean> {
    const message = this.find(clientMessageId);
    if (!message || (!message.refused && this.isUnderWay(message))) return false;
    this.take(message);
    await this.store.remove(clientMessageId);
    this.handlers.onDiscard?.(message);
    return true;
  }

  /** The connection is there: everything that waits goes out. */
  resume(): void {
    this.online ??= new AbortController();
    for (const id of this.queues.keys()) this.run(id);
  }

  /** The connection is gone: nothing is tried until `resume`. */
  suspend(): void {
    this.online?.abort(new Error('no connection'));
    this.online = undefined;
  }

  private async load(): Promise<void> {
    for (const message of await this.store.all()) {
      this.order = Math.max(this.order, message.order);
      this.queueOf(message).push(message);
      this.handlers.onChange?.(message, message.refused ? 'failed' : 'waiting');
    }
    if (this.online) this.resume();
  }

  private queueOf({ conversationId }: Outgoing): Outgoing[] {
    const queue = this.queues.get(conversationId) ?? [];
    this.queues.set(conversationId, queue);
    return queue;
  }

  private find(clientMessageId: string): Outgoing | undefined {
    return this.waiting().find((one) => one.clientMessageId === clientMessageId);
  }

  private next(conversationId: string): Outgoing | undefined {
    return this.queues.get(conversationId)?.find((one) => !one.refused);
  }

  private isUnderWay(message: Outgoing): boolean {
    return (
      this.running.has(message.conversationId) && this.next(message.conversationId) === message
    );
  }

  private take(message: Outgoing): void {
    const left = this.queueOf(message).filter((one) => one !== message);
    if (left.length > 0) this.queues.set(message.conversationId, left);
    else this.queues.delete(message.conversationId);
  }

  private async replace(id: string, make: (old: Outgoing) => Outgoing): Promise<void> {
    const old = this.find(id);
    if (!old?.refused) return;
    const message = { ...make(old), order: ++this.order };
    this.take(old);
    this.queueOf(message).push(message);
    await this.store.put(message);
    if (message.clientMessageId !== id) {
      await this.store.remove(id);
      this.handlers.onDiscard?.(old);
    }
    this.handlers.onChange?.(message, 'waiting');
    this.run(message.conversationId);
  }

  private run(conversationId: string): void {
    if (!this.online || this.running.has(conversationId)) return;
    this.running.add(conversationId);
    void this.drain(conversationId, this.online.signal).finally(() => {
      this.running.delete(conversationId);
      // A new connection came, or a message, while this one ended.
      if (this.online && this.next(conversationId)) this.run(conversationId);
    });
  }

  private async drain(conversationId: string, online: AbortSignal): Promise<void> {
    for (let one = this.next(conversationId); one; one = this.next(conversationId)) {
      this.handlers.onChange?.(one, 'sending');
      try {
        const ack = await this.deliverOnce(one, online);
        this.take(one);
        await this.keep(() => this.store.remove(one.clientMessageId));
        this.handlers.onAck?.(one, ack);
      } catch (error) {
        if (!(error instanceof Refusal)) {
          this.handlers.onChange?.(one, 'waiting');
          return; // no answer, no connection: resume() begins anew with this one
        }
        await this.setAside(one, error);
      }
    }
  }

  /** Tries until the server takes it or refuses it for good. Rejects otherwise with no `Refusal`. */
  private async deliverOnce(message: Outgoing, online: AbortSignal): Promise<Ack> {
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(2 * delay, LONGEST_DELAY_MS)) {
      online.throwIfAborted();
      try {
        return await this.deliver(message);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal && !refusal.isPassing) throw refusal;
        await pause(refusal?.retryAfterMs ?? delay, this.clock, online);
      }
    }
  }

  private async setAside(one: Outgoing, { code, detail }: Refusal): Promise<void> {
    const failed = { ...one, refused: { code, detail } };
    const queue = this.queueOf(one);
    queue[queue.indexOf(one)] = failed;
    await this.keep(() => this.store.put(failed));
    this.handlers.onChange?.(failed, 'failed');
  }

  /** What the store cannot note now is sent again by the next page, under its id: no harm is done. */
  private async keep(note: () => Promise<void>): Promise<void> {
    await note().catch(() => undefined);
  }
}
