// The server's own interface documents, and what is held against them. Answers and events may have
// no key that the documents do not name, so that a new one is documented when it comes.
import assert from 'node:assert/strict';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { request } from './rest.mjs';

const OPTIONS = { strict: false, allErrors: true };

const pointer = (...names) =>
  names
    .map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`)
    .join('');

/// The same schema, objects closed.
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const made = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  );
  if (made.properties && made.type === 'object') made.additionalProperties ??= false;
  return made;
}

const matches = (pattern, path) => {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => part.startsWith('{') || part === given[i])
  );
};

export class Documents {
  static async of(server) {
    const [rest, hub] = await Promise.all(
      ['/docs/openapi.json', '/docs/asyncapi.json'].map((path) => request(server, 'GET', path)),
    );
    return new Documents(rest.body, hub.body);
  }

  constructor(rest, hub) {
    Object.assign(this, {
      rest,
      hub,
      answered: new Set(),
      invoked: new Set(),
      heard: new Set(),
      problems: [],
    });
    this.restSchemas = formats(new Ajv2020(OPTIONS)).addSchema(closed(rest), 'rest');
    this.hubSchemas = formats(new Ajv(OPTIONS)).addSchema(closed(hub), 'hub');
  }

  get operations() {
    return Object.entries(this.rest.paths).flatMap(([path, verbs]) =>
      Object.entries(verbs).map(([verb, operation]) => ({ path, verb, ...operation })),
    );
  }

  hubNames(action) {
    const all = Object.entries(this.hub.operations);
    return all.filter(([, operation]) => operation.action === action).map(([name]) => name);
  }

  check(validators, at, value, what) {
    const validate = validators.getSchema(at);
    assert.ok(validate, `a schema at ${at}`);
    if (validate(value)) return;
    const why = validate.errors.map(
      (e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`,
    );
    assert.fail(`${what}: ${JSON.stringify(value)}\n${why.join('\n')}`);
  }

  operationOf(method, path) {
    // A path without names goes before one with.
    const found = this.operations.filter(
      (one) => one.verb === method.toLowerCase() && matches(one.path, path),
    );
    assert.ok(found.length > 0, `${method} ${path} is documented`);
    return found.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
  }

  /// Sends a request, and checks its body and its answer against the operation.
  async request(server, method, target, { token, body, headers } = {}) {
    const { path, verb, ...operation } = this.operationOf(method, target.split('?')[0]);
    const at = (...names) => `rest#${pointer('paths', path, verb, ...names)}`;
    const answer = await request(server, method, target, { token, body, headers });
    const what = `${method} ${target} -> ${answer.status}`;
    const [type] = Object.keys(operation.requestBody?.content ?? {});
    if (body !== undefined && answer.status < 300)
      this.check(
        this.restSchemas,
        at('requestBody', 'content', type, 'schema'),
        body,
        `${what}, body`,
      );
    this.checkAnswer(
      operation.responses[answer.status],
      answer,
      at('responses', `${answer.status}`),
      what,
    );
    if (answer.status < 300) this.answered.add(operation.operationId);
    return answer;
  }

  checkAnswer(documented, answer, at, what) {
    assert.ok(documented, `${what} is documented ${JSON.stringify(answer.body)}`);
    const name = documented.$ref?.split('/').at(-1);
    const response = name ? this.rest.components.responses[name] : documented;
    const place = name ? `rest#${pointer('components', 'responses', name)}` : at;
    const given = (answer.headers.get('content-type') ?? '').split(';')[0];
    const type = response.content?.['*/*'] ? '*/*' : given;
    if (!response.content) return assert.equal(answer.body, '', `${what} has no body`);
    assert.ok(response.content[type], `${what} may be ${type}`);
    this.check(this.restSchemas, place + pointer('content', type, 'schema'), answer.body, what);
  }

  channelOf(name) {
    return this.hub.operations[name].channel.$ref.split('/').at(-1);
  }

  /// Invokes a method, and checks its arguments and its result.
  async invoke(client, method, ...args) {
    const { messages, reply } = this.hub.operations[method];
    this.check(this.hubSchemas, `hub${messages[0].$ref}/payload`, args, `${method}, arguments`);
    const result = await client.invoke(method, ...args);
    this.check(
      this.hubSchemas,
      `hub${reply.messages[0].$ref}/payload`,
      result ?? null,
      `${method}, result`,
    );
    this.invoked.add(method);
    return result;
  }

  /// Calls a method that streams, and checks its arguments and every item. @returns the items
  async stream(client, method, ...args) {
    const { messages, reply, 'x-stream': streams } = this.hub.operations[method];
    assert.equal(streams, true, `${method} streams`);
    this.check(this.hubSchemas, `hub${messages[0].$ref}/payload`, args, `${method}, arguments`);
    const items = [];
    await new Promise((complete, error) => {
      const next = (item) => items.push(item);
      client.connection.stream(method, ...args).subscribe({ next, complete, error });
    });
    for (const item of items)
      this.check(this.hubSchemas, `hub${reply.messages[0].$ref}/payload`, item, `${method}, item`);
    this.invoked.add(method);
    return items;
  }

  /// For `tune` of a connection: everything that it is told is checked; what is wrong is kept in
  /// `problems`, because an error in a handler goes nowhere.
  listen(connection) {
    for (const name of this.hubNames('send'))
      connection.on(name, (...args) => {
        this.heard.add(name);
        try {
          this.check(
            this.hubSchemas,
            `hub#/channels/${this.channelOf(name)}/messages/${name}/payload`,
            args,
            `event ${name}`,
          );
        } catch (error) {
          this.problems.push(error.message);
        }
      });
  }
}
