import type { Attachment, CatchUpEvent, ErrorCode, Message, MessageStatus } from './api.js';
import type { ChatEvent } from './catch-up.js';
import { type Notice, notice, sorted } from './notices.js';

/** One message as a client shows it: stored, or on its way. */
export interface Row {
  /** The same while a message is pending, acknowledged and heard: its `clientMessageId`, else its id. */
  readonly key: string;
  readonly messageId?: string;
  /** Missing: not stored yet. */
  readonly seq?: number;
  readonly senderId: string;
  /** `''` once it is deleted. */
  readonly content: string;
  /** The server's time; of a pending row the time it was typed. */
  readonly createdAt: string;
  readonly editedAt?: string;
  readonly isDeleted: boolean;
  /** Known once it was read from the history; the event tells no time. */
  readonly deletedAt?: string;
  readonly replyTo?: string;
  readonly attachments?: readonly Attachment[];
  /** As the server said when the message was read; see `Timeline.statusOf`. */
  readonly status: MessageStatus;
  readonly pending?: Pending;
}

/** Where a message is that has no seq yet. */
export interface Pending {
  readonly state: 'waiting' | 'sending' | 'failed';
  readonly code?: ErrorCode;
  readonly detail?: string;
}

/** What was typed. */
export interface PendingMessage {
  readonly clientMessageId: string;
  readonly senderId: string;
  readonly content: string;
  readonly typedAt: string;
  readonly replyTo?: string;
  readonly pending: Pending;
}

/** A stretch of history: every message with `from <= seq <= to` that the reader may see. */
export interface Page {
  readonly messages: readonly Message[];
  readonly from: number;
  readonly to: number;
  /** What happened between them, where it was asked for. */
  readonly changes?: readonly (ChatEvent | CatchUpEvent)[];
}

/** Consecutive seqs of which everything is known, both ends included. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** How far somebody has received and read, as seqs. */
export interface Cursor {
  readonly delivered: number;
  readonly read: number;
}

type StoredRow = Row & { readonly messageId: string; readonly seq: number };

/** A stored message, and the seq of the newest edit or deletion it shows that was heard as an event. */
interface Stored {
  readonly row: StoredRow;
  readonly changedBy: number;
}

interface State {
  /** By message id. */
  stored: Map<string, Stored>;
  /** Edits and deletions of messages that are not loaded, by message id; the oldest go first. */
  changes: Map<string, ChatEvent[]>;
  /** `clientMessageId` of acknowledged sends, by message id. */
  keys: Map<string, string>;
  /** By seq. */
  notices: Map<number, Notice>;
  pending: readonly PendingMessage[];
  segments: readonly Segment[];
  cursors: Map<string, Cursor>;
}

/** A page that is read later shows what it missed; these are for pages that are on their way. */
const MAX_CHANGES_AHEAD = 1_000;

/**
 * The messages of one conversation as one list, out of pages of history, live events, catch-up, own
 * sends and their acknowledgements. A value: each method answers a new one and leaves this as it is.
 *
 * However these come, late, twice, or in another order, the same things heard make the same list: it is
 * ordered by `seq`, and what has none yet stands below, in the order typed. No clock orders anything.
 */
export class Timeline {
  static readonly empty = new Timeline({
    stored: new Map(),
    changes: new Map(),
    keys: new Map(),
    notices: new Map(),
    pending: [],
    segments: [],
    cursors: new Map(),
  });
  private list?: readonly Row[];
  private between?: readonly Notice[];

  private constructor(private readonly state: Readonly<State>) {}

  /** Stored rows by `seq`, then pending ones. The same array at each call. */
  get rows(): readonly Row[] {
    return (this.list ??= rowsOf(this.state));
  }

  /** What happened between the messages, by `seq`. The same array at each call. */
  get notices(): readonly Notice[] {
    return (this.between ??= sorted(this.state.notices));
  }

  /** Ascending, never touching: between two of them history is missing. */
  get segments(): readonly Segment[] {
    return this.state.segments;
  }

  /** History as `GetMessages` answered it. @see stretchOf */
  withPage({ messages, from, to, changes = [] }: Page): Timeline {
    return this.with((state) => {
      notice(state.notices, changes);
      for (const message of messages) take(state, message);
      state.segments = covering(state.segments, from, to);
    });
  }

  /** Live events, or those of catch-up. */
  withEvents(...events: readonly ChatEvent[]): Timeline {
    return this.with((state) => {
      notice(state.notices, events);
      for (const event of events) hear(state, event);
    });
  }

  /** An own message that is on its way; again, to tell what has become of it. */
  withPending(message: PendingMessage): Timeline {
    return this.with((state) => {
      const id = message.clientMessageId;
      if ([...state.keys.values()].includes(id)) return; // answered already
      const at = state.pending.findIndex((one) => one.clientMessageId === id);
      state.pending = at < 0 ? [...state.pending, message] : state.pending.with(at, message);
    });
  }

  /** It was not sent, and will not be. */
  withoutPending(clientMessageId: string): Timeline {
    return this.with((state) => drop(state, clientMessageId));
  }

  /** The answer to an own send: from now on that row and the message of this id are one. */
  withAck(
    clientMessageId: string,
    ack: { messageId: string; seq: number; createdAt: string },
  ): Timeline {
    return this.with((state) => {
      const typed = drop(state, clientMessageId);
      state.keys.set(ack.messageId, clientMessageId);
      const heard = state.stored.get(ack.messageId);
      if (heard)
        state.stored.set(ack.messageId, { ...heard, row: { ...heard.row, key: clientMessageId } });
      else if (typed) take(state, messageOf(typed, ack));
      if (heard ?? typed) state.segments = covering(state.segments, ack.seq, ack.seq);
    });
  }

  /** How far somebody has received and read; never moves back. */
  withCursor(userId: string, { delivered = 0, read = 0 }: Partial<Cursor>): Timeline {
    return this.with((state) => {
      const old = state.cursors.get(userId) ?? { delivered: 0, read: 0 };
      state.cursors.set(userId, {
        delivered: Math.max(old.delivered, delivered, read),
        read: Math.max(old.read, read),
      });
    });
  }

  /** How far a message came: to the slowest of `others`, or as far as the server said. */
  statusOf({ seq, status }: Row, others: readonly string[]): MessageStatus {
    if (seq === undefined || others.length === 0) return status;
    const all = (how: keyof Cursor) =>
      others.every((user) => (this.state.cursors.get(user)?.[how] ?? 0) >= seq);
    const reached = all('read') ? 'Read' : all('delivered') ? 'Delivered' : 'Sent';
    return furthest(status, reached);
  }

  /** Forgets stored messages outside `from..to`; pending ones stay. */
  keeping(from: number, to: number): Timeline {
    return this.with((state) => {
      for (const [id, { row }] of state.stored)
        if (row.seq < from || row.seq > to) {
          state.stored.delete(id);
          state.keys.delete(id);
        }
      for (const seq of state.notices.keys()) if (seq < from || seq > to) state.notices.delete(seq);
      state.changes.clear();
      state.segments = state.segments
        .map((one) => ({ from: Math.max(one.from, from), to: Math.min(one.to, to) }))
        .filter((one) => one.from <= one.to);
    });
  }

  /** The history is another one (`recovered: false`): only what is pending is left. */
  forgotten(): Timeline {
    return this.with((state) => {
      state.stored.clear();
      state.notices.clear();
      state.changes.clear();
      state.segments = [];
    });
  }

  private with(change: (state: State) => void): Timeline {
    const { stored, changes, keys, notices, cursors, ...rest } = this.state;
    const next = {
      ...rest,
      stored: new Map(stored),
      changes: new Map(changes),
      keys: new Map(keys),
      notices: new Map(notices),
      cursors: new Map(cursors),
    };
    change(next);
    return new Timeline(next);
  }
}

function rowsOf({ stored, pending }: Readonly<State>): readonly Row[] {
  const heard = [...stored.values()].map(({ row }) => row).sort((a, b) => a.seq - b.seq);
  return [...heard, ...pending.map(rowOf)];
}

function rowOf({ clientMessageId: key, typedAt, ...message }: PendingMessage): Row {
  return { ...message, key, createdAt: typedAt, isDeleted: false, status: 'Sent' };
}

function messageOf(
  { senderId, content, replyTo }: PendingMessage,
  { messageId: id, seq, createdAt }: { messageId: string; seq: number; createdAt: string },
): Message {
  const message = { id, seq, createdAt, senderId, content, deliveredAt: null, readAt: null };
  return { ...message, status: 'Sent', ...(replyTo !== undefined && { replyTo }) };
}

function drop(state: State, clientMessageId: string): PendingMessage | undefined {
  const one = state.pending.find((message) => message.clientMessageId === clientMessageId);
  if (one) state.pending = state.pending.filter((message) => message !== one);
  return one;
}

function hear(state: State, event: ChatEvent): void {
  if (event.event === 'MessageReceived') take(state, messageIn(event));
  else if (event.event === 'MessageEdited' || event.event === 'MessageDeleted')
    change(state, String(event.data.messageId), event);
  if (event.seq !== 0) state.segments = covering(state.segments, event.seq, event.seq);
}

function messageIn({ seq, data }: ChatEvent): Message {
  const { messageId: id, ...message } = data as unknown as Message & { messageId: string };
  return { ...message, id, seq };
}

/**
 * Takes in a message as the server told it, with the changes that were heard before it. The sender's own
 * connections are told which of their sends it is.
 */
function take(state: State, { clientMessageId, ...message }: Message): void {
  if (clientMessageId) {
    drop(state, clientMessageId);
    state.keys.set(message.id, clientMessageId);
  }
  const fresh = storedOf(message, state.keys.get(message.id) ?? message.id);
  const old = state.stored.get(message.id);
  const ahead = state.changes.get(message.id) ?? [];
  state.changes.delete(message.id);
  state.stored.set(message.id, ahead.reduce(changedBy, old ? merged(old, fresh) : fresh));
}

function storedOf({ id, deliveredAt: _, readAt: __, ...message }: Message, key: string): Stored {
  const isDeleted = message.deletedAt !== undefined;
  const row = { ...message, key, messageId: id, isDeleted };
  return { row: isDeleted ? emptied(row) : row, changedBy: 0 };
}

/** Of a deleted message only its place is shown. */
function emptied({ editedAt: _, attachments: __, ...row }: StoredRow): StoredRow {
  return { ...row, content: '', isDeleted: true };
}

/** Two tellings of one message: the text is that of the later one. */
function merged(old: Stored, fresh: Stored): Stored {
  const text = isLater(fresh.row, old.row) ? fresh.row : old.row;
  const place = fresh.row.seq >= old.row.seq ? fresh.row : old.row; // lost, and posted anew under its id
  const attachments = fresh.row.attachments ?? old.row.attachments; // the newest links last longest
  const deletedAt = fresh.row.deletedAt ?? old.row.deletedAt;
  const row = {
    ...old.row,
    ...text,
    seq: place.seq,
    createdAt: place.createdAt,
    status: furthest(old.row.status, fresh.row.status),
    ...(attachments && { attachments }),
    ...(deletedAt !== undefined && { deletedAt }),
  };
  return { row: row.isDeleted ? emptied(row) : row, changedBy: old.changedBy };
}

function isLater(one: StoredRow, other: StoredRow): boolean {
  if (one.isDeleted !== other.isDeleted) return one.isDeleted;
  return (one.editedAt ?? '') > (other.editedAt ?? '');
}

const ORDER: readonly MessageStatus[] = ['Sent', 'Delivered', 'Read'];
const furthest = (a: MessageStatus, b: MessageStatus) =>
  ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;

function change(state: State, messageId: string, event: ChatEvent): void {
  const known = state.stored.get(messageId);
  if (event.seq === 0) {
    // It was shown and could not be stored: its seq may belong to another message.
    if (known) state.segments = without(state.segments, known.row.seq);
    state.stored.delete(messageId);
  } else if (known) {
    state.stored.set(messageId, changedBy(known, event));
  } else {
    const ahead = state.changes.get(messageId) ?? [];
    if (!ahead.some(({ seq }) => seq === event.seq))
      state.changes.set(messageId, [...ahead, event]);
    if (state.changes.size > MAX_CHANGES_AHEAD)
      state.changes.delete(state.changes.keys().next().value as string);
  }
}

function changedBy(known: Stored, { event, seq, data }: ChatEvent): Stored {
  if (seq <= known.changedBy || known.row.isDeleted) return known;
  if (event === 'MessageDeleted') return { row: emptied(known.row), changedBy: seq };
  const editedAt = String(data.editedAt);
  if (editedAt < (known.row.editedAt ?? '')) return known; // a page told of a later one
  return { row: { ...known.row, content: String(data.content), editedAt }, changedBy: seq };
}

/** `segments` with `from..to` in it; what touches becomes one. */
function covering(segments: readonly Segment[], from: number, to: number): readonly Segment[] {
  if (from > to) return segments;
  const isApart = (one: Segment) => one.to < from - 1 || one.from > to + 1;
  const met = segments.filter((one) => !isApart(one));
  const whole = {
    from: Math.min(from, ...met.map((one) => one.from)),
    to: Math.max(to, ...met.map((one) => one.to)),
  };
  return [...segments.filter(isApart), whole].sort((a, b) => a.from - b.from);
}

function without(segments: readonly Segment[], seq: number): readonly Segment[] {
  const around = ({ from, to }: Segment) => [
    { from, to: Math.min(to, seq - 1) },
    { from: Math.max(from, seq + 1), to },
  ];
  return segments
    .flatMap((one) => (seq < one.from || seq > one.to ? [one] : around(one)))
    .filter(({ from, to }) => from <= to);
}
