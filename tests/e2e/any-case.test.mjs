// Every REST body and every hub argument object, with its names spelled as other clients spell
// them: the answer is the one to the documented spelling. Proves the sentence on names in
// docs/protocol.md. The requests are those of the authorization table; what it does not name (accounts,
// optional members) tests/unit/net/codec/client_value_test.cpp binds.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { JsonHubProtocol } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { METHODS, ROUTES } from './support/authorization.mjs';
import { MISSING } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { makeWorlds, tokenOf } from './support/worlds.mjs';

const SPELLINGS = {
  documented: (name) => name,
  Pascal: (name) => name[0].toUpperCase() + name.slice(1),
  UPPER: (name) => name.toUpperCase(),
  lower: (name) => name.toLowerCase(),
};

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function respelled(value, spell) {
  if (Array.isArray(value)) return value.map((one) => respelled(one, spell));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [spell(name), respelled(inner, spell)]),
  );
}

const holdsNames = (value) =>
  isObject(value) ? Object.keys(value).length > 0 : Array.isArray(value) && value.some(holdsNames);

/// What two worlds have in common: ids, times and signed links are theirs alone.
const plain = (value) =>
  JSON.stringify(value ?? null)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4,12})+/g, 'ID')
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, 'TIME')
    .replace(/expires=[^"]+"/, 'SIGNED"')
    .replace(/"deliveredSeq":\d+/g, '"deliveredSeq":0'); // moves by itself, a moment later

const isServed = (outcome) => ['200', '201', 'ok', 'listed'].includes(outcome);
const served = (rows) =>
  rows.flatMap((row) => {
    const caller = Object.keys(row.cells).find((one) => isServed(row.cells[one]));
    return caller ? [{ row, caller }] : [];
  });

const routes = served(ROUTES).filter(({ row }) => row.body && holdsNames(row.body({ id: MISSING })));
const methods = served(METHODS).filter(({ row }) => row.args && holdsNames(row.args({ id: MISSING })));

let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

/// One world for each row and spelling.
const worldsFor = (rows) =>
  makeWorlds(server, rows.flatMap((one) => Object.keys(SPELLINGS).map(() => ({ caller: one.caller }))));

describe('REST bodies', () => {
  let worlds;
  before(async () => (worlds = await worldsFor(routes)));

  for (const [i, { row, caller }] of routes.entries()) {
    const title = row.note ? `${row.name} (${row.note})` : row.name;
    test(`${title} takes names in any case`, async () => {
      const answers = [];
      for (const [k, spell] of Object.values(SPELLINGS).entries()) {
        const world = worlds[i * Object.keys(SPELLINGS).length + k];
        const [verb, pattern] = row.name.split(' ');
        const names = { userId: world.userId, ...row.names?.(world) };
        const path = pattern
          .replace('{conversationId}', world.id)
          .replace('{messageId}', row.own ? world.ownId : world.messageId)
          .replace(/\{(userId|attachmentId|id)\}/, (_, name) => names[name]);
        const { status, body } = await request(server, verb, path, {
          token: tokenOf(caller, world),
          body: respelled(row.body(world), spell),
        });
        answers.push(`${status} ${plain(body)}`);
      }
      assert.match(answers[0], /^20[01] /);
      for (const answer of answers) assert.equal(answer, answers[0]);
    });
  }
});

const streamed = (client, name, args) =>
  new Promise((complete, error) => {
    const items = [];
    const subscriber = { next: (item) => items.push(item), complete: () => complete(items), error };
    client.connection.stream(name, ...args).subscribe(subscriber);
  });

for (const protocol of [new JsonHubProtocol(), new MessagePackHubProtocol()])
  describe(`hub arguments in ${protocol.name}`, () => {
    let worlds;
    before(async () => (worlds = await worldsFor(methods)));

    for (const [i, { row, caller }] of methods.entries())
      test(`${row.name} takes names in any case`, async () => {
        const answers = [];
        for (const [k, spell] of Object.values(SPELLINGS).entries()) {
          const world = worlds[i * Object.keys(SPELLINGS).length + k];
          const client = await connect(server, world[caller], { protocol });
          const args = respelled(row.args(world), spell);
          const answer = row.streams
            ? await streamed(client, row.name, args)
            : await client.invoke(row.name, ...args);
          answers.push(plain(answer));
          await client.stop();
        }
        for (const answer of answers) assert.equal(answer, answers[0]);
      });
  });
