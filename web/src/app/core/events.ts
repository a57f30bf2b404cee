import type {
  ChatEvent,
  ChatService,
  Cursors,
  NewMessageNotification as Notification,
  Row,
} from '@parley/client';
import type { Conversation } from './conversation';
import type { Conversations } from './conversations';
import { Frames } from './frames';
import type { History } from './history';
import { recount } from './unread';

export interface EventHandlers {
  /** Messages of others are here up to `seq`. */
  delivered(one: Conversation, seq: number): void;
  /** It was read, here or on another device. */
  read(one: Conversation): void;
  /** Messages of others, live or caught up. */
  arrived(one: Conversation, rows: readonly Row[]): void;
  notified(one: Conversation, note: Notification): void;
}

/** What the server says, put where it is shown: messages once per frame, however many come. */
export class Events {
  private readonly heard = new Map<Conversation, ChatEvent[]>();
  private readonly frames = new Frames(() => this.apply());

  constructor(
    private readonly me: string,
    private readonly conversations: Conversations,
    private readonly history: History,
    private readonly handlers: EventHandlers,
  ) {}

  /** Of a followed conversation: in order, each once. */
  hear(one: Conversation, event: ChatEvent): void {
    const heard = this.heard.get(one);
    if (heard) heard.push(event);
    else this.heard.set(one, [event]);
    this.frames.ask();
  }

  /** Those of every conversation, followed or not. */
  listen(chat: ChatService): void {
    chat.on('NewMessageNotification', (note) => void this.note(note));
    chat.on('MessagesRead', ({ conversationId, readBy, upToSeq }) => {
      const one = this.conversations.get(conversationId);
      if (one && readBy === this.me) this.readByMe(one, upToSeq);
      else one?.timeline.update((old) => old.withCursor(readBy, { read: upToSeq }));
    });
    chat.on('MessagesDelivered', ({ conversationId, deliveredBy, upToSeq }) =>
      this.conversations
        .get(conversationId)
        ?.timeline.update((old) => old.withCursor(deliveredBy, { delivered: upToSeq })),
    );
    chat.on('ConversationCreated', () => void this.conversations.reload());
    chat.on('ParticipantsAdded', () => void this.conversations.reload());
    chat.on('RoleChanged', () => void this.conversations.reload());
    chat.on('TitleChanged', ({ conversationId, title }) =>
      this.conversations.get(conversationId)?.row.update((row) => ({ ...row, title })),
    );
    chat.on('ParticipantRemoved', ({ conversationId, userId }) =>
      this.removed(conversationId, userId),
    );
    chat.on('MessageEdited', ({ conversationId, messageId, content }) =>
      this.changePreview(conversationId, messageId, { text: content }),
    );
    chat.on('MessageDeleted', ({ conversationId, messageId }) =>
      this.changePreview(conversationId, messageId, { text: '', isDeleted: true, files: 0 }),
    );
  }

  cursors(id: string, cursors: readonly Cursors[]): void {
    const one = this.conversations.get(id);
    if (!one) return;
    const mine = cursors.find(({ userId }) => userId === this.me);
    if (mine) this.readByMe(one, mine.readSeq);
    one.timeline.update((old) =>
      cursors
        .filter(({ userId }) => userId !== this.me)
        .reduce(
          (line, { userId, deliveredSeq, readSeq }) =>
            line.withCursor(userId, { delivered: deliveredSeq, read: readSeq }),
          old,
        ),
    );
  }

  readByMe(one: Conversation, seq: number): void {
    if (seq > one.readSeq()) {
      one.readSeq.set(seq);
      recount(one, this.me);
      // Where not everything is known, only the server can tell how many are left.
      if (seq < one.lastSeq() && one.phase() !== 'ready') void this.conversations.reload();
    }
    if (one.unread() === 0) this.handlers.read(one);
  }

  private apply(): void {
    const heard = [...this.heard];
    this.heard.clear();
    for (const [one, events] of heard) this.applyTo(one, events);
  }

  private applyTo(one: Conversation, events: readonly ChatEvent[]): void {
    const from = one.handedOn + 1;
    const to = Math.max(one.handedOn, ...events.map(({ seq }) => seq));
    one.timeline.update((old) => {
      const next = old.withEvents(...events);
      return to >= from ? next.withPage({ messages: [], from, to }) : next; // nothing is missing between
    });
    one.handedOn = to;
    one.lastSeq.update((seq) => Math.max(seq, to));
    const messages = events.filter(({ event }) => event === 'MessageReceived');
    const last = messages.at(-1);
    if (last) this.preview(one, last);
    recount(one, this.me);
    this.history.trim(one);
    const seqs = new Set(messages.map(({ seq }) => seq));
    const rows = one
      .timeline()
      .rows.filter(({ seq, senderId }) => seqs.has(seq ?? 0) && senderId !== this.me);
    if (rows.length === 0) return;
    this.handlers.delivered(one, rows.at(-1)?.seq ?? 0);
    this.handlers.arrived(one, rows);
  }

  private preview(one: Conversation, { data }: ChatEvent): void {
    const at = String(data['createdAt']);
    one.preview.set({
      messageId: String(data['messageId']),
      senderId: String(data['senderId']),
      text: String(data['content']),
      isDeleted: data['deletedAt'] !== undefined,
      files: (data['attachments'] as unknown[] | undefined)?.length ?? 0,
      at,
    });
    this.conversations.bump(one, at);
  }

  private async note(note: Notification): Promise<void> {
    const one = await this.conversations.find(note.conversationId);
    if (!one) return;
    if (note.seq === undefined) void this.conversations.reload();
    else this.noteSeq(one, note.seq, note);
    this.handlers.notified(one, note);
  }

  private noteSeq(one: Conversation, seq: number, note: Notification): void {
    const isNews = seq > one.lastSeq();
    one.lastSeq.update((old) => Math.max(old, seq));
    if (one.readSeq() < seq && !recount(one, this.me)) {
      one.unread.update((count) => Math.max(count, 1)); // at once; how many, the list says
      this.conversations.refresh();
    }
    this.handlers.delivered(one, seq);
    if (!isNews) return;
    this.conversations.bump(one);
    one.preview.set({
      ...(note.messageId !== undefined && { messageId: note.messageId }),
      senderId: note.senderId,
      text: note.preview,
      isDeleted: false,
      files: 0,
      at: new Date().toISOString(), // to be shown; nothing is ordered by it
    });
  }

  private removed(id: string, userId: string): void {
    const one = this.conversations.get(id);
    if (!one || userId !== this.me) return void this.conversations.reload();
    if (one.phase() === 'fresh') this.conversations.remove(id);
    else one.phase.set('gone');
  }

  private changePreview(id: string, messageId: string, change: object): void {
    this.conversations
      .get(id)
      ?.preview.update((old) => (old?.messageId === messageId ? { ...old, ...change } : old));
  }
}
