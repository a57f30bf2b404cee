// Writes src/api.ts from docs/api: every shape, what clients call and what they hear.
//   node scripts/make-api.mjs           writes it
//   node scripts/make-api.mjs --print   prints it
import { readFileSync, writeFileSync } from 'node:fs';

const API = new URL('../../../docs/api/', import.meta.url);
const OUTPUT = new URL('../src/api.ts', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, API), 'utf8'));
const nameOf = (reference) => reference.split('/').at(-1);
const quoted = (value) => (typeof value === 'string' ? `'${value}'` : String(value));
const unique = (values) => [...new Set(values)];
const PLAIN = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

function comment(text, indent) {
  return text ? `${indent}/** ${text.replaceAll('*/', '* /')} */\n` : '';
}

function typeOf(schema, indent = '') {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.const !== undefined) return quoted(schema.const);
  if (schema.enum) return schema.enum.map(quoted).join(' | ');
  if (schema.properties) return objectOf(schema, indent);
  for (const choice of [schema.oneOf, schema.anyOf])
    if (choice) return unique(choice.map((one) => typeOf(one, indent))).join(' | ');
  if (schema.allOf) return schema.allOf.map((one) => typeOf(one, indent)).join(' & ');
  return (
    [schema.type ?? []]
      .flat()
      .map((type) => simple(type, schema, indent))
      .join(' | ') || 'unknown'
  );
}

function simple(type, schema, indent) {
  if (type === 'array') return `Array<${typeOf(schema.items ?? {}, indent)}>`;
  if (type === 'object') return 'Record<string, unknown>';
  return PLAIN[type];
}

function objectOf({ properties, required = [] }, indent) {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?';
    return `${comment(schema.description, inner)}${inner}${name}${mark}: ${typeOf(schema, inner)};\n`;
  });
  return `{\n${members.join('')}${indent}}`;
}

/// A trailing argument whose type admits null may be left out.
function tupleOf({ items = [], minItems = items.length }) {
  const members = items.map(
    (item, at) => `${item.title ?? 'event'}${at < minItems ? '' : '?'}: ${typeOf(item)}`,
  );
  return `[${members.join(', ')}]`;
}

function operationsOf(hub, action) {
  return Object.entries(hub.operations).filter(([, one]) => one.action === action);
}

function messageOf(hub, { $ref }) {
  const [, , channel, , message] = $ref.split('/');
  return hub.channels[channel].messages[message];
}

function methodOf(hub, [name, operation]) {
  const message = messageOf(hub, operation.messages[0]);
  const reply = messageOf(hub, operation.reply.messages[0]).payload;
  const result = reply.type === 'null' ? 'void' : typeOf(reply);
  const stream = operation['x-stream'] ? '; stream: true' : '';
  return (
    comment(message.summary, '  ') +
    `  ${name}: { arguments: ${tupleOf(message.payload)}; result: ${result}${stream} };\n`
  );
}

function eventOf(hub, [name, operation]) {
  const { payload, summary } = messageOf(hub, operation.messages[0]);
  const choices = (payload.oneOf ?? [payload]).map((one) => {
    if (Array.isArray(one.items)) return tupleOf(one);
    return `[event: ${typeOf(one.items ?? one)}]`;
  });
  return `${comment(summary, '  ')}  ${name}: ${choices.join(' | ')};\n`;
}

function document() {
  const schemas = read('schemas.json');
  const hub = read('hub.json');
  const shapes = Object.entries(schemas).map(([name, schema]) => {
    const isObject = schema.properties && !schema.allOf;
    const body = isObject
      ? `interface ${name} ${objectOf(schema, '')}`
      : `type ${name} = ${typeOf(schema)};`;
    return `${comment(schema.description, '')}export ${body}\n`;
  });
  const methods = operationsOf(hub, 'receive').map((one) => methodOf(hub, one));
  const events = operationsOf(hub, 'send').map((one) => eventOf(hub, one));
  return (
    '// Made by scripts/make-api.mjs from docs/api: change those.\n\n' +
    `${shapes.join('\n')}\n` +
    `/** What a client may call. */\nexport interface HubMethods {\n${methods.join('')}}\n\n` +
    `/** What a client may hear, as the arguments of its handler. */\nexport interface HubEvents {\n${events.join('')}}\n`
  );
}

if (process.argv.includes('--print')) process.stdout.write(document());
else writeFileSync(OUTPUT, document());
