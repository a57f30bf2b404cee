// Where our answers differ from ASP.NET Core's on purpose, each with its reason. A rule takes both
// answers and makes them alike where it applies; one that no recorded case needs any more fails the
// run, so that this list stays true. `before`: the release in which the reference came to agree.

/// Does `change` to every record of an answer.
const records = (answer, change) => ({
  ...answer,
  groups: Object.fromEntries(
    Object.entries(answer.groups).map(([id, group]) => [id, group.map(change)]),
  ),
});

const HANDSHAKE = 'An unexpected error occurred during connection handshake.';
const CLOSED = 'Connection closed with an error.';

export const DIFFERENCES = [
  {
    name: 'the detail of a protocol violation',
    reason:
      'With detailed errors both name what is wrong with the record, in words of their own; the ' +
      'end itself, allowReconnect and the close code must be alike.',
    alike: (...answers) =>
      answers.slice(0, 2).map((answer) =>
        records(answer, (record) =>
          record.type === 7 && record.error?.startsWith(CLOSED) ? { ...record, error: CLOSED } : record,
        ),
      ),
  },
  {
    name: 'the detail of a refused handshake',
    reason: 'The same for handshakes: with detailed errors the reference names the exception.',
    alike: (...answers) =>
      answers.slice(0, 2).map((answer) =>
        answer.handshake?.error?.startsWith(HANDSHAKE)
          ? { ...answer, handshake: { error: HANDSHAKE } }
          : answer,
      ),
  },
  {
    name: 'a stream invocation needs an id',
    reason:
      'Without one ours ends the connection always, the reference only when the arguments fit: it ' +
      'looks at them first. Nobody could be answered.',
    alike: (ours, theirs, { chunks }) =>
      isClosedInError(ours) && recordsOf(chunks).some(({ type, invocationId }) => type === 4 && !invocationId)
        ? [ours, ours]
        : [ours, theirs],
  },
  {
    name: 'an item for nobody does not excuse a record without a type',
    reason:
      'The reference drops a record at its item when nobody waits for that id, before it misses the ' +
      'type. Ours wants every record to be whole.',
    alike: (ours, theirs, { chunks }) =>
      isClosedInError(ours) &&
      recordsOf(chunks).some((one) => !one.type && one.invocationId && one.item !== undefined)
        ? [ours, ours]
        : [ours, theirs],
  },
  {
    name: 'what is not JSON ends the connection',
    reason:
      'ASP.NET Core reads a record as far as it needs to: text behind the object, bytes that are ' +
      'not UTF-8 and numbers beyond a double pass where nobody looks at them, and a syntax error ' +
      'in the arguments is a binding failure. Ours ends the connection: such a client is broken.',
    alike: (ours, theirs, { chunks }) =>
      ours.code === 1000 && isClosedInError(ours) && !isStrictJson(Buffer.concat(chunks))
        ? [ours, ours]
        : [ours, theirs],
  },
  {
    name: 'why an uploaded item does not fit',
    reason: 'The reference adds what its JSON reader says; ours has the sentence only.',
    alike: (...answers) =>
      answers.slice(0, 2).map((answer) =>
        records(answer, (record) => ({
          ...record,
          ...(record.error && { error: record.error.replace(/(Failed to bind Stream message\.).*/, '$1') }),
        })),
      ),
  },
  {
    name: 'a stream whose id another call wanted can still be cancelled',
    before: 11,
    reason:
      'Up to 10 the reference forgets the running stream when it refuses the second, so that a cancel finds ' +
      'nothing and the stream never ends. Ours goes on.',
    alike: (ours, theirs) => {
      const isReused = ({ error }) => error?.endsWith('is already in use.');
      const [id] = Object.entries(theirs.groups).find(([, group]) => group.some(isReused)) ?? [];
      if (!id || !ours.groups[id]?.some(isReused)) return [ours, theirs];
      const { '(StreamCanceled)': told, ...groups } = ours.groups;
      return [{ ...ours, groups: { ...groups, [id]: groups[id].filter(isReused) } }, theirs];
    },
  },
];

const isClosedInError = ({ groups }) => groups['(7)']?.[0].error?.startsWith(CLOSED);

/// The records of a case that are JSON objects.
function recordsOf(chunks) {
  const texts = Buffer.concat(chunks).toString().split('\x1e');
  return texts.flatMap((text) => {
    try {
      return [JSON.parse(text) ?? {}];
    } catch {
      return [];
    }
  });
}

/// Is every record, the handshake too, one JSON text that a strict reader takes?
function isStrictJson(bytes) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const values = text.split('\x1e').slice(0, -1).map((one) => JSON.parse(one));
    return !hasInfinity(values);
  } catch {
    return false;
  }
}

function hasInfinity(value) {
  if (typeof value === 'number') return !Number.isFinite(value);
  return value !== null && typeof value === 'object' && Object.values(value).some(hasInfinity);
}
