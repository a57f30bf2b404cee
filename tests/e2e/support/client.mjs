// One connection of the real SignalR client, with everything it is told on record.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { DEADLINE_MS, deferred, until, withDeadline } from './deadline.mjs';
import { tokenFor } from './tokens.mjs';

export { HttpTransportType };
export const MESSAGING = '/hubs/chat';
export const CLASSIC = '/chathub';

const EVENTS = [
  'MessageReceived',
  'NewMessageNotification',
  'MessagesRead',
  'MessagesDelivered',
  'MessageEdited',
  'MessageDeleted',
  'UserTyping',
  'UserStoppedTyping',
  'UserOnline',
  'UserOffline',
  'ConversationCreated',
  'ParticipantsAdded',
  'ParticipantRemoved',
  'TitleChanged',
  'RoleChanged',
  'ReceiveMessage',
  'Notify',
];

/// Connects `sub` and answers when the connection stands.
/// @param options path, token, claims, skipNegotiation, reconnect (delays in ms), tune(connection),
///        transport (an HttpTransportType), protocol (a hub protocol other than json),
///        stateful (asks for stateful reconnect)
export async function connect(server, sub, options = {}) {
  const client = new Client(server, sub, options);
  await withDeadline(client.connection.start(), `${sub} connects`);
  server.clients.add(client);
  return client;
}

function transportOf({ token, skipNegotiation = false, sub, claims, transport }) {
  return {
    accessTokenFactory: () => (token === undefined ? tokenFor(sub, claims) : token),
    skipNegotiation,
    ...(skipNegotiation && { transport: HttpTransportType.WebSockets }),
    ...(transport && { transport }),
    logMessageContent: false,
  };
}

export function buildConnection(server, sub, options = {}) {
  const builder = new HubConnectionBuilder()
    .withUrl(server.url + (options.path ?? MESSAGING), transportOf({ ...options, sub }))
    .configureLogging(LogLevel.None);
  if (options.protocol) builder.withHubProtocol(options.protocol);
  if (options.reconnect) builder.withAutomaticReconnect(options.reconnect);
  if (options.stateful) builder.withStatefulReconnect();
  const connection = builder.build();
  options.tune?.(connection);
  return connection;
}

/// The secret key of a real client's connection.
export function tokenOf({ connection }) {
  const { transport } = connection.connection;
  const url = transport._url ?? transport._webSocket?.url;
  return new URL(url).searchParams.get('id');
}

export class Client {
  constructor(server, sub, options) {
    this.sub = sub;
    this.server = server;
    this.connection = buildConnection(server, sub, options);
    this.events = [];
    this.waiting = new Set();
    for (const name of EVENTS) this.connection.on(name, (...args) => this.record({ name, args }));
  }

  record(event) {
    this.events.push(event);
    for (const waiter of this.waiting) if (waiter.wants(event)) waiter.resolve(event.args);
  }

  /// Answers the result, or rejects with the hub's error.
  invoke(method, ...args) {
    return withDeadline(this.connection.invoke(method, ...args), `${this.sub} invokes ${method}`);
  }

  /// Arguments of all recorded events of this name that `matches` accepts.
  all(name, matches = () => true) {
    const found = this.events.filter((event) => event.name === name);
    return found.map((event) => event.args).filter((args) => matches(...args));
  }

  /// Arguments of the first such event, recorded already or still to come.
  waitFor(name, matches = () => true, within = DEADLINE_MS) {
    const wants = (event) => event.name === name && matches(...event.args);
    return this.waitForEvent(wants, name, within);
  }

  waitForEvent(wants, what, within = DEADLINE_MS) {
    const known = this.events.find(wants);
    if (known) return Promise.resolve(known.args);
    const waiter = { ...deferred(), wants };
    this.waiting.add(waiter);
    const done = withDeadline(waiter.promise, `${this.sub} hears ${what}`, within);
    return done.finally(() => this.waiting.delete(waiter));
  }

  waitForCount(name, count, matches = () => true) {
    const enough = () => this.all(name, matches).length >= count;
    return until(enough, `${this.sub} hears ${count} times ${name}`);
  }

  forget() {
    this.events.length = 0;
  }

  /// Ends as a page does that is closed on purpose.
  stop() {
    this.server.clients.delete(this);
    return this.connection.stop();
  }

  /// Ends as a cable does that is pulled: no Close record, no close frame.
  cut() {
    this.server.clients.delete(this);
    const socket = this.connection.connection.transport._webSocket;
    socket._socket.destroy();
  }
}
