// A SignalR client made of a bare TCP socket: it can send what the real client never would, and it
// checks that what comes back is framed as the real client needs it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { decode } from '@msgpack/msgpack';
import { MESSAGING } from './client.mjs';
import { deferred, until, withDeadline } from './deadline.mjs';
import { OPCODE, decodeFrame, encodeFrame } from './frames.mjs';
import { tokenFor } from './tokens.mjs';

const SEPARATOR = '\x1e';
export const HANDSHAKE = record({ protocol: 'json', version: 1 });
export const MESSAGEPACK_HANDSHAKE = record({ protocol: 'messagepack', version: 1 });
const PROTOCOL_ERROR = { type: 7, error: 'Connection closed with an error.', allowReconnect: true };

/// `value` as one hub record.
export function record(value) {
  return JSON.stringify(value) + SEPARATOR;
}

export function invocation(target, args, invocationId, more = {}) {
  return record({
    target,
    arguments: args,
    ...(invocationId !== undefined && { invocationId }),
    ...more,
    type: 1,
  });
}

/// Asks for an upgrade. Answers a socket that is open, or whose `status` says why it is not.
/// @param options path (with query), token (null: none), headers, binary (messagepack is asked for)
export async function openRaw(server, sub, options = {}) {
  const socket = new RawSocket(server, sub, options);
  await withDeadline(socket.answered.promise, 'the upgrade is answered');
  server.clients.add(socket);
  return socket;
}

/// The same, with the SignalR handshake done.
export async function connectRaw(server, sub, options = {}) {
  const socket = await openRaw(server, sub, options);
  assert.equal(socket.status, 101, 'upgraded');
  socket.send(HANDSHAKE);
  assert.deepEqual(await socket.next(), {}, 'handshake response');
  return socket;
}

export class RawSocket {
  constructor(server, sub, { path = MESSAGING, token = tokenFor(sub), headers = {}, binary }) {
    this.server = server;
    this.isBinary = binary ?? false;
    this.records = [];
    this.fragments = [];
    this.answered = deferred();
    this.closed = deferred();
    this.unread = Buffer.alloc(0);
    this.socket = connectTcp({ port: server.port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (bytes) => this.take(bytes));
    this.socket.on('error', () => {});
    this.socket.on('close', () => this.closed.resolve(this.closeCode));
    this.socket.write(upgradeRequest(server, path, token, headers));
  }

  take(bytes) {
    this.unread = Buffer.concat([this.unread, bytes]);
    if (this.status === undefined) this.takeResponse();
    if (this.status === 101) this.takeFrames();
  }

  takeResponse() {
    const end = this.unread.indexOf('\r\n\r\n');
    if (end < 0) return;
    this.head = this.unread.subarray(0, end).toString('latin1');
    this.unread = this.unread.subarray(end + 4);
    this.status = Number(this.head.split(' ')[1]);
    this.answered.resolve();
  }

  takeFrames() {
    for (let found; (found = decodeFrame(this.unread)); this.unread = found.rest) {
      this.takeFrame(found.frame);
    }
  }

  takeFrame({ opcode, payload, fin, isMasked }) {
    if (isMasked) return this.fault('a server must not mask');
    if (opcode === OPCODE.ping) return this.sendFrame(payload, { opcode: OPCODE.pong });
    if (opcode === OPCODE.close) return this.takeClose(payload);
    if (opcode === OPCODE.pong) return undefined;
    if (opcode !== OPCODE.continuation && (opcode === OPCODE.binary) !== this.isBinary)
      return this.fault('json goes out in text frames, messagepack in binary ones');
    this.fragments.push(payload);
    if (!fin) return undefined;
    const message = Buffer.concat(this.fragments.splice(0));
    return this.isBinary ? this.takeBinaryMessage(message) : this.takeMessage(message);
  }

  /// The handshake response, which is JSON always; then records with a length in front. A ping is
  /// kept as an object, so that it is skipped like one of json.
  takeBinaryMessage(bytes) {
    let at = 0;
    if (!this.isShaken) {
      this.isShaken = true;
      at = bytes.indexOf(SEPARATOR) + 1;
      this.records.push(JSON.parse(bytes.subarray(0, at - 1).toString()));
    }
    while (at < bytes.length) {
      let size = 0;
      let shift = 0;
      for (; bytes[at] & 0x80; shift += 7) size |= (bytes[at++] & 0x7f) << shift;
      size |= bytes[at++] << shift;
      if (at + size > bytes.length) return this.fault('a message must end with a record');
      const value = decode(bytes.subarray(at, at + size));
      this.records.push(value[0] === 6 ? { type: 6 } : value);
      at += size;
    }
    return undefined;
  }

  /// The real client has no reassembly: a message must hold whole records (HubProtocol.md of ASP.NET Core).
  takeMessage(payload) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
      if (!text.endsWith(SEPARATOR)) return this.fault('a message must end with a record');
      for (const one of text.slice(0, -1).split(SEPARATOR)) this.records.push(JSON.parse(one));
    } catch (error) {
      this.fault(error.message);
    }
    return undefined;
  }

  takeClose(payload) {
    this.closeCode = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    if (!this.keepsOpen) this.socket.end(encodeFrame(payload, { opcode: OPCODE.close }));
  }

  fault(what) {
    this.broken ??= new Error(`the server broke the framing: ${what}`);
  }

  // -- sending ----------------------------------------------------------------------------------

  /// `payload` as one text message.
  send(payload) {
    this.sendFrame(payload);
  }

  sendFrame(payload, options) {
    this.socket.write(encodeFrame(payload, options));
  }

  sendBytes(bytes) {
    this.socket.write(bytes);
  }

  // -- receiving --------------------------------------------------------------------------------

  /// The next record that is not a ping and not yet taken.
  async next(what = 'a record', within = undefined) {
    await until(() => this.hasNews(), what, within);
    this.check();
    return this.records.shift();
  }

  hasNews() {
    while (this.records[0]?.type === 6) this.records.shift();
    if (this.records.length > 0) return true;
    this.check();
    if (this.socket.destroyed) throw final(new Error(`closed with ${this.closeCode}`));
    return false;
  }

  check() {
    if (this.broken) throw final(this.broken);
  }

  /// The next completion; events that come before it are skipped.
  async completion(what = 'a completion') {
    for (;;) {
      const one = await this.next(what);
      if (one.type === 3) return one;
      assert.notEqual(one.type, 7, `closed instead: ${JSON.stringify(one)}`);
    }
  }

  /// Everything up to and with the Close record, then the end of the transport.
  async untilClosed() {
    const code = await withDeadline(this.closed.promise, 'the transport closes');
    this.check();
    return { records: this.records.splice(0).filter(({ type }) => type !== 6), code };
  }

  async stop() {
    this.server.clients.delete(this);
    this.socket.destroy();
  }
}

/// The end that every malformed record brings (section 7.2).
export async function assertEndsInError(socket) {
  assert.deepEqual(await socket.untilClosed(), { records: [PROTOCOL_ERROR], code: 1000 });
}

const final = (error) => Object.assign(error, { isFinal: true });

function upgradeRequest(server, path, token, headers) {
  const all = {
    host: `127.0.0.1:${server.port}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...(token && { authorization: `Bearer ${token}` }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
