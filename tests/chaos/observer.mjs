// A member who only listens, the way a client should: join, catch up, drop what it has.
import { wholeHistory } from '../e2e/support/chat.mjs';
import { connect } from '../e2e/support/client.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { RECONNECT } from './sender.mjs';

/// CatchUp answers no more than this; whoever missed more reloads and has nothing to complain of.
const MOST_EVENTS = 500;

export class Observer {
  static async start(server, sub, conversationId) {
    const self = new Observer();
    Object.assign(self, { server, sub, conversationId });
    /// seq -> message id, as shown; live events that came while catching up wait in `early`.
    Object.assign(self, {
      view: new Map(),
      early: undefined,
      faults: [],
      reloads: 0,
      resumes: [],
      turn: 0,
    });
    self.client = await connect(server, sub, { reconnect: RECONNECT });
    self.client.connection.on('MessageReceived', (message) => self.hear(message));
    self.client.connection.on('MessageDeleted', ({ messageId }) => self.retract(messageId));
    self.client.connection.onreconnected(() => self.resume());
    await self.resume();
    return self;
  }

  hear(message) {
    if (message.conversationId !== this.conversationId) return;
    if (this.early) this.early.push(message);
    else this.show(message);
  }

  show({ seq, messageId }) {
    const shown = this.view.get(seq);
    if (shown && shown !== messageId) this.faults.push(`seq ${seq} is ${shown} and ${messageId}`);
    this.view.set(seq, messageId);
  }

  /// A message that was shown and could not be stored is taken back (C-07b).
  retract(messageId) {
    this.early = this.early?.filter((message) => message.messageId !== messageId);
    for (const [seq, id] of this.view) if (id === messageId) this.view.delete(seq);
  }

  /// One resume at a time: a later one makes those before it void.
  async resume() {
    const turn = ++this.turn;
    const isCurrent = () => turn === this.turn;
    this.early = [];
    try {
      await this.client.connection.invoke('JoinConversation', this.conversationId);
      await this.catchUp(isCurrent);
    } catch {
      if (isCurrent()) this.resumeLater(isCurrent);
    }
  }

  /// What it missed, exactly once and in order, or the news that it must reload.
  async catchUp(isCurrent) {
    const held = Math.max(0, ...this.view.keys());
    const [{ recovered, lastSeq, events }] = await this.client.connection.invoke('CatchUp', [
      { conversationId: this.conversationId, afterSeq: held, afterId: this.view.get(held) },
    ]);
    const stored = recovered ? [] : await wholeHistory(this.server, this.sub, this.conversationId);
    if (!isCurrent()) return;
    this.resumes.push({ held, recovered, lastSeq, events: events.length });
    if (!recovered) this.reload(stored, lastSeq - held);
    const missed = events.filter(({ event }) => event === 'MessageReceived');
    const early = this.early;
    this.early = undefined;
    for (const message of [...missed.map(({ data }) => data), ...early]) this.show(message);
  }

  reload(stored, missed) {
    if (missed <= MOST_EVENTS) this.reloads += 1;
    this.view = new Map(stored.map(({ seq, id }) => [seq, id]));
  }

  /// Cut again: the next reconnect resumes. Else the store is away: it is asked again soon.
  resumeLater(isCurrent) {
    if (this.client.connection.state !== 'Connected') return;
    setTimeout(() => isCurrent() && this.resume(), 100);
  }

  /// What it holds once it holds `count` messages, ascending.
  async settled(count) {
    const enough = () => !this.early && this.view.size >= count;
    await until(enough, `${this.sub} holds ${count} messages`, 10_000).catch((error) =>
      this.faults.push(`${error.message}, it holds ${this.view.size}`),
    );
    return [...this.view].sort(([one], [other]) => one - other);
  }
}
