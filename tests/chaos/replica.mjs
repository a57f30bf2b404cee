// A member that rebuilds a conversation's history as docs/protocol.md tells a client to: it joins,
// catches up from the last seq it holds, and drops live events with a seq that it has.
import { connect } from '../e2e/support/client.mjs';
import { wholeHistory } from '../e2e/support/chat.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { RECONNECT } from './sender.mjs';

/// The events that are entries of a history.
const ENTRIES = [
  'MessageReceived',
  'MessageEdited',
  'MessageDeleted',
  'ConversationCreated',
  'ParticipantsAdded',
  'ParticipantRemoved',
  'TitleChanged',
  'RoleChanged',
];

export class Replica {
  /// @param server where it connects to; @param origin the same server, reached without cuts
  static async start({ server, origin, sub, conversationId, transport }) {
    const self = new Replica();
    Object.assign(self, { server, origin, sub, conversationId, transport });
    Object.assign(self, { entries: new Map(), floor: 0, faults: [], resumes: 0, reloads: 0 });
    Object.assign(self, { turn: 0, lastLive: 0, early: [] });
    const tune = (connection) => {
      for (const name of ENTRIES) connection.on(name, (data) => self.hear(name, data));
      connection.onreconnecting(() => self.pause());
      connection.onreconnected(() => self.resume());
      connection.onclose((error) => self.faults.push(`closed for good: ${error}`));
    };
    self.client = await connect(server, sub, { reconnect: RECONNECT, transport, tune });
    await self.resume();
    return self;
  }

  /// From here on live events wait until it has caught up.
  pause() {
    ++this.turn;
    this.early = [];
    this.lastLive = 0;
  }

  hear(event, data) {
    if (data.conversationId !== this.conversationId) return;
    if (data.seq <= this.lastLive) this.fault(`live ${data.seq} after ${this.lastLive}`);
    this.lastLive = data.seq;
    if (this.early) this.early.push({ event, seq: data.seq, data });
    else this.take({ event, seq: data.seq, data });
    const backAgain = event === 'ParticipantsAdded' && data.userIds.includes(this.sub);
    if (backAgain) this.resume();
  }

  take(entry) {
    const { seq, event } = entry;
    const held = this.entries.get(seq);
    if (held && (held.event !== event || held.data.messageId !== entry.data.messageId))
      this.fault(`seq ${seq} is ${held.event} and ${event}`);
    if (seq > this.floor && !held) this.entries.set(seq, entry);
  }

  /// One at a time: a later one makes those before it void.
  async resume() {
    const turn = ++this.turn;
    const isCurrent = () => turn === this.turn;
    this.early ??= [];
    try {
      const { connection } = this.client;
      await connection.invoke('JoinConversation', this.conversationId);
      await this.catchUp(isCurrent);
    } catch (error) {
      const isGone = /HubException: not_found/.test(error.message);
      if (isGone && isCurrent()) this.early = undefined; // removed: whoever adds it again tells it
      else if (isCurrent() && this.client.connection.state === 'Connected') await this.resume();
    }
  }

  async catchUp(isCurrent) {
    const held = Math.max(this.floor, ...this.entries.keys());
    const last = this.entries.get(held);
    const afterId = last?.event === 'MessageReceived' ? last.data.messageId : undefined;
    const [answer] = await this.client.connection.invoke('CatchUp', [
      { conversationId: this.conversationId, afterSeq: held, afterId },
    ]);
    const stored = answer.recovered
      ? undefined
      : await wholeHistory(this.origin, this.sub, this.conversationId).catch(() => undefined);
    if (!isCurrent()) return;
    ++this.resumes;
    if (answer.recovered) answer.events.forEach((entry) => this.take(entry));
    else if (stored) this.reload(stored, answer.lastSeq);
    const early = this.early;
    this.early = undefined;
    early.forEach((entry) => this.take(entry));
  }

  /// It missed more than CatchUp answers: messages as they are now, no other entry.
  reload(stored, lastSeq) {
    ++this.reloads;
    this.floor = Math.max(lastSeq, ...stored.map(({ seq }) => seq));
    this.entries = new Map(
      stored.map((message) => [
        message.seq,
        { event: 'MessageReceived', seq: message.seq, data: { ...message, messageId: message.id } },
      ]),
    );
  }

  fault(what) {
    this.faults.push(`${this.sub}: ${what}`);
  }

  /// Waits until it holds the entry at `seq` and nothing waits.
  async settled(seq) {
    const holds = () => !this.early && (this.entries.has(seq) || this.floor >= seq);
    await until(holds, `${this.sub} holds seq ${seq}`, 20_000).catch((error) =>
      this.fault(`${error.message}; it holds ${Math.max(...this.entries.keys())}`),
    );
  }

  /// What it would show: id -> text, "" for a deleted message.
  view() {
    const shown = new Map();
    for (const seq of [...this.entries.keys()].sort((one, other) => one - other)) {
      const { event, data } = this.entries.get(seq);
      const isNew = event === 'MessageReceived';
      if (isNew) shown.set(data.messageId, data.deletedAt ? '' : data.content);
      if (event === 'MessageEdited' && shown.get(data.messageId)) shown.set(data.messageId, data.content);
      if (event === 'MessageDeleted') shown.set(data.messageId, '');
    }
    return shown;
  }
}
