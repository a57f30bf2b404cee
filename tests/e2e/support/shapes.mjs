// The exact keys of what clients are told, and the exact form of refusals.
import assert from 'node:assert/strict';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/;
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/// Key lists of the guide, R-087..R-112. `added` may come along (C-13: new keys are additive only).
const MESSAGE_EXTRAS = [
  'attachments',
  'clientMessageId',
  'deletedAt',
  'editedAt',
  'replyTo',
  'seq',
];
export const SHAPES = {
  MessageReceived: {
    keys: ['content', 'conversationId', 'createdAt', 'messageId', 'senderId', 'seq', 'status'],
    added: ['attachments', 'clientMessageId', 'replyTo'],
  },
  NewMessageNotification: {
    keys: ['conversationId', 'preview', 'senderId'],
    added: ['mention', 'messageId', 'seq'],
  },
  MessagesRead: { keys: ['conversationId', 'readBy', 'upToSeq'], added: ['readAt'] },
  MessagesDelivered: { keys: ['conversationId', 'deliveredBy', 'upToSeq'], added: ['deliveredAt'] },
  MessageDeleted: { keys: ['conversationId', 'messageId', 'seq'], added: ['deletedAt'] },
  MessageEdited: { keys: ['content', 'conversationId', 'editedAt', 'messageId', 'seq'], added: [] },
  ConversationCreated: {
    keys: ['conversationId', 'createdAt', 'createdBy', 'participants', 'seq', 'title', 'type'],
    added: ['caseId'],
  },
  ParticipantsAdded: { keys: ['addedBy', 'conversationId', 'seq', 'userIds'], added: [] },
  ParticipantRemoved: { keys: ['conversationId', 'removedBy', 'seq', 'userId'], added: [] },
  message: {
    keys: ['content', 'createdAt', 'deliveredAt', 'id', 'readAt', 'senderId', 'status'],
    added: MESSAGE_EXTRAS,
  },
  chatRow: {
    keys: [
      'id',
      'lastActivityAt',
      'lastMessage',
      'otherParticipantFirstName',
      'otherParticipantId',
      'otherParticipantLastName',
      'otherParticipantProfilePictureUrl',
      'participantCount',
      'participants',
      'title',
      'type',
      'unreadCount',
    ],
    added: ['caseId', 'cursors', 'lastSeq', 'muted', 'readSeq', 'role'],
  },
  page: { keys: ['messages', 'pageNumber', 'pageSize', 'totalCount', 'totalPages'], added: [] },
  posted: { keys: ['messageId'], added: ['createdAt', 'seq'] },
  ack: { keys: ['createdAt', 'messageId', 'seq'], added: [] },
  participant: {
    keys: ['firstName', 'lastName', 'profilePictureUrl', 'role', 'userId'],
    added: ['displayName'],
  },
};

export function assertKeys(value, keys) {
  assert.deepEqual(Object.keys(value).sort(), [...keys].sort());
}

/// `value` has the keys of the named shape, and no other but the known additions.
export function assertShape(value, name) {
  const { keys, added } = SHAPES[name];
  const known = Object.keys(value).filter((key) => !added.includes(key));
  assert.deepEqual(known.sort(), [...keys].sort(), `keys of ${name}`);
}

export function assertTime(text) {
  assert.match(text, TIME, 'ISO 8601 in UTC with Z (R-096)');
}

/// A REST refusal: problem+json with `code` (Q-07, RFC 9457).
export function assertProblem(response, status, code) {
  assert.equal(response.status, status, JSON.stringify(response.body));
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(response.body.code, code);
  if ('status' in response.body) assert.equal(response.body.status, status);
}

/// The refusal of a hub method, as the client's Error has it.
export async function assertRefused(promise, method, code) {
  const prefix =
    `An unexpected error occurred invoking '${method}' on the server. ` + `HubException: ${code}: `;
  await assert.rejects(promise, (error) => {
    assert.ok(error.message.startsWith(prefix), `${error.message}\nshould start: ${prefix}`);
    assert.ok(error.message.length > prefix.length, 'has a text for a human');
    return true;
  });
}
