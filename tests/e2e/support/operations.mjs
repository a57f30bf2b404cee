// What the server offers, as the tables in its source say: the routes, hub methods and events there are.
import { readFileSync } from 'node:fs';

const sourceOf = (path) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const all = (path, pattern) => [...sourceOf(path).matchAll(pattern)].map((found) => found[1]);

/// Where a route's table has {}, a name stands here by what precedes it.
const NAMES = {
  conversations: 'conversationId', messages: 'messageId', participants: 'userId', blocks: 'userId',
  invites: 'code',
};
const withNames = (path) => path.replace(/([\w-]+)\/\{\}/g, (_, kind) => `${kind}/{${NAMES[kind] ?? 'id'}}`);

const routesOf = (path) =>
  [...sourceOf(path).matchAll(/\{verb::(\w+?)_?,\s*"([^"]+)"/g)].map(
    ([, verb, route]) => `${verb.toUpperCase()} ${withNames(route)}`,
  );

/// @returns {routes: ["VERB /path/{name}"], methods, events}
export function operations() {
  const pages = [
    ...all('net/endpoint/server_pages.hpp', /"(\/\w+)"/g),
    ...all('net/docs/pages.hpp', /"(\/docs[^"]*)"/g),
    ...all('net/web/web_client.hpp', /config_path = "([^"]*)"/g),
  ];
  return {
    routes: [
      ...routesOf('net/rest/routes.cpp'),
      ...routesOf('net/rest/people_routes.cpp'),
      ...routesOf('net/rest/account_routes.cpp'),
      ...routesOf('net/rest/invite_routes.cpp'),
      ...pages.map((path) => `GET ${path}`),
      ...['/hubs/chat', '/chathub'].flatMap((hub) => [`POST ${hub}/negotiate`, `POST ${hub}/refresh`]),
      ...['GET', 'PUT'].map((verb) => `${verb} /messaging/attachments/{attachmentId}`),
    ],
    methods: [
      ...all('net/chat_hub/chat_hub.cpp', /(?:add\(\{|on_conversation\(|mark_method\(|\.name = )"([A-Z]\w+)"/g),
      ...all('net/chat_hub/stream_history.cpp', /\.name = "([A-Z]\w+)"/g),
    ],
    events: all('net/codec/event_names.hpp', /= "([A-Z]\w+)"/g),
  };
}
