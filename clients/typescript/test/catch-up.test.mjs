// The helper against a connection that does what the test says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CatchUp } from '../dist/catch-up.js';
import { codeOf } from '../dist/refusal.js';

const ID = 'c1';
const refusal = (code) =>
  new Error(`An unexpected error occurred invoking 'Send' on the server. HubException: ${code}: x`);
const message = (seq, id = `m${seq}`) => ({
  conversationId: ID,
  messageId: id,
  seq,
  content: `${seq}`,
});
const missed = (...seqs) => ({
  recovered: true,
  lastSeq: seqs.at(-1) ?? 0,
  events: seqs.map((seq) => ({ event: 'MessageReceived', seq, data: message(seq) })),
});

class FakeConnection {
  constructor() {
    this.state = 'Connected';
    this.handlers = new Map();
    this.calls = [];
    /// method -> what it does; a function of the arguments
    this.answers = { JoinConversation: () => undefined, LeaveConversation: () => undefined };
  }
  on(name, handler) {
    this.handlers.set(name, handler);
  }
  onreconnected(handler) {
    this.reconnected = handler;
  }
  onclose(handler) {
    this.closed = handler;
  }
  async invoke(method, ...args) {
    this.calls.push([method, ...args]);
    if (this.state !== 'Connected') throw new Error('Cannot send data');
    return this.answers[method](...args);
  }
  hear(seq, event = 'MessageReceived', id = undefined) {
    this.handlers.get(event)(message(seq, id));
  }
  called(method) {
    return this.calls.filter(([name]) => name === method);
  }
}

function follower(handlers = {}) {
  const connection = new FakeConnection();
  const shown = [];
  const all = {
    onEvent: (_, { seq }) => shown.push(seq),
    onReload: () => assert.fail('no reload'),
    ...handlers,
  };
  const chat = new CatchUp(connection, all);
  return { connection, shown, chat };
}

test('it joins before it asks, and hands on what was missed and then what comes', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => [missed(4, 5)];
  await chat.follow(ID, { seq: 3, id: 'm3' });
  connection.hear(6);
  assert.deepEqual(shown, [4, 5, 6]);
  assert.deepEqual(connection.calls.slice(0, 2), [
    ['JoinConversation', ID],
    ['CatchUp', [{ conversationId: ID, afterSeq: 3, afterId: 'm3' }]],
  ]);
  assert.deepEqual(chat.position(ID), { seq: 6, id: 'm6' });
});

test('live events that come while it catches up are shown once, behind what was missed', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => {
    for (const seq of [3, 2, 4]) connection.hear(seq);
    return [missed(1, 2, 3)];
  };
  await chat.follow(ID);
  assert.deepEqual(shown, [1, 2, 3, 4]);
});

test('a gap between live events is filled by asking', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => [missed(1)];
  await chat.follow(ID);
  connection.answers.CatchUp = () => [missed(2, 3)];
  const asked = new Promise((done) => {
    const answer = connection.answers.CatchUp;
    connection.answers.CatchUp = (...args) => (done(), answer(...args));
  });
  connection.hear(3);
  await asked;
  await new Promise(setImmediate);
  connection.hear(4);
  assert.deepEqual(shown, [1, 2, 3, 4]);
});

test('an event again is dropped', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => [missed(1, 2)];
  await chat.follow(ID);
  connection.hear(2);
  connection.hear(1);
  connection.hear(3);
  connection.hear(3);
  assert.deepEqual(shown, [1, 2, 3]);
});

test('messages that were shown and have got other seqs are loaded anew', async () => {
  const reloads = [];
  const { connection, shown, chat } = follower({
    onReload: (_, lastSeq) => (reloads.push(lastSeq), { seq: lastSeq, id: 'm3' }),
  });
  connection.answers.CatchUp = () => [missed(1)];
  await chat.follow(ID);
  connection.hear(2, 'MessageReceived', 'm2');
  connection.hear(3, 'MessageReceived', 'm3');
  // Somebody else's message is stored as 2, and m2 and m3 behind it.
  connection.answers.CatchUp = () => [{ recovered: true, lastSeq: 4, events: [] }];
  connection.hear(2, 'MessageReceived', 'x');
  connection.hear(3, 'MessageReceived', 'm2');
  connection.hear(4, 'MessageReceived', 'm3');
  await new Promise(setImmediate);
  assert.deepEqual(reloads, [4]);
  assert.deepEqual(chat.position(ID), { seq: 4, id: 'm3' });
  connection.hear(5);
  assert.deepEqual(shown, [1, 2, 3, 5]);
});

test('other seqs are noticed among events that wait while it catches up, too', async () => {
  const reloads = [];
  const { connection, shown, chat } = follower({
    onReload: (_, lastSeq) => (reloads.push(lastSeq), { seq: lastSeq, id: 'm2' }),
  });
  let asked = 0;
  connection.answers.CatchUp = () => {
    if (++asked > 1) return [{ recovered: true, lastSeq: 3, events: [] }];
    connection.hear(2, 'MessageReceived', 'm2');
    connection.hear(2, 'MessageReceived', 'x');
    connection.hear(3, 'MessageReceived', 'm2');
    return [missed(1)];
  };
  await chat.follow(ID);
  assert.deepEqual(reloads, [3]);
  connection.hear(4);
  assert.deepEqual(shown, [1, 2, 4]);
});

test('an event below the position that it does not know makes it ask', async () => {
  const { connection, chat } = follower();
  connection.answers.CatchUp = () => [missed()];
  await chat.follow(ID, { seq: 7, id: 'm7' });
  connection.hear(6, 'MessageReceived', 'm6');
  await new Promise(setImmediate);
  assert.deepEqual(connection.called('CatchUp').at(-1), [
    'CatchUp',
    [{ conversationId: ID, afterSeq: 7, afterId: 'm7' }],
  ]);
});

test('what is not told for the user could not see it leaves no gap', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => [{ ...missed(3), lastSeq: 5 }];
  await chat.follow(ID, { seq: 2, id: 'm2' });
  assert.deepEqual(chat.position(ID), { seq: 5 });
  connection.hear(6);
  connection.answers.CatchUp = () => [{ ...missed(8), lastSeq: 8 }];
  connection.hear(8); // 7 was such a change
  await new Promise(setImmediate);
  assert.deepEqual(shown, [3, 6, 8]);
});

test('a position from before the user was removed and added again is loaded anew', async () => {
  const reloads = [];
  const { connection, shown, chat } = follower({
    onReload: (_, lastSeq) => (reloads.push(lastSeq), { seq: lastSeq, id: 'm9' }),
  });
  connection.answers.CatchUp = () => [missed(1, 2)];
  await chat.follow(ID);
  connection.answers.CatchUp = () => [{ recovered: false, lastSeq: 9, events: [] }];
  connection.hear(8, 'ParticipantsAdded');
  await new Promise(setImmediate);
  assert.deepEqual(reloads, [9]);
  connection.hear(10);
  assert.deepEqual(shown, [1, 2, 10]);
});

test('events of other conversations pass by', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => [missed()];
  connection.hear(9);
  assert.deepEqual(shown, []);
  await assert.doesNotReject(chat.resume());
});

test('after an edit no id is claimed for the position', async () => {
  const { connection, chat } = follower();
  connection.answers.CatchUp = () => [missed(1)];
  await chat.follow(ID);
  connection.hear(2, 'MessageEdited');
  assert.deepEqual(chat.position(ID), { seq: 2 });
});

test('a reconnect resumes from where it stood', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => [missed(1)];
  await chat.follow(ID);
  connection.answers.CatchUp = ([{ afterSeq }]) => [missed(afterSeq + 1)];
  await connection.reconnected();
  assert.deepEqual(shown, [1, 2]);
});

test('a resume that was cut leaves it to the next one', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => {
    connection.state = 'Reconnecting';
    throw new Error('Invocation canceled due to the underlying connection being closed.');
  };
  await chat.follow(ID);
  connection.hear(7); // cannot come now, but must not be shown either
  connection.state = 'Connected';
  connection.answers.CatchUp = () => [missed(1, 2, 3, 4, 5, 6)];
  await connection.reconnected();
  assert.deepEqual(shown, [1, 2, 3, 4, 5, 6, 7]);
});

test('what cannot be recovered is loaded anew', async () => {
  const reloads = [];
  const { connection, shown, chat } = follower({
    onReload: async (id, lastSeq) => (reloads.push([id, lastSeq]), { seq: 900, id: 'm900' }),
  });
  connection.answers.CatchUp = () => {
    connection.hear(901);
    return [{ recovered: false, lastSeq: 900, events: [] }];
  };
  await chat.follow(ID, { seq: 3 });
  assert.deepEqual(reloads, [[ID, 900]]);
  assert.deepEqual(shown, [901]);
});

test('a message taken back is told, and the position is proved again', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => [missed(1)];
  await chat.follow(ID);
  connection.handlers.get('MessageDeleted')({ conversationId: ID, messageId: 'm1' });
  assert.deepEqual(shown, [1, 0]);
  assert.deepEqual(connection.calls.at(-1)[0], 'JoinConversation');
});

test('a conversation that is gone is followed no longer', async () => {
  const lost = [];
  const { connection, chat } = follower({ onLost: (id, why) => lost.push([id, codeOf(why)]) });
  connection.answers.JoinConversation = () => {
    throw refusal('not_found');
  };
  await chat.follow(ID);
  assert.deepEqual(lost, [[ID, 'not_found']]);
  assert.equal(chat.position(ID), undefined);
});

test('a store that is away is asked again', async () => {
  const { connection, shown, chat } = follower();
  let tries = 0;
  connection.answers.CatchUp = () => {
    if (++tries < 2) throw refusal('unavailable');
    return [missed(1)];
  };
  await chat.follow(ID);
  assert.deepEqual(shown, [1]);
});

test('unfollow leaves', async () => {
  const { connection, shown, chat } = follower();
  connection.answers.CatchUp = () => [missed(1)];
  await chat.follow(ID);
  await chat.unfollow(ID);
  connection.hear(2);
  assert.deepEqual(shown, [1]);
  assert.equal(connection.called('LeaveConversation').length, 1);
});

test('a send without an answer is repeated under the same id, across a reconnect', async () => {
  const { connection, chat } = follower();
  let tries = 0;
  connection.answers.Send = () => {
    if (++tries > 1) return { messageId: 'm1', seq: 1 };
    connection.state = 'Reconnecting';
    throw new Error('Invocation canceled due to the underlying connection being closed.');
  };
  const sent = chat.send({ conversationId: ID, content: 'hi' });
  await new Promise(setImmediate);
  connection.state = 'Connected';
  await connection.reconnected();
  assert.deepEqual(await sent, { messageId: 'm1', seq: 1 });
  const ids = connection.called('Send').map(([, draft]) => draft.clientMessageId);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
});

for (const code of ['busy', 'unavailable', 'rate_limited', 'unknown'])
  test(`${code} is tried again`, async () => {
    const { connection, chat } = follower();
    let tries = 0;
    connection.answers.Send = () => {
      if (++tries < 2) throw refusal(code);
      return { seq: 1 };
    };
    assert.deepEqual(await chat.send({ conversationId: ID, content: 'hi' }), { seq: 1 });
  });

for (const code of ['forbidden', 'not_found', 'too_long', 'id_conflict'])
  test(`${code} is not`, async () => {
    const { connection, chat } = follower();
    connection.answers.Send = () => {
      throw refusal(code);
    };
    await assert.rejects(chat.send({ conversationId: ID, content: 'hi' }), new RegExp(code));
    assert.equal(connection.called('Send').length, 1);
  });

test('a call that the hub does not understand is not repeated', async () => {
  const { connection, chat } = follower();
  connection.answers.Send = () => {
    throw new Error("Failed to invoke 'Send' due to an error on the server.");
  };
  await assert.rejects(chat.send({ conversationId: ID, content: 1 }), /Failed to invoke/);
});

test('a connection that is closed for good rejects what waits', async () => {
  const { connection, chat } = follower();
  connection.state = 'Reconnecting';
  const sent = chat.send({ conversationId: ID, content: 'hi' });
  connection.closed(undefined);
  await assert.rejects(sent, /closed/);
  connection.state = 'Disconnected';
  await assert.rejects(chat.send({ conversationId: ID, content: 'hi' }), /closed/);
});
