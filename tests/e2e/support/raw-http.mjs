// HTTP as bytes: requests that no client library would send, and what comes back until the end.
import { connect } from 'node:net';
import { deferred, until, withDeadline } from './deadline.mjs';

/// One connection. `answers` are the responses so far: {status, headers, body}.
export class RawHttp {
  /// @param options address (of the client: any of 127.0.0.0/8)
  constructor(server, { address } = {}) {
    this.bytes = Buffer.alloc(0);
    this.answers = [];
    this.closed = deferred();
    this.socket = connect({
      port: server.port, host: '127.0.0.1', localAddress: address, noDelay: true,
    });
    this.socket.on('data', (more) => this.take(more));
    this.socket.on('error', () => {});
    this.socket.on('close', () => this.closed.resolve());
  }

  take(more) {
    this.bytes = Buffer.concat([this.bytes, more]);
    for (let one; (one = firstAnswer(this.bytes)); this.bytes = one.rest) this.answers.push(one);
  }

  send(bytes) {
    this.socket.write(bytes);
    return this;
  }

  /// The answer number `i`, as soon as it is whole.
  async answer(i = 0) {
    await until(() => this.answers.length > i || this.socket.destroyed, `answer ${i}`);
    return this.answers[i];
  }

  /// All answers, once the server has closed.
  async end() {
    await withDeadline(this.closed.promise, 'the server closes');
    return this.answers;
  }

  stop() {
    this.socket.destroy();
  }
}

function firstAnswer(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const size = Number(headers['content-length'] ?? 0);
  if (bytes.length < end + 4 + size) return undefined;
  const body = bytes.subarray(end + 4, end + 4 + size).toString();
  return { status: Number(first.split(' ')[1]), headers, body, rest: bytes.subarray(end + 4 + size) };
}

/// Sends `bytes` and waits until the server has answered and closed.
export async function exchange(server, bytes) {
  const http = new RawHttp(server).send(bytes);
  try {
    return await http.end();
  } finally {
    http.stop();
  }
}

/// A request line and headers, and what follows them, as they are.
export const request = (first, headers = [], body = '') =>
  `${first}\r\n${[...headers, '', ''].join('\r\n')}${body}`;
