// One user who keeps sending and writes down what became of each send.
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '../e2e/support/client.mjs';
import { until, withDeadline } from '../e2e/support/deadline.mjs';

const IN_FLIGHT = 4;
const HUNG_MS = 20_000;
/// As a client would do that was refused: a tight loop only measures refusals.
const BACK_OFF_MS = 20;
/// Comes back quickly and for long: a restart must not outlast it.
export const RECONNECT = Array(600).fill(50);
/// The codes that promise that nothing was stored.
const DEFINITE = [
  'not_found',
  'forbidden',
  'bad_request',
  'too_long',
  'id_conflict',
  'conflict',
  'busy',
  'rate_limited',
  'unavailable',
  'limit',
];

export class Sender {
  static async start(server, sub, conversationId) {
    const self = new Sender();
    self.client = await connect(server, sub, { reconnect: RECONNECT });
    Object.assign(self, { sub, conversationId, sends: [], stopped: false });
    self.done = Promise.all(Array.from({ length: IN_FLIGHT }, () => self.loop()));
    self.done.catch(() => {}); // stop() tells
    return self;
  }

  get acked() {
    return this.sends.filter(({ ack }) => ack);
  }

  async loop() {
    while (!this.stopped) {
      await this.connected();
      const send = this.next();
      await this.attempt(send);
      if (send.refused) await pause(BACK_OFF_MS);
    }
  }

  /// A text of its own, so that history tells which send each message came from.
  next() {
    const name = `${this.sub}:${this.sends.length}`;
    const send = { content: name, clientMessageId: name };
    this.sends.push(send);
    return send;
  }

  async attempt(send) {
    const { content, clientMessageId } = send;
    const start = performance.now();
    const invoked = this.client.connection.invoke('Send', {
      conversationId: this.conversationId,
      content,
      clientMessageId,
    });
    const outcome = await withDeadline(invoked, 'a send', HUNG_MS).then(
      (ack) => ({ ack, refused: undefined }),
      (error) => ({ refused: codeOf(error), error }),
    );
    const took = Math.max(send.took ?? 0, performance.now() - start);
    Object.assign(send, outcome, { took, at: start });
  }

  connected() {
    return until(
      () => this.client.connection.state === 'Connected',
      `${this.sub} is connected`,
      30_000,
    );
  }

  async stop() {
    this.stopped = true;
    await this.done;
  }

  /// Asks again for each send that was not answered, until it is: the promise to a client that
  /// keeps its clientMessageId.
  async settle() {
    for (const send of this.sends.filter(({ ack, refused }) => !ack && !refused)) {
      await this.connected();
      await this.attempt(send);
      if (!send.ack) throw new Error(`a retry of ${send.content} failed: ${send.error.message}`);
    }
  }
}

/// The code of a definite refusal; nothing when the outcome is unknown.
function codeOf({ message }) {
  const code = /HubException: (\w+): /.exec(message)?.[1];
  return DEFINITE.includes(code) ? code : undefined;
}
