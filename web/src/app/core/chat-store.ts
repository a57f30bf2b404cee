import { Injectable, computed, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import {
  ChatService,
  type ChatEvent,
  type ConnectionState,
  IndexedDbOutbox,
  MemoryOutbox,
  type Outgoing,
  type OutboxStore,
  ReadMarker,
  type Row,
  refusalOf,
} from '@parley/client';
import { Words } from '../../i18n/texts';
import { Announcer } from './announcer';
import { Configuration } from './configuration';
import type { Conversation } from './conversation';
import { Conversations } from './conversations';
import { Crowding } from './crowding';
import { Drafts } from './drafts';
import { Events } from './events';
import { History } from './history';
import { type Hub, makeHub } from './hub';
import { type Kept, MemoryKept } from './kept';
import { openStores } from './stores';
import { Notifier } from './notifier';
import { People } from './people';
import { Recent } from './recent';
import { Rooms } from './rooms';
import { Session } from './session';
import { Tabs, type Word } from './tabs';
import { recount } from './unread';

/** Conversations that are followed at once. */
const MAX_FOLLOWED = 20;

/** Everything of one signed-in user: what the screens show, and what they may do. */
@Injectable({ providedIn: 'root' })
export class ChatStore {
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly notifier = inject(Notifier);
  private readonly announcer = inject(Announcer);
  readonly server = this.session.server;
  private readonly configuration = inject(Configuration);
  private readonly t = inject(Words).t;
  readonly people = new People(
    this.server,
    () => this.configuration.value().imageOrigins,
    () => this.t('people.gone'),
  );
  readonly history = new History(this.server);
  readonly connection = signal<ConnectionState>({ name: 'stopped' });
  readonly crowding = new Crowding();
  /** What was stored is on the screen; the connection may still be on its way. */
  readonly isReady = signal(false);
  private readonly waiting = signal<ReadonlySet<string>>(new Set());
  readonly waitingCount = computed(() => this.waiting().size);
  readonly open = signal<Conversation | undefined>(undefined);
  readonly isNewChatOpen = signal(false);
  /** A message that was sent is being changed. */
  readonly isEditing = signal(false);
  private kept: Kept = new MemoryKept();
  private outboxStore: OutboxStore = new MemoryOutbox();
  me = '';
  conversations!: Conversations;
  rooms!: Rooms;
  drafts!: Drafts;
  tabs!: Tabs;
  private chat!: ChatService;
  private hub!: Hub;
  private events!: Events;
  private recent!: Recent;
  private delivered!: ReadMarker;
  private wasConnected = false;
  private followed: string[] = [];
  private readonly onScreen = new Map<string, readonly string[]>();

  /** Once a page: another user gets another page. */
  async start(userId: string): Promise<void> {
    if (this.me === userId) return this.signedInAgain();
    this.me = userId;
    [this.kept, this.outboxStore] = await openStores(userId, !this.session.isShared());
    this.conversations = new Conversations(userId, this.server, this.people, this.kept);
    this.tabs = new Tabs(userId, (word) => this.hear(word));
    this.drafts = new Drafts(this.kept, (key, draft) =>
      this.tabs.tell({ kind: 'draft', key, ...(draft && { draft }) }),
    );
    this.recent = new Recent(this.kept);
    await this.people.restore(this.kept);
    await Promise.all([this.drafts.load(), this.conversations.restore()]);
    this.connect();
    void this.conversations.reload();
    this.isReady.set(true);
    this.session.onRenewed = () => void this.extend();
    addEventListener('pagehide', () => this.keep(this.open()));
  }

  /** After `expired`: the connection goes on with the new token, unless this window rests. */
  signedInAgain(): void {
    if (this.crowding.state() !== 'rests') this.chat?.connect();
  }

  /** Takes everything of the user out of this browser. */
  async signOut(): Promise<void> {
    this.tabs.tell({ kind: 'signed-out' });
    await this.session.signOut();
    await this.leavePage();
  }

  /** Shows a conversation: from memory or from what was kept at once, then as the server has it. */
  async show(id: string): Promise<Conversation | undefined> {
    const one = await this.conversations.find(id);
    if (!one) return undefined;
    this.open.set(one);
    if (one.phase() === 'fresh') await this.restore(one);
    if (one.phase() === 'fresh' || one.phase() === 'failed') await this.load(one);
    return one;
  }

  /** Nothing is shown, or something else. */
  leave(one: Conversation): void {
    this.chat.stopTyping(one.id);
    one.newAfter.set(undefined);
    one.isWatched.set(false);
    if (this.open() === one) this.open.set(undefined);
    this.tabs.tell({ kind: 'viewing', tab: this.tabs.id });
    this.keep(one);
  }

  async load(one: Conversation): Promise<void> {
    one.phase.set('loading');
    try {
      const from = await this.history.newest(one);
      const read = one.readSeq();
      if (one.unread() > 0 && read > 0 && (one.segment()?.from ?? 0) > read + 1)
        await this.history.around(one, read);
      one.phase.set('ready');
      void this.follow(one, from);
    } catch (error) {
      one.why.set(error);
      one.phase.set(refusalOf(error)?.code === 'not_found' ? 'gone' : 'failed');
    }
  }

  /** On the screen at once; resolves when it is kept, rejects when this browser keeps nothing. */
  async send(
    one: Conversation,
    content: string,
    attachmentIds: readonly string[],
    replyTo?: string,
  ) {
    const clientMessageId = crypto.randomUUID();
    const draft = { conversationId: one.id, content, clientMessageId, ...(replyTo && { replyTo }) };
    const pending = { state: 'waiting' as const };
    const typedAt = new Date().toISOString();
    one.at.set(undefined);
    one.timeline.update((old) =>
      old.withPending({ ...draft, senderId: this.me, typedAt, pending }),
    );
    try {
      const files = attachmentIds.length > 0 && { attachmentIds: [...attachmentIds] };
      await this.chat.send({ ...draft, ...files });
    } catch (error) {
      one.timeline.update((old) => old.withoutPending(clientMessageId));
      throw error;
    }
  }

  retry(row: Row): Promise<void> {
    return this.chat.outbox.retry(row.key);
  }

  change(row: Row, content: string): Promise<void> {
    return this.chat.outbox.change(row.key, content);
  }

  discard(row: Row): Promise<boolean> {
    return this.chat.outbox.discard(row.key);
  }

  edit(messageId: string, content: string): Promise<void> {
    return this.chat.invoke('EditMessage', messageId, content);
  }

  delete(messageId: string): Promise<void> {
    return this.chat.invoke('DeleteMessage', messageId);
  }

  /** At each change of the text in its composer: there is one, or none any more. */
  typed(one: Conversation, hasText: boolean): void {
    if (hasText) this.chat.sendTyping(one.id);
    else this.chat.stopTyping(one.id);
  }

  /** The row of this seq was seen, by somebody who looked. */
  markRead(one: Conversation, seq: number): void {
    if (seq <= one.readSeq()) return;
    one.readSeq.set(seq);
    recount(one, this.me);
    this.chat.markRead(one.id, seq);
    this.notifier.close(one.id);
    this.tabs.tell({ kind: 'read', conversationId: one.id, seq });
  }

  watch(one: Conversation, isWatched: boolean): void {
    one.isWatched.set(isWatched);
    const viewing = isWatched && { conversationId: one.id };
    this.tabs.tell({ kind: 'viewing', tab: this.tabs.id, ...viewing });
  }

  /** The people on one part of the screen: how they are is asked for and heard. */
  showPeople(part: string, userIds: Iterable<string>): void {
    this.onScreen.set(part, [...userIds]);
    void this.chat.presence.show([...this.onScreen.values()].flat());
  }

  /** Shows the screen of a conversation. */
  go(id: string): void {
    void this.router.navigate(['/c', id]);
  }

  retryNow(): void {
    this.chat.retryNow();
  }

  private connect(): void {
    const token = () => this.session.token();
    this.hub = makeHub(token);
    this.chat = new ChatService({
      outbox: this.outboxStore,
      url: location.origin,
      token,
      hub: this.hub.connection,
      onState: (state) => this.onState(state),
      onEvent: (id, event) => this.onEvent(id, event),
      onReload: (id) => this.reload(id),
      onLost: (id, why) => this.onLost(id, why),
      onCursors: (id, cursors) => this.events.cursors(id, cursors),
      onTyping: (id) => this.conversations.get(id)?.typists.set(this.chat.typists.in(id)),
      onPresence: (userId) => {
        const presence = this.chat.presence.of(userId);
        if (presence) this.people.hear(presence);
      },
      onChange: (message, state) => this.onOutgoing(message, state),
      onAck: (message, ack) => {
        this.noteWaiting(message.clientMessageId, false);
        this.conversations
          .get(message.conversationId)
          ?.timeline.update((old) => old.withAck(message.clientMessageId, ack));
      },
      onDiscard: ({ conversationId, clientMessageId }) => {
        this.noteWaiting(clientMessageId, false);
        this.conversations
          .get(conversationId)
          ?.timeline.update((old) => old.withoutPending(clientMessageId));
      },
    });
    this.delivered = new ReadMarker((id, seq) => this.chat.invoke('MarkDelivered', id, seq));
    this.events = new Events(this.me, this.conversations, this.history, {
      delivered: (one, seq) => this.delivered.mark(one.id, seq),
      read: (one) => this.notifier.close(one.id),
      arrived: (one, rows) => this.open() === one && this.announcer.messages(this.people, rows),
      notified: (one, note) => this.notifier.note(this, one, note),
    });
    this.events.listen(this.chat);
    this.crowding.begin(this.chat, this.tabs);
    this.rooms = new Rooms(this.server, this.conversations, this.chat);
    this.chat.connect();
  }

  private onEvent(id: string, event: ChatEvent): void {
    const one = this.conversations.get(id);
    if (!one) return;
    this.events.hear(one, event);
    this.recent.keepSoon(one, () => this.chat.position(one.id));
  }

  private onState(state: ConnectionState): void {
    this.connection.set(state);
    if (state.name === 'signed-out') this.session.expire();
    this.crowding.follow(state);
    if (state.name !== 'connected') return;
    this.delivered.resume();
    if (this.wasConnected) {
      void this.session.learnAgain();
      void this.conversations.reload();
    } else this.conversations.refresh(); // the whole of it was asked for already
    this.wasConnected = true;
    const open = this.open();
    if (open?.phase() === 'failed') void this.load(open);
  }

  private onOutgoing(message: Outgoing, state: 'waiting' | 'sending' | 'failed'): void {
    this.noteWaiting(message.clientMessageId, state !== 'failed');
    const { clientMessageId, content, typedAt, replyTo, refused } = message;
    const pending = { state, ...refused };
    this.conversations.get(message.conversationId)?.timeline.update((old) =>
      old.withPending({
        clientMessageId,
        content,
        typedAt,
        senderId: this.me,
        pending,
        ...(replyTo !== undefined && { replyTo }),
      }),
    );
  }

  private noteWaiting(clientMessageId: string, isWaiting: boolean): void {
    const next = new Set(this.waiting());
    if (isWaiting) next.add(clientMessageId);
    else next.delete(clientMessageId);
    this.waiting.set(next);
  }

  /** The server cannot tell what was missed. */
  private async reload(id: string): Promise<{ seq: number; id?: string }> {
    const one = this.conversations.get(id);
    if (!one) return { seq: 0 };
    one.at.set(undefined);
    one.timeline.update((old) => old.forgotten());
    const position = await this.history.newest(one);
    one.handedOn = position.seq;
    return position;
  }

  private onLost(id: string, why: unknown): void {
    const one = this.conversations.get(id);
    one?.why.set(why);
    one?.phase.set('gone');
    this.followed = this.followed.filter((other) => other !== id);
    void this.recent.forget(id);
  }

  private async follow(one: Conversation, from: { seq: number; id?: string }): Promise<void> {
    one.handedOn = from.seq;
    this.followed = [one.id, ...this.followed.filter((id) => id !== one.id)];
    const old = this.followed.splice(MAX_FOLLOWED);
    for (const id of old) {
      this.conversations.get(id)?.phase.set('fresh');
      void this.chat.leaveConversation(id).catch(() => undefined);
    }
    await this.chat.joinConversation(one.id, from);
    this.recent.keepSoon(one, () => this.chat.position(one.id));
  }

  private async restore(one: Conversation): Promise<void> {
    const kept = await this.recent.of(one.id);
    for (const message of this.chat.outbox.waiting(one.id))
      this.onOutgoing(message, message.refused ? 'failed' : 'waiting');
    if (!kept || one.phase() !== 'fresh') return;
    one.timeline.update((old) => old.withPage(kept.page));
    one.phase.set('ready');
    void this.follow(one, kept.position);
  }

  private keep(one: Conversation | undefined): void {
    if (one) this.recent.keep(one, this.chat.position(one.id));
  }

  private hear(word: Word): void {
    if (word.kind === 'draft') this.drafts.show(word.key, word.draft);
    else if (word.kind === 'signed-out') void this.leavePage();
    else if (word.kind === 'read') {
      const one = this.conversations.get(word.conversationId);
      if (one) this.events.readByMe(one, word.seq);
    } else this.crowding.hear(word);
  }

  private async extend(): Promise<void> {
    const token = this.hub.connectionToken();
    // Refused: it ends with its token, and comes back with the next one.
    if (token) await this.server.extend(token).catch(() => undefined);
  }

  private async leavePage(): Promise<void> {
    this.tabs.close();
    await Promise.race([this.chat.disconnect(), new Promise((late) => setTimeout(late, 500))]);
    if (this.outboxStore instanceof IndexedDbOutbox) await this.outboxStore.destroy();
    await this.kept.destroy().catch(() => undefined);
    location.assign('/signin');
  }
}
