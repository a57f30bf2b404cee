// Server-Sent Events and long polling as bare HTTP: what the tests of both send, and what comes.
import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import { after } from 'node:test';
import { MESSAGING } from './client.mjs';
import { until, withDeadline } from './deadline.mjs';
import { HANDSHAKE } from './raw.mjs';
import { tokenFor } from './tokens.mjs';

export const EVENT_STREAM = { accept: 'text/event-stream' };
export const SEPARATOR = '\x1e';

/// @param server says which one it is at the moment
export function bareTransports(server) {
  const agent = new Agent({ keepAlive: true });
  after(() => agent.destroy());

  /// @returns {answer: promise of {status, headers, body}, abort(), onData}
  function exchange(method, id, { sub, body, headers = {}, path = MESSAGING, onData } = {}) {
    const url = `${server().url}${path}${id === undefined ? '' : `?id=${id}`}`;
    const authorization = sub ? { authorization: `Bearer ${tokenFor(sub)}` } : {};
    const request = httpRequest(url, { method, agent, headers: { ...authorization, ...headers } });
    const answer = new Promise((done, fail) => {
      request.once('error', fail);
      request.once('response', (response) => {
        const head = { status: response.statusCode, headers: response.headers };
        const parts = [];
        response.on('data', (part) => (parts.push(part), onData?.(head, Buffer.concat(parts))));
        response.once('error', () => done({ ...head, body: Buffer.concat(parts).toString() }));
        response.once('end', () => done({ ...head, body: Buffer.concat(parts).toString() }));
      });
    });
    answer.catch(() => {});
    request.end(body);
    return { answer, abort: () => request.destroy() };
  }

  const call = (method, id, options) =>
    withDeadline(exchange(method, id, options).answer, `${method} is answered`);
  const status = async (...args) => (await call(...args)).status;

  async function negotiate(sub) {
    const { body } = await call('POST', undefined, {
      sub,
      path: `${MESSAGING}/negotiate?negotiateVersion=1`,
    });
    return JSON.parse(body);
  }

  const tokenOf = async (sub) => (await negotiate(sub)).connectionToken;
  const records = (body) => body.split(SEPARATOR).slice(0, -1).map((text) => JSON.parse(text));

  /// The records that a poll brings; a connection that is over brings none for ever.
  async function polled(id, sub) {
    const { status: code, body } = await call('GET', id, { sub });
    assert.equal(code, 200);
    return records(body);
  }

  /// A long-polling connection with its handshake done.
  async function polling(sub) {
    const id = await tokenOf(sub);
    assert.deepEqual([await status('GET', id, { sub }), await poll0(id, sub)], [200, [{}]]);
    return id;
  }
  async function poll0(id, sub) {
    const poll = exchange('GET', id, { sub });
    assert.equal(await status('POST', id, { sub, body: HANDSHAKE }), 200);
    return records((await poll.answer).body);
  }

  /// An event stream. `events()`: the payloads so far.
  async function streaming(sub, first = HANDSHAKE, headers = {}) {
    const id = await tokenOf(sub);
    const seen = { id, text: '' };
    const onData = (head, bytes) => Object.assign(seen, { ...head, text: bytes.toString() });
    seen.exchange = exchange('GET', id, { sub, headers: { ...EVENT_STREAM, ...headers }, onData });
    seen.events = () =>
      seen.text
        .split('\r\n\r\n')
        .filter((event) => event.startsWith('data: '))
        .map((event) => event.slice('data: '.length));
    seen.records = () => seen.events().flatMap(records);
    await until(() => seen.text.startsWith(':\r\n'), 'the stream begins');
    assert.equal(await status('POST', id, { sub, body: first }), 200);
    return seen;
  }

  return { exchange, call, status, negotiate, tokenOf, records, polled, polling, streaming };
}
