// Shows /docs/openapi.json and /docs/asyncapi.json. Everything is written as text nodes.
'use strict';

const byId = (id) => document.getElementById(id);

/// An element: attributes, then children (nodes or texts).
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return made;
}

/// A sentence in which `words` in backquotes are code.
const sentence = (text = '') =>
  text.split('`').map((part, i) => (i % 2 === 1 ? make('code', {}, part) : part));

const paragraphs = (text = '') =>
  text
    .split('\n\n')
    .filter(Boolean)
    .map((part) => make('p', {}, sentence(part)));

const lastOf = (reference) => reference.split('/').at(-1);

function resolve(root, what) {
  if (!what?.$ref) return what;
  const parts = what.$ref.slice(2).split('/');
  const names = parts.map((part) =>
    decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'),
  );
  return resolve(
    root,
    names.reduce((at, name) => at?.[name], root),
  );
}

// -- schemas ----------------------------------------------------------------------------------

const schemaLink = (name) => make('a', { href: `#schema-${name}` }, name);

const between = (nodes, glue) => nodes.flatMap((node, i) => (i === 0 ? [node] : [glue, node]));

/// What a schema takes, in a few words and links. @returns nodes
function typeOf(schema = {}) {
  if (schema.$ref) return [schemaLink(lastOf(schema.$ref))];
  if (schema.allOf)
    return between(
      schema.allOf.map((one) => make('span', {}, typeOf(one))),
      ' and ',
    );
  const choices = schema.oneOf ?? (schema.type ? undefined : schema.anyOf);
  if (choices)
    return between(
      choices.map((one) => make('span', {}, typeOf(one))),
      ' or ',
    );
  if ('const' in schema) return [make('code', {}, JSON.stringify(schema.const))];
  if (schema.enum)
    return between(
      schema.enum.map((one) => make('code', {}, JSON.stringify(one))),
      ' ',
    );
  if (Array.isArray(schema.items)) return [`[${schema.items.map((one) => one.title).join(', ')}]`];
  if (schema.type === 'array') return ['array of ', ...typeOf(schema.items)];
  const type = [schema.type ?? 'anything'].flat().join(' or ');
  return [schema.format ? `${type} (${schema.format})` : type];
}

function bounds(schema) {
  const said = [];
  const span = (low, high, unit) => {
    if (low !== undefined && high !== undefined) said.push(`${low} to ${high}${unit}`);
    else if (low !== undefined) said.push(`at least ${low}${unit}`);
    else if (high !== undefined) said.push(`at most ${high}${unit}`);
  };
  span(schema.minimum, schema.maximum, '');
  span(schema.minLength, schema.maxLength, ' characters');
  if (!Array.isArray(schema.items)) span(schema.minItems, schema.maxItems, ' items');
  if (schema.default !== undefined) said.push(`default ${JSON.stringify(schema.default)}`);
  return said.join(', ');
}

function about(schema, more = '') {
  const said = [more, schema.description, bounds(schema)].filter(Boolean);
  const sentences = said.map((one) => one[0].toUpperCase() + one.slice(1).replace(/\.$/, ''));
  return said.length === 0 ? [] : sentence(`${sentences.join('. ')}.`);
}

function table(headings, rows) {
  const head = make(
    'tr',
    {},
    headings.map((one) => make('th', { scope: 'col' }, one)),
  );
  const body = rows.map((cells) =>
    make(
      'tr',
      {},
      cells.map((cell) => make('td', {}, cell)),
    ),
  );
  return make(
    'div',
    { class: 'scroll' },
    make('table', {}, make('thead', {}, head), make('tbody', {}, body)),
  );
}

const nameCell = (name, required) =>
  [
    make('span', { class: 'name' }, name),
    required ? undefined : make('span', { class: 'optional' }, ' optional'),
  ].filter(Boolean);

/// A schema in full: its fields, or its type.
function schemaBody(schema) {
  if (!schema.properties) return [make('p', {}, typeOf(schema)), make('p', {}, about(schema))];
  const rows = Object.entries(schema.properties).map(([name, field]) => {
    const required = schema.required?.includes(name) ?? false;
    return [nameCell(name, required), typeOf(field), about(field)];
  });
  return [...paragraphs(schema.description), table(['field', 'type', ''], rows)];
}

// -- entries ----------------------------------------------------------------------------------

/// One foldable entry. @param parts of its inside, made when it is first opened
function entry(id, kind, name, summary, parts, note) {
  const line = make(
    'summary',
    {},
    make('span', { class: `badge ${kind}` }, kind),
    make('span', { class: 'name' }, name),
    make('span', { class: 'about' }, sentence(summary)),
    note ? make('span', { class: 'open-to-all' }, note) : undefined,
  );
  return make(
    'details',
    { class: 'entry', id },
    line,
    make(
      'div',
      { class: 'inside' },
      parts,
      make('p', {}, make('a', { href: `#${id}` }, 'link to this')),
    ),
  );
}

const titled = (title, ...content) => [make('h4', {}, title), ...content];

function restEntry(root, path, verb, operation) {
  const parameters = (operation.parameters ?? []).map((one) => resolve(root, one));
  const body = operation.requestBody?.content?.['application/json']?.schema;
  const answers = Object.entries(operation.responses).map(([status, reference]) => {
    const response = resolve(root, reference);
    const schema = Object.values(response.content ?? {})[0]?.schema;
    return [
      make('code', {}, status),
      schema ? typeOf(schema) : ['no body'],
      sentence(response.description),
    ];
  });
  const parts = [...paragraphs(operation.description)];
  if (parameters.length > 0)
    parts.push(
      ...titled(
        'Parameters',
        table(
          ['name', 'in', 'type', ''],
          parameters.map((one) => [
            nameCell(one.name, one.required),
            [one.in],
            typeOf(one.schema),
            about(one.schema, one.description),
          ]),
        ),
      ),
    );
  if (body)
    parts.push(...titled('Body', make('p', {}, typeOf(body)), ...schemaBody(resolve(root, body))));
  parts.push(...titled('Answers', table(['status', 'body', ''], answers)));
  const isOpen = operation.security?.length === 0;
  return entry(
    `rest-${operation.operationId}`,
    verb,
    path,
    operation.summary,
    parts,
    isOpen ? 'no token' : '',
  );
}

/// The argument lists of a message; most have one.
const formsOf = (payload) => payload.oneOf ?? [payload];

const signature = (form) => {
  const required = form.minItems ?? form.items.length;
  return `(${form.items
    .map((one, i) => one.title ?? lastOf(one.$ref ?? 'argument'))
    .map((name, i) => (i < required ? name : `${name}?`))
    .join(', ')})`;
};

function argumentTable(root, form) {
  if (form.items.length === 1 && form.items[0].$ref)
    return schemaBody(resolve(root, form.items[0]));
  const required = form.minItems ?? form.items.length;
  const rows = form.items.map((one, i) => [
    nameCell(one.title, i < required),
    typeOf(one),
    about(one),
  ]);
  return [table(['argument', 'type', ''], rows)];
}

function hubEntry(root, name, operation) {
  const message = resolve(root, operation.messages[0]);
  const forms = formsOf(message.payload);
  const isEvent = operation.action === 'send';
  const where = resolve(root, operation.channel).address;
  const parts = [...paragraphs(message.description)];
  for (const form of forms)
    parts.push(...titled(`Arguments ${signature(form)}`, ...argumentTable(root, form)));
  const result = operation.reply && resolve(root, operation.reply.messages[0]);
  if (result)
    parts.push(
      ...titled(
        operation['x-stream'] ? 'Items' : 'Result',
        make('p', {}, typeOf(result.payload), ': ', sentence(result.summary)),
      ),
    );
  const kind = isEvent ? 'event' : 'call';
  return entry(
    `${isEvent ? 'event' : 'method'}-${name}`,
    kind,
    name + signature(forms[0]),
    message.summary,
    parts,
    where,
  );
}

// -- the page -----------------------------------------------------------------------------------

function group(title, entries) {
  return make('div', { class: 'group' }, title ? make('h3', {}, title) : undefined, entries);
}

function section(id, title, intro, groups) {
  return make('section', { id }, make('h2', {}, title), paragraphs(intro), groups);
}

function restSection(root) {
  const all = Object.entries(root.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, verb, operation })),
  );
  const groups = root.tags.map((tag) =>
    group(
      tag.name,
      all
        .filter(({ operation }) => operation.tags.includes(tag.name))
        .map(({ path, verb, operation }) => restEntry(root, path, verb, operation)),
    ),
  );
  return section('rest', 'REST', root.info.description, groups);
}

function hubSection(root, action, id, title, intro) {
  const groups = Object.entries(root.channels).map(([key, channel]) => {
    const entries = Object.entries(root.operations)
      .filter(([, one]) => one.action === action && lastOf(one.channel.$ref) === key)
      .map(([name, one]) => hubEntry(root, name, one));
    return group(`${channel.title}, ${channel.address}`, entries);
  });
  return section(id, title, intro, groups);
}

function schemaSection(rest, hub) {
  const all = { ...rest.components.schemas, ...hub.components.schemas };
  const names = Object.keys(all).sort((a, b) => a.localeCompare(b));
  const entries = names.map((name) =>
    entry(
      `schema-${name}`,
      'schema',
      name,
      all[name].description?.split('. ')[0] ?? '',
      schemaBody(all[name]),
    ),
  );
  return section('schemas', 'Schemas', '', [group('', entries)]);
}

function contents(main) {
  const lines = [];
  for (const part of main.querySelectorAll('section')) {
    lines.push(
      make('h2', {}, make('a', { href: `#${part.id}` }, part.querySelector('h2').textContent)),
    );
    for (const one of part.querySelectorAll('.entry')) {
      const name = one.querySelector('.name').textContent;
      const shown =
        part.id === 'rest' ? one.querySelector('.about').textContent : name.replace(/\(.*/, '');
      lines.push(make('a', { href: `#${one.id}`, title: name, 'data-entry': one.id }, shown));
    }
  }
  return lines;
}

/// Hides what does not hold every word.
function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of document.querySelectorAll('.entry')) {
    const content = one.textContent.toLowerCase();
    one.hidden = !words.every((word) => content.includes(word));
    const link = document.querySelector(`[data-entry="${CSS.escape(one.id)}"]`);
    if (link) link.hidden = one.hidden;
  }
  for (const one of document.querySelectorAll('.group'))
    one.hidden = !one.querySelector('.entry:not([hidden])');
  for (const one of document.querySelectorAll('section'))
    one.hidden = !one.querySelector('.entry:not([hidden])');
  const found = document.querySelectorAll('.entry:not([hidden])').length;
  byId('state').textContent = words.length === 0 ? '' : `${found} found`;
}

function openTarget() {
  const target = byId(decodeURIComponent(location.hash.slice(1)));
  if (target?.tagName !== 'DETAILS') return;
  if (target.hidden) {
    byId('filter').value = '';
    filter('');
  }
  target.open = true;
  target.scrollIntoView();
}

const themes = { dark: 'light', light: 'dark' };

function setTheme(name) {
  document.documentElement.dataset.theme = name;
}

function remembered() {
  try {
    return localStorage.getItem('parley-docs-theme');
  } catch {
    return null; // storage is forbidden here: the theme lasts as long as the page
  }
}

function toggleTheme() {
  const next = themes[document.documentElement.dataset.theme];
  setTheme(next);
  try {
    localStorage.setItem('parley-docs-theme', next);
  } catch {
    // see remembered()
  }
}

async function load(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: status ${response.status}`);
  return response.json();
}

async function show() {
  const [rest, hub] = await Promise.all([load('/docs/openapi.json'), load('/docs/asyncapi.json')]);
  byId('version').textContent = rest.info.version;
  const main = byId('main');
  main.append(
    restSection(rest),
    hubSection(hub, 'receive', 'methods', 'Hub methods', hub.info.description),
    hubSection(
      hub,
      'send',
      'events',
      'Events',
      'What clients are told. An audience stands behind each name.',
    ),
    schemaSection(rest, hub),
  );
  byId('contents').append(...contents(main));
  byId('state').textContent = '';
  openTarget();
}

setTheme(remembered() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
byId('theme').addEventListener('click', toggleTheme);
byId('filter').addEventListener('input', (event) => filter(event.target.value));
addEventListener('hashchange', openTarget);
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.tagName === 'INPUT') return;
  event.preventDefault();
  byId('filter').focus();
});
show().catch((error) => {
  byId('state').textContent = `The documents could not be loaded: ${error.message}`;
});
