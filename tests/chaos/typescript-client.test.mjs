// The TypeScript client as a program uses it: two people who write while the network and the server go
// away under them. Proves, and what W-02, W-05, W-28 and W-29 ask of the SDK.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { directBetween, newUsers, wholeHistory } from '../e2e/support/chat.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { Proxy } from '../e2e/support/proxy.mjs';
import { startServer } from '../e2e/support/server.mjs';
import { tokenFor } from '../e2e/support/tokens.mjs';
import { clientModule } from '../e2e/support/typescript.mjs';

let sdk;
before(async () => {
  sdk = await clientModule();
});

/// A person with a list on the screen, as a face would hold it.
class Person {
  constructor(server, sub, other, id, outbox) {
    Object.assign(this, { sub, other, id, states: [], faults: [], typing: [] });
    this.timeline = sdk.Timeline.empty;
    this.chat = new sdk.ChatService({
      url: server.url,
      token: () => tokenFor(sub),
      outbox,
      onState: ({ name }) => this.states.push(name),
      onTyping: () => this.typing.push(this.chat.typists.in(id)),
      onEvent: (_, event) => (this.timeline = this.timeline.withEvents(event)),
      onReload: () => assert.fail('nothing was lost'),
      onLost: (_, why) => this.faults.push(why),
      onChange: (message, state) => this.pending(message, state),
      onAck: ({ clientMessageId }, ack) => {
        this.timeline = this.timeline.withAck(clientMessageId, ack);
      },
    });
  }

  async start() {
    await this.chat.joinConversation(this.id);
    this.chat.connect();
    await until(() => this.isConnected, `${this.sub} is connected`);
  }

  get isConnected() {
    return this.chat.state.name === 'connected';
  }
  get texts() {
    return this.timeline.rows.map(({ content }) => content);
  }

  pending({ clientMessageId, content, typedAt, refused }, state) {
    const message = { clientMessageId, content, typedAt, senderId: this.sub };
    this.timeline = this.timeline.withPending({ ...message, pending: { state, ...refused } });
  }
  say(content) {
    return this.chat.send({ conversationId: this.id, content });
  }
  hasAll(count) {
    const { rows } = this.timeline;
    return rows.length === count && rows.every(({ seq }) => seq !== undefined);
  }
}

async function twoPeople(t, { throughProxy = false } = {}) {
  const server = await startServer();
  const proxy = throughProxy ? await Proxy.before(server) : undefined;
  const seen = proxy ? proxy.of(server) : server;
  const [ann, ben] = newUsers('ann', 'ben');
  const id = await directBetween(server, ann, ben);
  const people = [new Person(seen, ann, ben, id), new Person(seen, ben, ann, id)];
  t.after(async () => {
    for (const { chat } of people) await chat.disconnect();
    await proxy?.close();
    await server.dispose();
  });
  for (const one of people) await one.start();
  return { server, proxy, id, people };
}

/// Both hold the stored history: nothing lost, nothing doubled, each one's messages in the order typed.
async function proveEqual({ server, id, people }, perPerson) {
  const total = people.length * perPerson;
  for (const one of people) await until(() => one.hasAll(total), `${one.sub} has all`, 60_000);
  const stored = await wholeHistory(server, people[0].sub, id);
  for (const one of people) {
    assert.deepEqual(
      one.texts,
      stored.map(({ content }) => content),
    );
    assert.deepEqual(one.faults, []);
    const typed = stored
      .filter(({ senderId }) => senderId === one.sub)
      .map(({ content }) => content);
    assert.deepEqual(
      typed,
      Array.from({ length: perPerson }, (_, at) => `${one.sub} ${at}`),
    );
    const keys = one.timeline.rows.map(({ key }) => key);
    assert.equal(new Set(keys).size, total);
  }
}

test('R-131: connect, joinConversation, sendTyping, stopTyping', async (t) => {
  const scene = await twoPeople(t);
  const [ann, ben] = scene.people;
  assert.deepEqual(ann.states, ['connecting', 'catching-up', 'connected']);
  ann.chat.sendTyping(ann.id);
  await until(() => ben.typing.length === 1, 'ben sees ann type');
  ann.chat.stopTyping(ann.id);
  await until(() => ben.typing.length === 2, 'ben sees her stop');
  assert.deepEqual(ben.typing, [[ann.sub], []]);
  ann.chat.sendTyping(ann.id);
  await until(() => ben.typing.length === 3, 'ben sees her type again');
  await ann.say(`${ann.sub} 0`);
  await ben.say(`${ben.sub} 0`);
  await proveEqual(scene, 1);
  assert.deepEqual(ben.chat.typists.in(ben.id), []);
  ben.chat.markRead(ben.id, 2);
  await until(async () => {
    const [first] = await wholeHistory(scene.server, ann.sub, ann.id);
    return first.status === 'Read';
  }, 'her message is read');
  await ann.chat.presence.show([ben.sub]);
  assert.equal(ann.chat.presence.of(ben.sub).online, true);
});

test('W-29: the server is killed under two people who write; both end with the same list', async (t) => {
  const scene = await twoPeople(t);
  const { server, people } = scene;
  const count = 60;
  for (let at = 0; at < count; at += 1) {
    await Promise.all(people.map((one) => one.say(`${one.sub} ${at}`)));
    if (at % 20 === 10) await server.kill9();
    if (at % 20 === 15) {
      await until(() => people.every(({ states }) => states.at(-1) === 'waiting'), 'both wait');
      await server.start();
      for (const { chat } of people) chat.retryNow();
    }
  }
  await proveEqual(scene, count);
  assert.ok(people.every(({ isConnected }) => isConnected));
});

test('W-02: with a network that is cut again and again everything typed is stored once', async (t) => {
  const scene = await twoPeople(t, { throughProxy: true });
  const { proxy, people } = scene;
  const count = 60;
  for (let at = 0; at < count; at += 1) {
    await Promise.all(people.map((one) => one.say(`${one.sub} ${at}`)));
    if (at % 6 === 3) {
      const heard = people.map(({ timeline }) => timeline.segments.at(-1)?.to ?? 0);
      await until(
        () =>
          people.some(({ timeline }, which) => (timeline.segments.at(-1)?.to ?? 0) > heard[which]),
        'something went on',
      );
      proxy.cut();
    }
  }
  await proveEqual(scene, count);
});

test('W-03: what was typed before a page went away is sent by the next one, once', async (t) => {
  const { server, id, people } = await twoPeople(t);
  const [ann] = people;
  await ann.chat.disconnect();
  const kept = new sdk.MemoryOutbox();
  const page = new Person(server, ann.sub, ann.other, id, kept);
  await page.say('typed offline');
  const next = new Person(server, ann.sub, ann.other, id, kept);
  t.after(() => next.chat.disconnect());
  await next.start();
  await until(() => next.hasAll(1), 'it was sent');
  const stored = await wholeHistory(server, ann.sub, id);
  assert.deepEqual(
    stored.map(({ content }) => content),
    ['typed offline'],
  );
  assert.deepEqual(await kept.all(), []);
});
