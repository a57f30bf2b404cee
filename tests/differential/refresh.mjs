// The end of tokens and what extends them, beside ASP.NET Core 11: its hub and ours are asked alike.
// A case is played on both at once and says what it saw.
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { nowSeconds, tokenFor } from '../e2e/support/tokens.mjs';

const require = createRequire(new URL('../e2e/package.json', import.meta.url));
const WebSocket = require('ws');

const HUB = '/hubs/chat';
const SEPARATOR = '\x1e';
const HANDSHAKE = `{"protocol":"json","version":1}${SEPARATOR}`;
const STATEFUL = `{"protocol":"json","version":2}${SEPARATOR}`;
/// The reference looks for ended tokens once a second, ours as often as it looks for silence.
const PATIENCE_MS = 15_000;
const LATER_MS = 4_000;
const SHORT_S = 3;

const bearing = (sub, seconds) => ({ authorization: `Bearer ${tokenFor(sub, { exp: nowSeconds() + seconds })}` });
const naming = (connectionToken) => ({ 'x-signalr-connection-token': connectionToken });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/// A lifetime to the ten seconds: the servers are not asked in the same moment.
const rounded = (seconds) => (seconds > 10 && seconds < 1e6 ? `to ${Math.ceil(seconds / 10) * 10}` : seconds);

/// One server, and one user of it.
class Asker {
  constructor(url, name) {
    Object.assign(this, { url, sub: name, open: [] });
  }

  token(seconds) {
    return bearing(this.sub, seconds);
  }

  async ask(method, path, headers = {}, body = undefined) {
    const response = await fetch(this.url + path, { method, headers, body });
    return { status: response.status, text: await response.text() };
  }

  /// @returns the connectionToken
  async negotiate(headers, query = '?negotiateVersion=1') {
    const { text } = await this.ask('POST', `${HUB}/negotiate${query}`, headers);
    const answer = JSON.parse(text);
    this.lifetime = answer.tokenLifetimeSeconds;
    return answer.connectionToken ?? answer.connectionId;
  }

  /// @returns [status, error or lifetime, as far as the body says]
  async refresh(headers, path = `${HUB}/refresh`, method = 'POST') {
    const { status, text } = await this.ask(method, path, headers);
    const body = text.startsWith('{') ? JSON.parse(text) : {};
    return [status, ...[body.error ?? rounded(body.tokenLifetimeSeconds)].filter((one) => one !== undefined)];
  }

  /// Connects with a token that is good for so long.
  /// @returns {token, ended: records and how, once it is over, isOpen()}
  async connect(transport, seconds) {
    const headers = this.token(seconds);
    const token = await this.negotiate(headers);
    const way = { WebSockets: webSocket, ServerSentEvents: eventStream, LongPolling: longPoll }[transport];
    const state = { over: false };
    const ended = way(this, `${HUB}?id=${token}`, headers);
    await ended.started;
    ended.then(() => (state.over = true));
    return { token, headers, ended, isOpen: () => !state.over };
  }

  dispose() {
    for (const close of this.open) close();
  }
}

/// Records but the handshake's answer and pings.
const recordsOf = (text) =>
  text.split(SEPARATOR).filter((one) => one && one !== '{}' && one !== '{"type":6}').map((one) => JSON.parse(one));

/// @param first what is said when the socket opens
function webSocket(asker, path, headers, first = HANDSHAKE) {
  const socket = new WebSocket(asker.url.replace('http', 'ws') + path, { headers, perMessageDeflate: false });
  asker.open.push(() => socket.terminate());
  let text = '';
  const started = new Promise((done, failed) => {
    socket.on('open', () => socket.send(first));
    socket.once('message', done);
    socket.once('error', failed);
  });
  socket.on('message', (data) => (text += data));
  const ended = new Promise((done) => socket.once('close', (code) => done([...recordsOf(text), code])));
  return Object.assign(ended, { started, cut: () => socket.terminate() });
}

function eventStream(asker, path, headers) {
  const aborter = new AbortController();
  asker.open.push(() => aborter.abort());
  const asking = { headers: { ...headers, accept: 'text/event-stream' }, signal: aborter.signal };
  const response = fetch(asker.url + path, asking);
  const started = response.then(() => asker.ask('POST', path, headers, HANDSHAKE));
  const ended = response
    .then((answer) => answer.text())
    .then((text) => [...recordsOf(text.replace(/^(data: |:)|\r\n/gm, '')), 'end'], () => ['cut']);
  return Object.assign(ended, { started });
}

/// Polls with the token it began with, until a poll is no 200.
function longPoll(asker, path, headers) {
  let isDisposed = false;
  const aborter = new AbortController();
  asker.open.push(() => aborter.abort((isDisposed = true)));
  const started = asker.ask('GET', path, headers).then(() => asker.ask('POST', path, headers, HANDSHAKE));
  const polls = async () => {
    await started;
    for (let text = ''; !isDisposed; ) {
      const response = await fetch(asker.url + path, { headers, signal: aborter.signal });
      if (response.status !== 200) return [...recordsOf(text), response.status];
      text += await response.text();
    }
    return ['cut'];
  };
  return Object.assign(polls().catch(() => ['cut']), { started });
}

const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'];
const onEach = (name, play) =>
  Object.fromEntries(TRANSPORTS.map((one) => [`${name}: ${one}`, (asker) => play(asker, one)]));

const CASES = {
  'no token, one that ended, another verb': async (a) => {
    const token = await a.negotiate(a.token(95));
    return [
      await a.refresh(naming(token)),
      await a.refresh({ ...naming(token), ...a.token(-5) }),
      await a.refresh({ ...naming(token), ...a.token(95) }, undefined, 'GET'),
      await a.refresh({ ...naming(token), ...a.token(95) }, undefined, 'PUT'),
    ];
  },
  'negotiate says the lifetime': async (a) => {
    await a.negotiate(a.token(95));
    const short = rounded(a.lifetime);
    await a.negotiate(a.token(100 * 366 * 86_400));
    return [short, a.lifetime];
  },
  'who is not named, or unknown': async (a) => [
    await a.refresh(a.token(95)),
    await a.refresh({ ...a.token(95), ...naming('') }),
    await a.refresh({ ...a.token(95), ...naming('x') }),
    await a.refresh(a.token(95), `${HUB}/refresh?id=`),
  ],
  'named in the query': async (a) => {
    const token = await a.negotiate(a.token(95));
    return [await a.refresh(a.token(95), `${HUB}/refresh?id=${token}`)];
  },
  'the header wins over the query': async (a) => {
    const token = await a.negotiate(a.token(95));
    return [
      await a.refresh({ ...a.token(95), ...naming(token) }, `${HUB}/refresh?id=x`),
      await a.refresh({ ...a.token(95), ...naming('x') }, `${HUB}/refresh?id=${token}`),
    ];
  },
  'paths in any case, a slash behind them': async (a) => {
    const headers = { ...a.token(95), ...naming(await a.negotiate(a.token(95))) };
    return [await a.refresh(headers, '/HUBS/Chat/Refresh'), await a.refresh(headers, `${HUB}/refresh/`)];
  },
  'before the transport': async (a) => {
    const token = await a.negotiate(a.token(95));
    return [
      await a.refresh({ ...naming(token), ...bearing('eve', 95) }),
      await a.refresh({ ...naming(token), ...a.token(195) }),
      await a.refresh({ ...naming(token), ...a.token(25) }),
      await a.refresh({ ...naming(token), ...a.token(100 * 366 * 86_400) }),
    ];
  },
  'a connection of negotiate version 0': async (a) => {
    const token = await a.negotiate(a.token(95), '');
    return [await a.refresh({ ...naming(token), ...a.token(95) })];
  },
  ...onEach('the end', async (a, transport) => {
    const { ended, token } = await a.connect(transport, SHORT_S);
    const how = await ended;
    // A poll may come late for the Close, and is refused for its token.
    return [transport === 'LongPolling' ? how.at(-1) : how, await a.refresh({ ...naming(token), ...a.token(95) })];
  }),
  ...onEach('another user is refused, and changes nothing', async (a, transport) => {
    const { token, ended } = await a.connect(transport, SHORT_S);
    return [await a.refresh({ ...naming(token), ...bearing('eve', 95) }), (await ended).length > 0];
  }),
  ...onEach('a longer token extends, a shorter one neither shortens nor is refused', async (a, transport) => {
    const { token, isOpen } = await a.connect(transport, SHORT_S);
    const longer = await a.refresh({ ...naming(token), ...a.token(95) });
    const shorter = await a.refresh({ ...naming(token), ...a.token(2) });
    await pause(SHORT_S * 1000 + LATER_MS);
    return [longer, shorter[0], shorter[1] <= 2, transport === 'LongPolling' || isOpen()];
  }),
  'a stateful reconnect with a newer token extends': async (a) => {
    const headers = a.token(SHORT_S);
    const token = await a.negotiate(headers, '?negotiateVersion=1&useStatefulReconnect=true');
    const first = webSocket(a, `${HUB}?id=${token}`, headers, STATEFUL);
    await first.started;
    first.cut();
    await first;
    const second = webSocket(a, `${HUB}?id=${token}`, a.token(95), `{"type":9,"sequenceId":1}${SEPARATOR}`);
    await second.started;
    return [await Promise.race([second, pause(SHORT_S * 1000 + LATER_MS).then(() => 'open')])];
  },
  'a poll of another user': async (a) => {
    const { token } = await a.connect('LongPolling', 95);
    const { status, text } = await a.ask('GET', `${HUB}?id=${token}`, bearing('eve', 195));
    return [status, text.includes('authentication_refresh_required')];
  },
  'a poll with a token that ended': async (a) => {
    const { token } = await a.connect('LongPolling', 95);
    return [(await a.ask('GET', `${HUB}?id=${token}`, a.token(-5))).status];
  },
  ...onEach('a POST of another user', async (a, transport) => {
    const { token } = await a.connect(transport, 95);
    return [(await a.ask('POST', `${HUB}?id=${token}`, bearing('eve', 95), '')).status];
  }),
};

/// What differs on purpose: what ours says, and why.
const ON_PURPOSE = {
  'no token, one that ended, another verb': [
    [[401, 'invalid_token'], [401, 'invalid_token'], [405], [405]],
    'Every refusal of a refresh has a word.',
  ],
  'named in the query': [[[200, 'to 100']], 'As every other request names its connection.'],
  'a connection of negotiate version 0': [[[200, 'to 100']], 'Its owner shows a token: nothing to refuse.'],
  'a poll of another user': [
    [403, false],
    'The reference has the client refresh and poll again, for applications that let another user in. Ours never does.',
  ],
  'a POST of another user: WebSockets': [[403], 'Whose it is comes first.'],
};

async function seen(play, url, name) {
  const asker = new Asker(url, `user-${Object.keys(CASES).indexOf(name)}`);
  const late = pause(PATIENCE_MS).then(() => ['late']);
  try {
    return await Promise.race([play(asker), late]);
  } finally {
    asker.dispose();
  }
}

export async function compareRefresh([ours, theirs]) {
  const faults = [];
  const compare = async ([name, play]) => {
    const [own, reference] = await Promise.all([seen(play, ours, name), seen(play, theirs, name)]);
    const [wanted] = ON_PURPOSE[name] ?? [];
    if (wanted && isDeepStrictEqual(own, reference)) faults.push(`STALE    tokens: ${name}`);
    if (!isDeepStrictEqual(own, wanted ?? reference))
      faults.push(`DIFFERS  tokens: ${name}\n  ours   ${JSON.stringify(own)}\n  theirs ${JSON.stringify(reference)}`);
  };
  await Promise.all(Object.entries(CASES).map(compare));
  return { count: Object.keys(CASES).length, differences: Object.keys(ON_PURPOSE).length, faults };
}
