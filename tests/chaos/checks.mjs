// The promises, proved from what senders, observers and history say.
import assert from 'node:assert/strict';
import { wholeHistory } from '../e2e/support/chat.mjs';

/// Ends the load and proves: acknowledged sends are in history once, as acknowledged; refused ones
/// are not; unanswered ones are after a retry, once; seq has no gap; observers hold the same.
/// @returns figures for the log
export async function proveAll({ server, id, senders, observers }) {
  await Promise.all(senders.map((sender) => sender.stop()));
  const unanswered = senders.flatMap(({ sends }) =>
    sends.filter(({ ack, refused }) => !ack && !refused),
  );
  for (const sender of senders) await sender.settle();
  const stored = await wholeHistory(server, senders[0].sub, id);
  const sends = senders.flatMap((sender) => sender.sends);
  proveSends(sends, stored);
  proveDense(stored);
  for (const observer of observers) await proveSeen(observer, stored);
  return {
    sends: sends.length,
    stored: stored.length,
    unanswered: unanswered.length,
    refused: sends.filter(({ refused }) => refused).length,
  };
}

function proveSends(sends, stored) {
  const byContent = grouped(stored);
  for (const { content, ack, refused } of sends) {
    const rows = byContent.get(content) ?? [];
    assert.equal(
      rows.length,
      ack ? 1 : 0,
      `${content} (${ack ? 'acknowledged' : refused}) is stored`,
    );
    if (ack) assert.deepEqual([rows[0].id, rows[0].seq], [ack.messageId, ack.seq], content);
  }
  assert.equal(stored.length, sends.filter(({ ack }) => ack).length, 'nothing else is stored');
}

function grouped(stored) {
  const groups = new Map();
  for (const row of stored) groups.set(row.content, [...(groups.get(row.content) ?? []), row]);
  return groups;
}

function proveDense(stored) {
  const seqs = stored.map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, i) => seqs[0] + i),
    'seq is dense',
  );
}

async function proveSeen(observer, stored) {
  const seen = await observer.settled(stored.length);
  const held = new Set(seen.map(([, id]) => id));
  const missing = stored.filter(({ id }) => !held.has(id)).map(({ seq }) => seq);
  const { sub, faults, resumes } = observer;
  assert.deepEqual(
    { missing, faults },
    { missing: [], faults: [] },
    JSON.stringify({ sub, resumes }),
  );
  assert.deepEqual(
    seen,
    stored.map(({ seq, id }) => [seq, id]),
    `${sub} holds the history`,
  );
}
