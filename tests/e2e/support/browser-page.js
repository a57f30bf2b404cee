// What tests/e2e/browser.test.mjs runs inside a browser: the official client, from another origin.
// The page tells its server each result, `{name, value}` or `{name, error}`.
/* global signalR */
const { server, hub, token, conversation, isFrame } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const { WebSockets, ServerSentEvents, LongPolling } = signalR.HttpTransportType;
const WAYS = {
  'WebSockets, json': { transport: WebSockets },
  'WebSockets, messagepack': { transport: WebSockets, protocol: new signalR.protocols.msgpack.MessagePackHubProtocol() },
  'WebSockets without negotiation': { transport: WebSockets, skipNegotiation: true },
  'WebSockets, stateful reconnect': { transport: WebSockets, stateful: true },
  'ServerSentEvents, json': { transport: ServerSentEvents },
  'LongPolling, json': { transport: LongPolling },
  'LongPolling, messagepack': { transport: LongPolling, protocol: new signalR.protocols.msgpack.MessagePackHubProtocol() },
  'the best there is': {},
};

const tell = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });

async function run(name, act) {
  try {
    await tell({ name, value: await act() });
  } catch (error) {
    await tell({ name, error: String(error) });
  }
}

function build({ protocol, stateful, ...options }, accessToken = token) {
  const builder = new signalR.HubConnectionBuilder()
    .withUrl(server + hub, { accessTokenFactory: () => accessToken, ...options })
    .configureLogging(signalR.LogLevel.None);
  if (protocol) builder.withHubProtocol(protocol);
  if (stateful) builder.withStatefulReconnect();
  return builder.build();
}

/// Joins, sends, hears it, says goodbye. @returns the text as it was heard
async function talk(way, text) {
  const connection = build(way);
  const heard = new Promise((resolve) =>
    connection.on('MessageReceived', ({ content }) => content === text && resolve(content)),
  );
  const closed = new Promise((resolve) => connection.onclose((error) => resolve(String(error))));
  await connection.start();
  await connection.invoke('JoinConversation', conversation);
  await connection.invoke('Send', { conversationId: conversation, content: text });
  const content = await heard;
  await connection.stop();
  return { content, closed: await closed };
}

const refused = (way, accessToken) =>
  build(way, accessToken)
    .start()
    .then(() => 'it started');

/// A WebSocket by hand: CORS does not guard it.
const upgraded = () =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${server.replace('http', 'ws')}${hub}?access_token=${token}`);
    socket.onopen = () => resolve('open');
    socket.onclose = ({ code }) => resolve(code);
  });

async function main() {
  if (isFrame) {
    await run('foreign: negotiate', () => refused({}));
    await run('foreign: WebSocket', upgraded);
    await tell({ name: 'done' });
    return;
  }
  for (const [name, way] of Object.entries(WAYS)) await run(name, () => talk(way, `${name} é 世界 🎈`));
  await run('a bad token', () => refused({}, 'bad'));
  // The same page from an origin that is not allowed.
  const frame = document.createElement('iframe');
  const own = { server, hub, token, conversation, isFrame: true };
  frame.src = `http://127.0.0.1:${location.port}/#${encodeURIComponent(JSON.stringify(own))}`;
  document.body.append(frame);
}

main();
