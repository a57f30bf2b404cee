// What clients may say to a hub: recorded cases, and random ones from a seed.
import { fence, handshake, protocols } from './wire.mjs';

const { json } = protocols;
const text = (value) => Buffer.from(value + '\x1e');
const call = (target, args, invocationId, more = {}) => ({
  type: 1,
  target,
  arguments: args,
  ...(invocationId !== undefined && { invocationId }),
  ...more,
});
const stream = (target, args, invocationId, more) => ({ ...call(target, args, invocationId, more), type: 4 });

/// Sequences of well-formed records. The ids are those that must be answered.
const SEQUENCES = {
  echo: [[call('Echo', ['hello'], '1')], ['1']],
  'echo of everything': [[call('Echo', ['"\\/\b\f\n\r\t\u0001 é 世界 🎈 <&+\'`\u007f\u2028'], '1')], ['1']],
  'echo of null': [[call('Echo', [null], '1')], ['1']],
  'a name in another case': [[call('eCHO', ['x'], '1')], ['1']],
  'an unknown method': [[call('Nothing', [], '1')], ['1']],
  'an unknown method with arguments': [[call('Nothing', ['x'], '1')], ['1']],
  'too few arguments': [[call('Echo', [], '1')], ['1']],
  'too many arguments': [[call('Echo', ['a', 'b'], '1')], ['1']],
  'a number for a text': [[call('Echo', [5], '1')], ['1']],
  'an object for a text': [[call('Echo', [{}], '1')], ['1']],
  'a truth for a text': [[call('Echo', [true], '1')], ['1']],
  'a call that is not answered': [[call('Echo', ['x'])], []],
  'a failing call that is not answered': [[call('ThrowException', ['x'])], []],
  'an exception': [[call('ThrowException', ['An error.'], '1')], ['1']],
  'a hub exception': [[call('ThrowHubException', ['An error.'], '1')], ['1']],
  'an event to the caller': [[call('InvokeWithString', ['hi'], '1')], ['1']],
  'an object': [[call('SendCustomObject', [{ Name: 'n', Value: 5 }], '1')], ['1']],
  'an object that lacks a part': [[call('SendCustomObject', [{ Name: 'n' }], '1')], ['1']],
  'an object with more': [[call('SendCustomObject', [{ Name: 'n', Value: 1, More: [1] }], '1')], ['1']],
  'a text for an object': [[call('SendCustomObject', ['x'], '1')], ['1']],
  'calls in order': [[1, 2, 3, 4].map((i) => call('Echo', [`${i}`], `${i}`)), ['1', '2', '3', '4']],
  'a stream': [[stream('Stream', [], '1')], ['1']],
  'a stream of nothing': [[stream('EmptyStream', [], '1')], ['1']],
  'a stream that throws': [[stream('StreamThrowException', ['An error.'], '1')], ['1']],
  'a streaming method invoked': [[call('Stream', [], '1')], ['1']],
  'a streaming method invoked with arguments': [[call('Stream', ['x'], '1')], ['1']],
  'a plain method streamed': [[stream('Echo', ['x'], '1')], ['1']],
  'an unknown method streamed': [[stream('Nothing', [], '1')], ['1']],
  'a stream with an argument too many': [[stream('Stream', ['x'], '1')], ['1']],
  'a stream cancelled': [[stream('InfiniteStream', [], '1'), { type: 5, invocationId: '1' }], ['1']],
  'the id of a running stream': [
    [stream('InfiniteStream', [], '1'), stream('InfiniteStream', [], '1'), { type: 5, invocationId: '1' }],
    ['1'],
  ],
  'a cancel of nothing': [[{ type: 5, invocationId: '9' }], []],
  'a stream item for nothing': [[{ type: 2, invocationId: '9', item: 'x' }], []],
  'a stream end for nothing': [[{ type: 3, invocationId: '9' }], []],
  'an upload': [
    [
      call('StreamingConcat', [], '1', { streamIds: ['u'] }),
      { type: 2, invocationId: 'u', item: 'a' },
      { type: 2, invocationId: 'u', item: 'b' },
      { type: 3, invocationId: 'u' },
    ],
    ['1'],
  ],
  'an upload that fails': [
    [
      call('StreamingConcat', [], '1', { streamIds: ['u'] }),
      { type: 2, invocationId: 'u', item: 'a' },
      { type: 3, invocationId: 'u', error: 'Something bad' },
    ],
    ['1'],
  ],
  'an upload of the wrong kind': [
    [
      call('StreamingConcat', [], '1', { streamIds: ['u'] }),
      { type: 2, invocationId: 'u', item: 5 },
      { type: 3, invocationId: 'u' },
    ],
    ['1'],
  ],
  'a stream without an id': [[stream('Echo', []), call('Echo', ['x'], '1')], ['1']],
  'an upload too many': [[call('Echo', ['x'], '1', { streamIds: ['u'] })], ['1']],
  'an upload that lacks its stream': [[call('StreamingConcat', [], '1')], ['1']],
  'a call between uploads': [
    [
      call('StreamingConcat', [], '1', { streamIds: ['u'] }),
      call('Echo', ['x'], '2'),
      { type: 2, invocationId: 'u', item: 'a' },
      call('Echo', ['y'], '3'),
      { type: 3, invocationId: 'u' },
    ],
    ['1', '2', '3'],
  ],
  pings: [[{ type: 6 }, { type: 6 }], []],
  'a goodbye': [[call('Echo', ['x'], '1'), { type: 7 }, call('Echo', ['y'], '2')], []],
  'a goodbye with an error': [[{ type: 7, error: 'why' }], []],
  'records of stateful reconnect': [[{ type: 8, sequenceId: 1 }, { type: 9, sequenceId: 1 }], []],
};

/// JSON records that are not well formed, or whose values are out of the ordinary.
const JSON_RECORDS = [
  '', 'x', '[]', '{', '{}', 'null', '"x"', '{"type":null}', '{"type":"1"}', '{"type":1.5}', '{"type":1}',
  '{"type":1,"target":"Echo"}', '{"type":1,"arguments":[]}', '{"type":1,"target":"","arguments":[]}',
  '{"type":1,"target":5,"arguments":[]}', '{"type":1,"target":"Nothing","arguments":{}}',
  '{"type":1,"target":"Nothing","arguments":null}',
  '{"type":1,"target":"Echo","arguments":["x"],"invocationId":1}',
  '{"type":1,"target":"Echo","arguments":["x"],"streamIds":[1]}',
  '{"type":1,"target":"Echo","arguments":["x"],"streamIds":"u"}',
  '{"type":1,"target":"Echo","arguments":["x"],"headers":{"a":1}}',
  '{"type":1,"target":"Echo","arguments":["x"],"headers":[]}',
  '{"type":1,"target":"Echo","arguments":["x"],}', '{"type":1,"target":"Echo","arguments":["x",]}',
  '{"type":1,"target":"Echo","arguments":["x"]} x', '{"type":6}{"type":6}', '{"type":6} ', ' {"type":6}',
  '{/**/"type":6}', '{"type":06}', '{"type":6,"x":1e400}', '{"type":6,"x":\'\'}',
  '{"type":2}', '{"type":2,"invocationId":"1"}', '{"type":2,"item":1}', '{"type":3}',
  '{"type":3,"invocationId":"1","error":"e","result":1}', '{"type":3,"invocationId":"1","error":5}',
  '{"type":4,"target":"Stream","arguments":[]}', '{"type":5}', '{"type":8}', '{"type":9}',
  '{"type":8,"sequenceId":"1"}', '{"type":7,"error":5}', '{"type":7,"allowReconnect":1}',
  '{"type":1,"target":"Echo","arguments":["x"],"invocationId":"1","invocationId":"2"}',
  '{"type":1,"type":6}', '{"arguments":["x"],"target":"Echo","invocationId":"1","type":1}',
  '{"arguments":["x"],"invocationId":"1","type":1,"target":"Echo","unknown":{"a":[1,2,{}]}}',
  '{"type":1,"target":"Echo","arguments":["\\ud800"],"invocationId":"1"}',
  '{"type":1,"target":"Echo","arguments":["\\ud83c\\udf88"],"invocationId":"1"}',
  '{"type":1,"target":"Echo","arguments":["a\\u0000b"],"invocationId":"1"}',
  '{"type":1,"target":"Echo","arguments":["x"],"invocationId":"é世界"}',
  `{"type":6,"x":${'['.repeat(63)}${']'.repeat(63)}}`, `{"type":6,"x":${'['.repeat(64)}${']'.repeat(64)}}`,
  '{"type":1,"target":"SendCustomObject","arguments":[{"name":"n","VALUE":3}],"invocationId":"1"}',
  '{"type":1,"target":"SendCustomObject","arguments":[{"Name":"n","Value":1.5}],"invocationId":"1"}',
  '{"type":1,"target":"SendCustomObject","arguments":[{"Name":5}],"invocationId":"1"}',
  '{"TYPE":6}', '{"hype":2,"invocationId":"x","item":"a"}',
];

const HANDSHAKES = {
  'an unknown protocol': '{"protocol":"xml","version":1}',
  'a version of the future': '{"protocol":"json","version":99}',
  'version 2': '{"protocol":"json","version":2}',
  'version 0': '{"protocol":"json","version":0}',
  'no version': '{"protocol":"json"}',
  'no protocol': '{"version":1}',
  'a version of text': '{"protocol":"json","version":"1"}',
  'more than is needed': '{"version":1,"x":{},"protocol":"json"}',
  'a type beside what is needed': '{"type":6,"protocol":"json","version":1}',
  'no JSON': 'hello',
  nothing: '',
  'an invocation first': '{"type":1,"target":"Echo","arguments":["x"],"invocationId":"1"}',
  'a protocol in another case': '{"protocol":"JSON","version":1}',
};

const ping = (size) => `{"type":6,"pad":"${'x'.repeat(size - 20)}"}`;

/// A case of bytes.
const raw = (name, parts) => ({
  name,
  protocol: json,
  chunks: [Buffer.concat([handshake(json), ...parts, fence(json)])],
});

/// A case of records, which can be said in either protocol.
const said = (name, messages, awaited, cut = (bytes) => [bytes]) =>
  inProtocol({ name, messages, awaited, cut }, json);

/// The same case in another protocol.
export const inProtocol = (one, protocol) => ({
  ...one,
  protocol,
  chunks: one.cut(
    Buffer.concat([handshake(protocol), ...one.messages.map(protocol.write), fence(protocol)]),
  ),
});

export function recorded() {
  const all = Object.entries(SEQUENCES).map(([name, [messages, awaited]]) => said(name, messages, awaited));
  for (const record of JSON_RECORDS) all.push(raw(`the record ${record.slice(0, 90)}`, [text(record)]));
  for (const bad of ['\xff', '\xed\xa0\x80', '\xc0\x80']) {
    const bytes = Buffer.from(`{"type":6,"x":"${bad}"}\x1e`, 'latin1');
    all.push(raw(`bytes ${Buffer.from(bad, 'latin1').toString('hex')}`, [bytes]));
  }
  for (const size of [32_767, 32_768, 32_769, 40_000])
    all.push(raw(`a record of ${size} bytes`, [text(ping(size))]));
  for (const [name, record] of Object.entries(HANDSHAKES))
    all.push({
      name: `handshake: ${name}`,
      protocol: json,
      chunks: [Buffer.concat([text(record), fence(json)])],
    });
  return all;
}

// -- random -----------------------------------------------------------------------------------------

/// mulberry32
export function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, pick: (from) => from[below(from.length)], chance: (p) => next() < p };
}

const ALPHABET = ['a', 'Z', '0', ' ', '"', '\\', '/', 'é', '世', '🎈', '\n', '<', '\u2028', '{', ']'];

function randomMessages(random, id) {
  const word = () => Array.from({ length: random.below(12) }, () => random.pick(ALPHABET)).join('');
  return random.pick([
    () => [[call('Echo', [word()], id)], [id]],
    () => [[call('Echo', [random.pick([1, null, true, {}, [], 'x'])], id)], [id]],
    () => [[call(random.pick(['Echo', 'Stream', 'Nothing', 'ThrowException']), [word()].slice(random.below(2)), id)], [id]],
    () => [[stream(random.pick(['Stream', 'EmptyStream', 'Echo', 'Nothing']), [], id)], [id]],
    () => [[call('ThrowHubException', [word()], id)], [id]],
    () => [[call('InvokeWithString', [word()])], []],
    () => [[{ type: 6 }], []],
    () => [[{ type: random.pick([2, 3, 5]), invocationId: `none-${id}`, item: word() }], []],
    () => [
      [
        call('StreamingConcat', [], id, { streamIds: [`u${id}`] }),
        ...Array.from({ length: random.below(4) }, () => ({ type: 2, invocationId: `u${id}`, item: word() })),
        { type: 3, invocationId: `u${id}` },
      ],
      [id],
    ],
  ])();
}

/// One byte changed, left out or put in.
function mutated(bytes, random) {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  switch (random.below(3)) {
    case 0:
      copy[at] = random.below(256);
      return copy;
    case 1:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1)]);
    default:
      return Buffer.concat([copy.subarray(0, at), Buffer.from([random.below(256)]), copy.subarray(at)]);
  }
}

/// ASP.NET Core reads a record of an unknown type again and again for ever: that one is not sent.
function stallsTheReference(bytes) {
  return bytes
    .toString('latin1')
    .split('\x1e')
    .some((part) => {
      const found = [...part.matchAll(/"type"\s*:\s*(-?\d+)/g)].at(-1);
      return found && !(found[1] >= 1 && found[1] <= 9);
    });
}

function split(bytes, random) {
  const chunks = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random.chance(0.3) ? 1 : 1 + random.below(60);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

export function randomCase(seed) {
  const random = generator(seed);
  const messages = [];
  const awaited = [];
  const runsBeside = ({ type, streamIds }) => type === 4 || streamIds !== undefined;
  for (let i = 0, count = 1 + random.below(6); i < count; ++i) {
    const [some, ids] = randomMessages(random, `r${i}`);
    messages.push(...some);
    awaited.push(...ids);
  }
  const cut = (bytes) => split(bytes, generator(seed));
  if (random.chance(0.6)) return said(`seed ${seed}`, messages, awaited, cut);
  const parts = messages.map(json.write);
  const which = random.below(parts.length);
  const changed = mutated(parts[which], random);
  if (stallsTheReference(changed)) return said(`seed ${seed}`, messages, awaited, cut);
  parts[which] = changed;
  const bytes = Buffer.concat([handshake(json), ...parts, fence(json)]);
  const beside = messages.filter(runsBeside).map(({ invocationId }) => invocationId);
  return { name: `seed ${seed}, mutated`, protocol: json, chunks: cut(bytes), awaited, beside };
}
