// One case on one server: bytes in over a bare WebSocket, records out.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../e2e/package.json', import.meta.url));
const WebSocket = require('ws');
const { decodeMulti, encode } = require('@msgpack/msgpack');

const SEPARATOR = '\x1e';
export const FENCE = 'fence';

/// A record of each hub protocol from the fields that both have.
export const protocols = {
  json: { name: 'json', write: (message) => Buffer.from(JSON.stringify(message) + SEPARATOR), read: readJson },
  messagepack: { name: 'messagepack', write: (message) => framed(encode(asArray(message))), read: readMessagePack },
};

export const handshake = (protocol) =>
  Buffer.from(JSON.stringify({ protocol: protocol.name, version: 1 }) + SEPARATOR);

export const fence = (protocol) =>
  protocol.write({ type: 1, target: 'Echo', arguments: ['fence'], invocationId: FENCE });

function asArray({ type, invocationId = null, target, arguments: args, streamIds, ...more }) {
  switch (type) {
    case 1:
    case 4:
      return [type, {}, invocationId, target, args, ...(streamIds ? [streamIds] : [])];
    case 2:
      return [2, {}, invocationId, more.item];
    case 3:
      if (more.error !== undefined) return [3, {}, invocationId, 1, more.error];
      return more.result === undefined ? [3, {}, invocationId, 2] : [3, {}, invocationId, 3, more.result];
    case 5:
      return [5, {}, invocationId];
    case 7:
      return [7, more.error ?? null];
    default:
      return more.sequenceId === undefined ? [type] : [type, more.sequenceId];
  }
}

function framed(body) {
  const prefix = [];
  let length = body.length;
  for (; length >= 0x80; length >>>= 7) prefix.push((length & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...prefix, length]), body]);
}

function readJson(bytes) {
  const texts = bytes.toString().split(SEPARATOR);
  if (texts.pop() !== '') throw new Error('a record without its end');
  return texts.map((text) => JSON.parse(text));
}

/// Records as objects with the names that JSON has; headers are left out.
function readMessagePack(bytes) {
  const records = [];
  for (let at = 0; at < bytes.length; ) {
    let size = 0;
    let shift = 0;
    for (; bytes[at] & 0x80; shift += 7) size |= (bytes[at++] & 0x7f) << shift;
    size |= bytes[at++] << shift;
    const [value] = decodeMulti(bytes.subarray(at, at + size));
    records.push(asObject(value));
    at += size;
  }
  return records;
}

function asObject([type, ...rest]) {
  switch (type) {
    case 1:
      return { type, invocationId: rest[1], target: rest[2], arguments: rest[3] };
    case 2:
      return { type, invocationId: rest[1], item: rest[2] };
    case 3:
      return { type, invocationId: rest[1], ...[{ error: rest[3] }, {}, { result: rest[3] }][rest[2] - 1] };
    case 7:
      return { type, error: rest[0] ?? undefined, allowReconnect: rest[1] || undefined };
    default:
      return { type };
  }
}

/// Sends a case's chunks and gathers what comes until the connection closes, or until the fence and
/// everything in `awaited` is answered.
/// @returns {Promise<{handshake: string, records: object[], code: number | null, late: boolean}>}
///          code null: still open; late: not everything came in time
export function drive(url, { protocol, chunks, awaited = [] }, withinMs) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/testhub`, { perMessageDeflate: false });
    const state = { handshake: undefined, records: [], code: null, late: false };
    const missing = new Set([FENCE, ...awaited]);
    const finish = () => {
      clearTimeout(timer);
      socket.removeAllListeners('message');
      socket.removeAllListeners('close');
      socket.terminate();
      resolve(state);
    };
    const timer = setTimeout(() => {
      state.late = true;
      finish();
    }, withinMs);
    socket.on('open', () => {
      for (const chunk of chunks) socket.send(chunk, { binary: true });
    });
    socket.on('message', (data) => {
      take(Buffer.from(data), protocol, state);
      for (const one of state.records) if (one.type === 3) missing.delete(one.invocationId);
      if (missing.size === 0) finish();
    });
    socket.on('close', (code) => {
      state.code = code;
      finish();
    });
    socket.on('error', (error) => (socket.readyState === WebSocket.CONNECTING ? reject(error) : finish()));
  });
}

/// The handshake's answer is JSON always, and records may follow it in one frame.
function take(bytes, protocol, state) {
  if (state.handshake === undefined) {
    const end = bytes.indexOf(SEPARATOR) + 1;
    state.handshake = bytes.subarray(0, end - 1).toString();
    bytes = bytes.subarray(end);
  }
  if (bytes.length > 0) state.records.push(...protocol.read(bytes).filter(({ type }) => type !== 6));
}
