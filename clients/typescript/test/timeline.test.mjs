// The list of one conversation, whatever order its parts come in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stretchOf } from '../dist/stretch.js';
import { Timeline } from '../dist/timeline.js';

const ME = 'ann';
const timeOf = (at) => new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString();
const stored = (seq, more = {}) => ({
  id: `m${seq}`,
  seq,
  senderId: 'ben',
  content: `text ${seq}`,
  status: 'Sent',
  createdAt: timeOf(seq),
  deliveredAt: null,
  readAt: null,
  ...more,
});
const received = (seq, more = {}) => {
  const { id: messageId, deliveredAt: _, readAt: __, ...data } = stored(seq, more);
  return { event: 'MessageReceived', seq, data: { ...data, messageId } };
};
const edited = (seq, target, content, editedAt = timeOf(seq)) => ({
  event: 'MessageEdited',
  seq,
  data: { messageId: `m${target}`, content, editedAt, seq },
});
const deleted = (seq, target) => ({
  event: 'MessageDeleted',
  seq,
  data: { messageId: `m${target}`, seq },
});
const typed = (id, state = 'waiting') => ({
  clientMessageId: id,
  senderId: ME,
  content: `typed ${id}`,
  typedAt: timeOf(99),
  pending: { state },
});
const seqs = ({ rows }) => rows.map(({ seq }) => seq);
const texts = ({ rows }) => rows.map(({ content }) => content);

test('rows are in the order of seq, each once, however often they are heard', () => {
  const events = [received(3), received(1), received(2), received(3)];
  assert.deepEqual(seqs(Timeline.empty.withEvents(...events).withEvents(received(1))), [1, 2, 3]);
});

test('a timeline is a value: what was answered before stays as it was', () => {
  const before = Timeline.empty.withEvents(received(1));
  before.withEvents(edited(2, 1, 'other'), received(3));
  assert.deepEqual(texts(before), ['text 1']);
  assert.equal(before.rows, before.rows);
});

test('pending rows stand below, in the order typed, whatever the clocks say', () => {
  const timeline = Timeline.empty
    .withPending(typed('a'))
    .withPending(typed('b'))
    .withEvents(received(1))
    .withPending(typed('a', 'sending'));
  assert.deepEqual(texts(timeline), ['text 1', 'typed a', 'typed b']);
  assert.deepEqual(timeline.rows[1].pending, { state: 'sending' });
});

test('an acknowledged row keeps its key, whether its event came before or behind the answer', () => {
  const ack = { messageId: 'm7', seq: 7, createdAt: timeOf(7) };
  const event = received(7, { senderId: ME, content: 'typed a' });
  const pending = Timeline.empty.withPending(typed('a', 'sending'));
  for (const done of [
    pending.withAck('a', ack),
    pending.withAck('a', ack).withEvents(event),
    pending.withEvents(event).withAck('a', ack),
    pending.withAck('a', ack).withPending(typed('a', 'sending')),
  ]) {
    assert.deepEqual(
      done.rows.map(({ key, seq, content, pending: left }) => [key, seq, content, left]),
      [['a', 7, 'typed a', undefined]],
    );
    assert.deepEqual(done.segments, [{ from: 7, to: 7 }]);
  }
});

test('W-05: an own event that comes before the answer ends the pending row, under its key', () => {
  const pending = Timeline.empty.withPending(typed('a', 'sending'));
  const own = received(1, { senderId: ME, clientMessageId: 'a' });
  const heard = pending.withEvents(own);
  assert.deepEqual(heard.rows.map(({ key, seq, pending }) => [key, seq, pending]), [['a', 1, undefined]]);
  const answered = heard.withAck('a', { messageId: 'm1', seq: 1, createdAt: timeOf(1) });
  assert.deepEqual(answered.rows.map(({ key }) => key), ['a']);
  assert.equal(Timeline.empty.withEvents(own).withPending(typed('a')).rows.length, 1);
});

test('a message that was not sent goes without a trace', () => {
  const timeline = Timeline.empty.withPending(typed('a')).withoutPending('a');
  assert.deepEqual(timeline.rows, []);
});

test('an edit that comes before its message, and a page that is older than an edit, change nothing twice', () => {
  const late = Timeline.empty.withEvents(
    edited(5, 1, 'second'),
    edited(4, 1, 'first'),
    received(1),
  );
  assert.deepEqual(texts(late), ['second']);
  const stale = late.withPage({ messages: [stored(1)], from: 1, to: 1 });
  assert.deepEqual(texts(stale), ['second']);
  const newer = stored(1, { content: 'third', editedAt: timeOf(6) });
  const page = late.withPage({ messages: [newer], from: 1, to: 6 });
  assert.deepEqual(texts(page.withEvents(edited(5, 1, 'second'))), ['third']);
});

test('of two edits within one millisecond the one with the greater seq counts', () => {
  const edits = [edited(4, 1, 'first', timeOf(9)), edited(5, 1, 'second', timeOf(9))];
  for (const order of [edits, edits.toReversed()])
    assert.deepEqual(texts(Timeline.empty.withEvents(received(1), ...order)), ['second']);
});

test('a deleted message shows its place and nothing else', () => {
  const files = [{ id: 'f', fileName: 'a.png', contentType: 'image/png', size: 1, url: '/x' }];
  const timeline = Timeline.empty.withEvents(received(1, { attachments: files }), deleted(2, 1));
  const [row] = timeline.withPage({ messages: [stored(1)], from: 1, to: 1 }).rows;
  assert.equal(row.isDeleted, true);
  assert.equal(row.content, '');
  assert.equal(row.attachments, undefined);
});

test('a message taken back goes, its seq is unknown again, and it may come back under another', () => {
  const shown = Timeline.empty.withEvents(received(1), received(2), received(3));
  const back = { event: 'MessageDeleted', seq: 0, data: { messageId: 'm2' } };
  const without = shown.withEvents(back);
  assert.deepEqual(seqs(without), [1, 3]);
  assert.deepEqual(without.segments, [
    { from: 1, to: 1 },
    { from: 3, to: 3 },
  ]);
  const again = received(4, { id: 'm2', content: 'text 2' });
  assert.deepEqual(texts(without.withEvents(again)), ['text 1', 'text 3', 'text 2']);
  assert.deepEqual(seqs(shown.withEvents(again)), [1, 3, 4]);
});

test('what is known is told in segments, and a gap as a gap', () => {
  const page = (from, to) => ({ messages: [], from, to });
  const timeline = Timeline.empty.withPage(page(10, 20)).withPage(page(30, 40));
  assert.deepEqual(timeline.segments, [
    { from: 10, to: 20 },
    { from: 30, to: 40 },
  ]);
  assert.deepEqual(timeline.withPage(page(21, 29)).segments, [{ from: 10, to: 40 }]);
  assert.deepEqual(timeline.withPage(page(5, 4)).segments, timeline.segments);
});

test('pages tell how far they reach: to the question, to the end, or to their last message', () => {
  const messages = [stored(11), stored(15)];
  const reach = (asked, hasMore, lastSeq) => {
    const { from, to } = stretchOf(asked, { messages, hasMore }, lastSeq);
    return [from, to];
  };
  assert.deepEqual(reach({}, true, 17), [11, 17]);
  assert.deepEqual(reach({}, false), [1, 15]);
  assert.deepEqual(reach({ before: 20 }, true), [11, 19]);
  assert.deepEqual(reach({ before: 20 }, false), [1, 19]);
  assert.deepEqual(reach({ after: 8 }, true, 30), [9, 15]);
  assert.deepEqual(reach({ after: 8 }, false, 16), [9, 16]);
  assert.deepEqual(reach({ around: 12 }, true), [11, 15]);
  assert.deepEqual(stretchOf({ before: 5 }, { messages: [], hasMore: false }).from, 1);
});

test('a message is read when everybody else has read it, and cursors never move back', () => {
  const timeline = Timeline.empty
    .withEvents(received(5))
    .withCursor('ben', { read: 5 })
    .withCursor('cem', { delivered: 6 })
    .withCursor('ben', { read: 2 });
  const [row] = timeline.rows;
  assert.equal(timeline.statusOf(row, ['ben']), 'Read');
  assert.equal(timeline.statusOf(row, ['ben', 'cem']), 'Delivered');
  assert.equal(timeline.statusOf(row, ['ben', 'dan']), 'Sent');
  assert.equal(timeline.statusOf({ ...row, status: 'Delivered' }, ['dan']), 'Delivered');
});

test('what is far away is forgotten, what is pending is not', () => {
  const timeline = Timeline.empty
    .withEvents(...[1, 2, 3, 4].map((seq) => received(seq)))
    .withPending(typed('a'));
  const kept = timeline.keeping(2, 3);
  assert.deepEqual(texts(kept), ['text 2', 'text 3', 'typed a']);
  assert.deepEqual(kept.segments, [{ from: 2, to: 3 }]);
  assert.deepEqual(texts(timeline.forgotten()), ['typed a']);
});

// -- any interleaving ------------------------------------------------------------------------------

/// A conversation as it happened: what stood in it after each entry.
function historyOf(script) {
  const messages = new Map();
  const events = [];
  const states = [[]];
  script.forEach(({ kind, pick, own }, index) => {
    const seq = index + 1;
    const alive = [...messages.values()].filter(({ deletedAt }) => !deletedAt);
    const target = alive[pick % Math.max(1, alive.length)];
    if (kind === 'other') events.push({ event: 'TitleChanged', seq, data: {} });
    else if (kind === 'post' || !target) {
      const message = stored(seq, own ? { senderId: ME, content: `typed own${seq}` } : {});
      messages.set(message.id, message);
      events.push(received(seq, message));
    } else if (kind === 'edit') {
      const change = { content: `edit ${seq}`, editedAt: timeOf(seq) };
      messages.set(target.id, { ...target, ...change });
      events.push(edited(seq, target.seq, change.content));
    } else {
      messages.set(target.id, { ...target, content: '', deletedAt: timeOf(seq) });
      events.push(deleted(seq, target.seq));
    }
    states.push([...messages.values()]);
  });
  return { events, states };
}

const entry = fc.record({
  kind: fc.constantFrom('post', 'post', 'edit', 'edit', 'delete', 'other'),
  pick: fc.nat(20),
  own: fc.boolean(),
});

/// What a client does with it: each is a function of a timeline.
function stepsOf({ events, states }, cuts) {
  const own = events.filter(
    ({ event, data }) => event === 'MessageReceived' && data.senderId === ME,
  );
  const sends = own.flatMap(({ seq, data }) => [
    (timeline) => timeline.withPending(typed(`own${seq}`, 'sending')),
    (timeline) => timeline.withAck(`own${seq}`, { ...data, messageId: data.messageId }),
  ]);
  const pages = cuts.map(({ time, from, size }) => {
    const at = time % states.length;
    const to = Math.min(at, from + size);
    const messages = states[at].filter(({ seq }) => from <= seq && seq <= to);
    return (timeline) => timeline.withPage({ messages, from, to });
  });
  const live = events.map((event) => (timeline) => timeline.withEvents(event));
  return [...live, ...sends, ...pages];
}

test('any interleaving of pages, events, catch-up, answers and repeats ends in the same list', () => {
  const cut = fc.record({
    time: fc.nat(20),
    from: fc.integer({ min: 1, max: 15 }),
    size: fc.nat(15),
  });
  const property = fc.property(
    fc.array(entry, { minLength: 1, maxLength: 14 }),
    fc.array(cut, { maxLength: 4 }),
    fc.infiniteStream(fc.nat()),
    (script, cuts, random) => {
      const history = historyOf(script);
      const steps = stepsOf(history, cuts);
      const shuffled = [...steps, ...steps.slice(0, 5)]
        .map((step) => [random.next().value, step])
        .sort(([a], [b]) => a - b)
        .map(([, step]) => step);
      const end = shuffled.reduce((timeline, step) => step(timeline), Timeline.empty);
      const shape = ({ messageId, seq, content, isDeleted, editedAt, key, pending }) => ({
        messageId,
        seq,
        content,
        isDeleted,
        editedAt,
        key,
        pending,
      });
      const truth = history.states.at(-1).map((message) => {
        const isDeleted = message.deletedAt !== undefined;
        const key = message.senderId === ME ? `own${message.seq}` : message.id;
        const editedAt = isDeleted ? undefined : message.editedAt;
        const { id: messageId, seq, content } = message;
        return { messageId, seq, content, isDeleted, editedAt, key, pending: undefined };
      });
      assert.deepEqual(end.rows.map(shape), truth);
      assert.deepEqual(end.segments, [{ from: 1, to: script.length }]);
    },
  );
  fc.assert(property, { numRuns: 10_000 });
});

test('what happened between messages is known by pages and by events, each once, and by its seq', () => {
  const change = (seq, event, data = {}) => ({ event, seq, data });
  const page = stretchOf(
    { before: 9 },
    {
      messages: [],
      hasMore: false,
      changes: [change(2, 'ParticipantsAdded'), change(1, 'ConversationCreated')],
    },
  );
  const line = Timeline.empty
    .withEvents(change(8, 'TitleChanged', { title: 'Crew' }), change(9, 'MessageDeleted'))
    .withPage(page)
    .withEvents(change(2, 'ParticipantsAdded'));
  assert.deepEqual(
    line.notices.map(({ seq, event }) => [seq, event]),
    [
      [2, 'ParticipantsAdded'],
      [8, 'TitleChanged'],
    ],
  );
  assert.deepEqual(line.keeping(5, 9).notices.length, 1);
  assert.deepEqual(line.forgotten().notices, []);
});
