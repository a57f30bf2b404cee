// The HTTP side of the comparison: the same requests, one after the other, go to both servers. The
// statuses must be alike, and where both say 200 the bodies, but for ids.
import { request as httpRequest } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

const SEPARATOR = '\x1e';
const HANDSHAKE = `{"protocol":"json","version":1}${SEPARATOR}`;
const ECHO = `{"type":1,"target":"Echo","arguments":["é"],"invocationId":"1"}${SEPARATOR}`;
const EVENTS = { accept: 'text/event-stream' };
const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const QUIET_MS = 500;

// -- steps of a case ----------------------------------------------------------------------------------

const ask = (method, path, more = {}) => ({ method, path, ...more });
/// To the connection that the case negotiated.
const to = (method, more) => ask(method, '/testhub?id=TOKEN', more);
const negotiate = (query = '?negotiateVersion=1', method = 'POST') => ask(method, `/testhub/negotiate${query}`);
const begin = { ...negotiate(), keepsToken: true };
const poll = to('GET');
const post = (body) => to('POST', { body });
/// Its answer is awaited at the end of the case: the next request comes while it waits.
const waiting = (step) => ({ ...step, isLate: true });

const VERSIONS = ['', '?negotiateVersion=0', '?negotiateVersion=1', '?negotiateVersion=7', '?negotiateVersion=-1',
  '?negotiateVersion=x', '?negotiateVersion=', '?negotiateVersion=1.0', '?negotiateVersion=99999999999',
  '?NEGOTIATEVERSION=1', '?negotiateVersion=1&useStatefulReconnect=true'];
const VERBS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH'];

const CASES = {
  ...Object.fromEntries(VERSIONS.map((query) => [`negotiate${query}`, [negotiate(query)]])),
  ...Object.fromEntries(VERBS.map((verb) => [`${verb} negotiate`, [negotiate('?negotiateVersion=1', verb)]])),
  ...Object.fromEntries(
    VERBS.flatMap((verb) => ['', '?id=', '?id=x'].map((query) => [`${verb} hub${query}`, [ask(verb, `/testhub${query}`)]])),
  ),
  ...Object.fromEntries(
    ['/TestHub/Negotiate', '/testhub/negotiate/', '/testhub//negotiate', '/testhub/x/negotiate'].map((path) => [
      `POST ${path}`,
      [ask('POST', path)],
    ]),
  ),
  'paths in any case, a slash behind them': [ask('GET', '/TESTHUB'), ask('GET', '/testhub/'), ask('GET', '/testhub//')],
  'events for nobody': [ask('GET', '/testhub', { headers: EVENTS }), ask('GET', '/testhub?id=x', { headers: EVENTS })],
  'upgrades': ['', '?id=', '?id=x'].map((query) => ask('GET', `/testhub${query}`, { headers: UPGRADE })),
  'an upgrade with a bad key': [ask('GET', '/testhub', { headers: { ...UPGRADE, 'sec-websocket-key': 'x' } })],
  'a media type in capitals': [begin, to('GET', { headers: { accept: 'Text/Event-Stream' } })],
  'version 0: the one id is the key': [{ ...negotiate(''), keepsToken: true }, to('GET', { headers: UPGRADE })],
  'a long poll': [
    begin, poll, post(HANDSHAKE.slice(0, 10)), post(HANDSHAKE.slice(10) + ECHO), { ...poll, until: '"result"' }, post(''),
    waiting(poll), waiting(poll), to('GET', { headers: EVENTS }), to('GET', { headers: UPGRADE }), to('DELETE'),
    poll, post('x'), to('DELETE'),
  ],
  'a long poll that says goodbye': [begin, poll, post(`${HANDSHAKE}{"type":7}${SEPARATOR}`), { ...poll, until: '"type":7' }, poll, poll],
  'a WebSocket takes nothing else': [
    begin, waiting(to('GET', { headers: UPGRADE, staysOpen: true })), post('x'), to('GET', { headers: UPGRADE }),
    poll, to('DELETE'), to('GET', { headers: EVENTS }),
  ],
  'an event stream takes posts': [
    begin, waiting(to('GET', { headers: EVENTS, staysOpen: true })), post(HANDSHAKE), to('GET', { headers: EVENTS }),
    poll, to('DELETE'), to('GET', { headers: UPGRADE }),
  ],
  'an old version of WebSocket': [ask('GET', '/testhub', { headers: { ...UPGRADE, 'sec-websocket-version': '8' } })],
  'a POST before the transport': [begin, post('x')],
  'a DELETE before the transport': [begin, to('DELETE')],
};

/// The reference answers one way or the other, as its threads run: agreeing is no fault.
const SOMETIMES = true;
/// What differs on purpose: our statuses, and why. An entry that nothing shows any more fails the run.
const ON_PURPOSE = {
  'an old version of WebSocket': [[426], 'The answer names the version that is spoken, as RFC 6455 asks.'],
  'a POST before the transport': [[200, 404], 'Nothing is kept for a client that has not opened its transport.'],
  'a DELETE before the transport': [[200, 404], 'The same.'],
  'a long poll': [
    [200, 200, 200, 200, 200, 200, 204, 204, 400, 400, 202, 404, 404, 404],
    'A DELETE ends the waiting poll with 204 at once; the reference may hand out a Close that nobody asked for.',
    SOMETIMES,
  ],
};

// -- running ------------------------------------------------------------------------------------------

function exchange(base, { method, path, headers, body, staysOpen }, open) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(base + path, { method, headers, agent: false });
    open.push(request);
    request.on('error', reject);
    request.on('upgrade', (response, socket) => {
      open.push(socket);
      socket.on('error', () => {});
      resolve({ status: response.statusCode, body: '' });
    });
    request.on('response', (response) => {
      const parts = [];
      const answer = () => ({ status: response.statusCode, body: Buffer.concat(parts).toString() });
      response.on('error', () => {});
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve(answer()));
      const streams = staysOpen || response.headers['content-type'] === 'text/event-stream';
      if (streams) resolve({ status: response.statusCode, body: '' });
    });
    request.end(body);
  });
}

const tokenOf = ({ connectionToken, connectionId }) => connectionToken ?? connectionId;

/// A body with its ids made alike; JSON as its value, whatever the order of its keys.
function comparable(body) {
  const text = body.replace(/"(connection\w+)":"[\w-]+"/g, '"$1":"#"');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/// @returns [{status, body}], the late answers in their place
async function play(base, steps) {
  const open = [];
  const answers = [];
  let token;
  for (const { isLate, keepsToken, until, ...step } of steps) {
    const one = { ...step, path: step.path.replace('TOKEN', token) };
    let answer = exchange(base, one, open);
    // The next request must find it there.
    if (isLate) await Promise.race([answer, new Promise((done) => setTimeout(done, QUIET_MS))]);
    else answer = await answer;
    while (until && !answer.body.includes(until) && answer.status === 200) {
      const more = await exchange(base, one, open);
      answer = { ...more, body: answer.body + more.body };
    }
    if (keepsToken) token = tokenOf(JSON.parse(answer.body));
    answers.push(answer);
  }
  const all = await Promise.all(answers);
  for (const one of open) one.destroy();
  return all.map(({ status, body }) => ({ status, body: status === 200 ? comparable(body) : '' }));
}

/// @returns {count, differences: number of cases on purpose, faults: lines that say what is wrong}
export async function compareHttp([hub, reference]) {
  const faults = [];
  for (const [name, steps] of Object.entries(CASES)) {
    const [ours, theirs] = await Promise.all([play(hub, steps), play(reference, steps)]);
    const [wanted, , sometimes] = ON_PURPOSE[name] ?? [];
    const alike = isDeepStrictEqual(ours, theirs);
    if (wanted && alike && !sometimes) faults.push(`STALE    requests: ${name}`);
    const fine = wanted ? isDeepStrictEqual(ours.map(({ status }) => status), wanted) : alike;
    if (!fine) faults.push(`DIFFERS  requests: ${name}\n  ours   ${JSON.stringify(ours)}\n  theirs ${JSON.stringify(theirs)}`);
  }
  return { count: Object.keys(CASES).length, differences: Object.keys(ON_PURPOSE).length, faults };
}
