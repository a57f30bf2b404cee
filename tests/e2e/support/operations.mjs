// What the server offers, as its own tables say: the routes, hub methods and events there are.
import { readFileSync } from 'node:fs';
import { request } from './rest.mjs';

const sourceOf = (path) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const all = (text, pattern) => [...text.matchAll(pattern)].map((found) => found[1]);

/// From the interface documents, when the server has them; else from the tables in its source.
/// @returns {routes: ["VERB /path/{name}"], methods, events}
export async function operationsOf(server) {
  const [rest, hub] = await Promise.all(
    ['/docs/openapi.json', '/docs/asyncapi.json'].map((path) => request(server, 'GET', path)),
  );
  return rest.status === 200 ? fromDocuments(rest.body, hub.body) : fromSource();
}

function fromDocuments(rest, hub) {
  const routes = Object.entries(rest.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
  );
  const operations = Object.entries(hub.operations);
  const named = (wanted) => operations.filter(([, { action }]) => action === wanted).map(([name]) => name);
  return { routes, methods: named('receive'), events: named('send') };
}

/// Where a route's table has {}, a name stands here by what precedes it.
const NAMES = { conversations: 'conversationId', messages: 'messageId', participants: 'userId', blocks: 'userId' };
const withNames = (path) => path.replace(/(\w+)\/\{\}/g, (_, kind) => `${kind}/{${NAMES[kind] ?? 'id'}}`);

function fromSource() {
  const rows = sourceOf('net/rest/routes.cpp').matchAll(/\{verb::(\w+?)_?,\s*"([^"]+)"/g);
  const pages = all(sourceOf('net/server_pages.cpp'), /path == "(\/\w+)"/g);
  const hubPaths = all(sourceOf('net/hub_endpoint.cpp'), /path != "([^"]+)"/g);
  const hub = sourceOf('net/signalr/chat_hub.cpp');
  return {
    routes: [
      ...[...rows].map(([, verb, path]) => `${verb.toUpperCase()} ${withNames(path)}`),
      ...new Set(pages.map((path) => `GET ${path}`)),
      ...hubPaths.map((path) => `POST ${path}/negotiate`),
    ],
    methods: all(hub, /(?:add\(\{|on_conversation\(|mark_method\(|\.name = )"([A-Z]\w+)"/g),
    events: [
      ...new Set([
        ...all(sourceOf('net/codec/render.cpp'), /(?:\{|\? |: )"([A-Z]\w+)"/g),
        ...all(sourceOf('net/signalr/hub_connection.cpp'), /invocation\("([A-Z]\w+)"/g),
        ...all(sourceOf('net/signalr/event_frames.cpp'), /invocation\("([A-Z]\w+)"/g),
      ]),
    ],
  };
}
