import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import type { HubEvents, HubMethods } from './api.js';
import { CatchUp, type ChatEvent, type Handlers, type Position } from './catch-up.js';
import { type Clock, systemClock } from './clock.js';
import { Connection, type ConnectionState, type WakeSource, browserWakes } from './connection.js';
import {
  type Draft,
  type Outgoing,
  Outbox,
  type OutboxHandlers,
  type OutboxStore,
} from './outbox.js';
import { PresenceBook } from './presence.js';
import { ReadMarker } from './read-marker.js';
import { Rest, type TokenSource } from './rest.js';
import { TypingSignals, Typists } from './typing.js';

export interface ChatServiceOptions extends Partial<OutboxHandlers>, Partial<Handlers> {
  /** The server, e.g. `https://chat.example.com`; in its own page: `location.origin`. */
  url: string;
  /** Asked for each connection and call: answer one that is valid. */
  token: TokenSource;
  onState?(state: ConnectionState): void;
  onTyping?(conversationId: string): void;
  onPresence?(userId: string): void;
  /** Default: memory, gone with the page. @see IndexedDbOutbox */
  outbox?: OutboxStore;
  /** For tests, and for what a builder must add. */
  hub?: HubConnection;
  wakes?: WakeSource;
  clock?: Clock;
}

/**
 * A chat client without a face: one connection that comes back by itself, conversations that are followed
 * without a gap, messages that are sent once. Call `connect()`, then `joinConversation()`.
 */
export class ChatService {
  readonly rest: Rest;
  readonly typists: Typists;
  readonly presence: PresenceBook;
  readonly outbox: Outbox;
  private readonly connection: Connection;
  private readonly catchUp: CatchUp;
  private readonly typing: TypingSignals;
  private readonly reads: ReadMarker;

  constructor(private readonly options: ChatServiceOptions) {
    const { clock = systemClock, wakes = browserWakes } = options;
    const hub = options.hub ?? hubOf(options);
    this.rest = new Rest(options.url, options.token);
    this.connection = new Connection(
      hub,
      { onState: (state) => this.onState(state), catchUp: () => this.catchUp.resume() },
      wakes,
      clock,
    );
    this.catchUp = new CatchUp(hub, {
      onEvent: (id, event) => this.onEvent(id, event),
      onReload: (id, lastSeq) => options.onReload?.(id, lastSeq) ?? { seq: lastSeq },
      onLost: (id, why) => options.onLost?.(id, why),
      onCursors: (id, cursors) => options.onCursors?.(id, cursors),
    });
    this.outbox = new Outbox(
      ({ order: _, typedAt: __, ...draft }) => this.invoke('Send', wireOf(draft)),
      options,
      options.outbox,
      clock,
    );
    this.typing = new TypingSignals((method, id) => this.say(method, id), clock);
    this.typists = new Typists(options.onTyping, clock);
    this.presence = new PresenceBook(
      (users) => this.invoke('GetPresence', users),
      options.onPresence,
      clock,
    );
    this.reads = new ReadMarker((id, seq) => this.invoke('MarkRead', id, seq), clock);
    this.listen();
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** Begins to connect, and stays connected until `disconnect`. See `onState`. */
  connect(): void {
    this.connection.connect();
  }

  /** Ends the wait for the next try. */
  retryNow(): void {
    this.connection.retryNow();
  }

  /** What waits in the outbox stays there. */
  async disconnect(): Promise<void> {
    await this.connection.stop();
  }

  /**
   * Follows a conversation: every event once and in order, from `from` on, through `onEvent`.
   * Without a connection it begins with the next one.
   */
  joinConversation(conversationId: string, from?: Position): Promise<void> {
    return this.catchUp.follow(conversationId, from);
  }

  async leaveConversation(conversationId: string): Promise<void> {
    this.typing.stop(conversationId);
    await this.catchUp.unfollow(conversationId);
  }

  /** Kept first, then sent: once, whatever becomes of the connection. See `onAck` and `onChange`. */
  async send(draft: Draft): Promise<Outgoing> {
    const kept = await this.outbox.add(draft);
    this.typing.stop(draft.conversationId);
    return kept;
  }

  /** At each change of the text; says it to the others every 3 s at most. */
  sendTyping(conversationId: string): void {
    this.typing.type(conversationId);
  }

  stopTyping(conversationId: string): void {
    this.typing.stop(conversationId);
  }

  /** The row with this seq was seen. One call a second at most. */
  markRead(conversationId: string, seq: number): void {
    this.reads.mark(conversationId, seq);
  }

  /** How far a followed conversation was handed on: keep it for the next `joinConversation`. */
  position(conversationId: string): Position | undefined {
    return this.catchUp.position(conversationId);
  }

  /** Hears an event that `onEvent` does not tell: those without a seq. @returns ends it */
  on<Name extends keyof HubEvents>(
    name: Name,
    handler: (...event: HubEvents[Name]) => void,
  ): () => void {
    const call = handler as (...event: unknown[]) => void;
    this.connection.hub.on(name, call);
    return () => this.connection.hub.off(name, call);
  }

  /** Calls the hub. Rejects with SignalR's error: see `refusalOf`. */
  invoke<Name extends keyof HubMethods>(
    name: Name,
    ...values: HubMethods[Name]['arguments']
  ): Promise<HubMethods[Name]['result']> {
    return this.connection.hub.invoke(name, ...values);
  }

  private say(method: 'StartTyping' | 'StopTyping', conversationId: string): void {
    if (this.state.name === 'connected')
      void this.invoke(method, conversationId).catch(() => undefined);
  }

  private listen(): void {
    this.on('UserTyping', (id, user) => this.typists.start(id, user));
    this.on('UserStoppedTyping', (id, user) => this.typists.stop(id, user));
    this.on('UserOnline', (user) => this.presence.hear(user, true));
    this.on('UserOffline', (user) => this.presence.hear(user, false));
  }

  private onEvent(id: string, event: ChatEvent): void {
    if (event.event === 'MessageReceived') this.typists.stop(id, String(event.data.senderId));
    this.options.onEvent?.(id, event);
  }

  private onState(state: ConnectionState): void {
    if (state.name === 'connected') {
      this.outbox.resume();
      this.reads.resume();
      void this.presence.resume();
    } else {
      this.outbox.suspend();
      this.typing.forget();
      this.typists.forget();
    }
    this.options.onState?.(state);
  }
}

function wireOf({ attachmentIds, ...draft }: Omit<Outgoing, 'order' | 'typedAt'>) {
  const { refused: _, ...message } = draft;
  return { ...message, ...(attachmentIds && { attachmentIds: [...attachmentIds] }) };
}

function hubOf({ url, token }: ChatServiceOptions): HubConnection {
  return new HubConnectionBuilder()
    .withUrl(new URL('hubs/chat', url.endsWith('/') ? url : `${url}/`).href, {
      accessTokenFactory: token,
    })
    .withStatefulReconnect()
    .configureLogging(LogLevel.Critical) // every end is told through onState
    .build();
}
