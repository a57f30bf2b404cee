// Made by scripts/make-api.mjs from docs/api: change those.

/** A GUID. */
export type Id = string;

/** The claim `sub`: 1 to 64 visible ASCII characters. */
export type UserId = string;

/** ISO 8601 in UTC, with milliseconds. */
export type Time = string;

/** ISO 8601 in UTC; null: never. */
export type TimeOrNull = string | null;

/** Place in the conversation's history: dense from 1, over messages and changes. */
export type Seq = number;

/** A seq, or 0 for the time before the first entry. */
export type Position = number;

/** At most 5,000 UTF-16 units (`chat.max_text_units`), kept as it is; white space counts. */
export type Text = string;

export type ConversationType = 'ProfessionalPatient' | 'Direct' | 'Group' | 'Channel' | 'Lobby';

/** Moves forward only; that of the slowest other member. */
export type MessageStatus = 'Sent' | 'Delivered' | 'Read';

export type Role = 'member' | 'admin' | 'owner';

/** Why a call was refused. All but `unknown` promise that nothing was stored. */
export type ErrorCode = 'bad_request' | 'too_long' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'id_conflict' | 'limit' | 'rate_limited' | 'busy' | 'unavailable' | 'unknown';

/** RFC 9457. `code` is for programs, `detail` for people. */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  /** With `rate_limited` and `busy`, and for want of room for connections: when to come back. */
  retryAfterMs?: number;
  /** With `/refresh` only: the word that .NET clients look for. */
  error?: 'invalid_token' | 'missing_connection_token' | 'connection_not_found' | 'user_changed';
}

/** By type, or in the form of the guide: two participants, one of them the caller. A two-person conversation exists once; creating it again answers the one there is. */
export interface CreateConversation {
  /** Direct or Group, by name in any case or by number. */
  type?: 'Direct' | 'Group' | 'direct' | 'group' | 1 | 2;
  /** The caller is always in it, listed or not. */
  participantIds?: Array<UserId>;
  participant1Id?: UserId;
  participant2Id?: UserId;
  /** Groups only. */
  title?: string | null;
  /** Your own key for it, unique; usable in routes in place of the id. */
  caseId?: string | null;
}

export interface CreatedConversation {
  conversationId: Id;
}

export interface PostMessage {
  content: Text;
  /** The sender's own id of this send. A repeat is stored once and gets the first answer. */
  clientMessageId?: string | null;
  /** A message of the same conversation. */
  replyTo?: string | null;
  /** Files that the caller announced for this conversation and uploaded; each goes out once. With files the content may be empty. */
  attachmentIds?: Array<Id> | null;
}

export interface SendRequest {
  conversationId: Id;
  content: Text;
  /** The sender's own id of this send. A repeat is stored once and gets the first answer. */
  clientMessageId?: string | null;
  /** A message of the same conversation. */
  replyTo?: string | null;
  /** Files that the caller announced for this conversation and uploaded; each goes out once. With files the content may be empty. */
  attachmentIds?: Array<Id> | null;
}

export interface AttachmentRequest {
  conversationId: Id;
  /** 1 to 255 bytes of UTF-8 without control characters; never a path. */
  fileName: string;
  /** A media type. */
  contentType: string;
  /** Bytes, exactly. */
  size: number;
  /** Of an image, in pixels; with `height`. */
  width?: number | null;
  height?: number | null;
}

export interface AttachmentPlace {
  attachmentId: Id;
  /** For a PUT of the bytes, without a token, for 10 minutes. One that begins with `/` belongs to this server. */
  uploadUrl: string;
}

export interface Attachment {
  id: Id;
  fileName: string;
  contentType: string;
  /** Bytes. */
  size: number;
  /** For a GET, without a token, for 10 minutes. Null while attachments are off. */
  url: string | null;
  /** Pixels, as its sender said; with `height`. */
  width?: number;
  height?: number;
}

/** It is on disk. */
export interface Posted {
  messageId: Id;
  seq: Seq;
  createdAt: Time;
}

export interface NewContent {
  content: Text;
}

export interface NewTitle {
  title: string;
}

export interface NewRole {
  /** In any case. */
  role: 'admin' | 'member';
}

export interface MarkUpTo {
  /** Default: everything so far. Clamped to the last seq. */
  upToSeq?: number | null;
}

export interface UserIds {
  userIds: Array<UserId>;
}

/** Of the message that a reply answers, as that is now; in events as it was then. Missing where the reader may not see it, and in events when somebody may not. */
export interface Quote {
  messageId: Id;
  seq: Seq;
  senderId: UserId;
  /** The first 100 UTF-16 units. */
  content: string;
  deleted: boolean;
}

/** As it is now: an edited one has its present content, a deleted one `""` and `deletedAt`. */
export interface Message {
  id: Id;
  senderId: UserId;
  content: Text;
  status: MessageStatus;
  createdAt: Time;
  deliveredAt: TimeOrNull;
  readAt: TimeOrNull;
  seq: Seq;
  editedAt?: Time;
  deletedAt?: Time;
  replyTo?: Id;
  replyToMessage?: Quote;
  attachments?: Array<Attachment>;
  /** As its sender gave it; to the sender alone. */
  clientMessageId?: string;
}

/** A numbered page. Page 1 is the newest; messages ascend inside a page. */
export interface MessagePage {
  messages: Array<Message>;
  pageNumber: number;
  pageSize: number;
  totalCount: number;
  totalPages: number;
}

/** Messages by seq, ascending. */
export interface MessageStretch {
  messages: Array<Message>;
  /** More exist in the direction asked; older ones when none or `around` was given. */
  hasMore: boolean;
  /** When asked for: what happened between these messages, and up to those before and after them that were not there. Stretches that follow each other tell each once. */
  changes?: Array<CatchUpEvent>;
  /** With `changes`: false when some were left out, those furthest from what was asked for. */
  changesComplete?: boolean;
}

/** At most one of `before`, `after`, `around` and `aroundId`; none: the newest. */
export interface StretchRequest {
  conversationId: Id;
  /** Excluded itself. */
  before?: number | null;
  /** Excluded itself. */
  after?: number | null;
  around?: number | null;
  /** A message's id; `not_found` where it is not. */
  aroundId?: string | null;
  limit?: number | null;
  /** Tell changes of members, roles and title among these messages, too? */
  changes?: boolean | null;
}

/** Upwards after a seq, from the start when none is given; or downwards before one. */
export interface HistoryWalk {
  conversationId: Id;
  /** Excluded itself. */
  after?: number | null;
  /** Excluded itself. */
  before?: number | null;
  /** Messages; all without it. */
  limit?: number | null;
}

/** None twice. */
export type ConversationIds = Array<Id>;

export type Joined = Array<{
  conversationId: Id;
  ok: boolean;
  code?: ErrorCode;
}>;

export interface MembersRequest {
  conversationId: Id;
  /** `next` of the page before. */
  after?: string | null;
  limit?: number | null;
}

export interface MemberPage {
  participants: Array<{
    userId: UserId;
    displayName: string;
    profilePictureUrl: string | null;
    role: Role;
    joinedAt: Time;
  }>;
  /** Hand it back as `after`, as it is. null: there are no more. */
  next: string | null;
}

export interface InviteRequest {
  /** Seconds; never without it. */
  expiresInS?: number | null;
  /** How many may come in; no end without it. */
  maxUses?: number | null;
}

export interface Invite {
  /** 22 characters of base64url. */
  code: string;
  conversationId: Id;
  createdBy: UserId;
  createdAt: Time;
  expiresAt: TimeOrNull;
  /** null: no end. */
  usesLeft: number | null;
}

export interface Invites {
  invites: Array<Invite>;
}

export interface InvitePreview {
  title: string | null;
  memberCount: number;
  /** A display name. */
  invitedBy: string | null;
}

export interface Participant {
  userId: UserId;
  displayName: string;
  firstName: string | null;
  lastName: string | null;
  profilePictureUrl: string | null;
  role: Role;
}

export interface ListRequest {
  /** Of the last row seen: `<lastActivityAt>|<id>`. */
  before?: string | null;
  limit?: number | null;
}

/** The four `otherParticipant` fields are null for a group. */
export interface ChatListRow {
  id: Id;
  otherParticipantId: string | null;
  otherParticipantFirstName: string | null;
  otherParticipantLastName: string | null;
  otherParticipantProfilePictureUrl: string | null;
  lastMessage: Message | null;
  /** What others said since one read; exact. */
  unreadCount: number;
  lastActivityAt: Time;
  type: ConversationType;
  title: string | null;
  caseId: string | null;
  participantCount: number;
  participants: Array<Participant>;
  /** Of the last entry of any kind, as CatchUp counts. */
  lastSeq: number;
  /** How far the caller has read. */
  readSeq: number;
  /** Always false yet. */
  muted: boolean;
  /** How far the other one of two has come; null for a group. */
  cursors: {
    deliveredSeq: number;
    readSeq: number;
  } | null;
}

/** The newest activity first. */
export type ChatList = Array<ChatListRow>;

export interface CatchUpPosition {
  conversationId: Id;
  afterSeq: Position;
  /** Id of the entry at `afterSeq`: guards against a store that was set back. */
  afterId?: string | null;
}

export type CatchUpRequest = Array<CatchUpPosition>;

/** `data` is the object of the event named. */
export interface CatchUpEvent {
  event: 'MessageReceived' | 'MessageEdited' | 'MessageDeleted' | 'ConversationCreated' | 'ParticipantsAdded' | 'ParticipantRemoved' | 'TitleChanged' | 'RoleChanged';
  seq: Seq;
  data: MessageReceived | MessageEdited | MessageDeleted | ConversationCreated | ParticipantsAdded | ParticipantRemoved | TitleChanged | RoleChanged;
}

/** How far a member has been delivered and has read. */
export interface Cursors {
  userId: UserId;
  deliveredSeq: Position;
  readSeq: Position;
}

/** `recovered` false: reload this conversation; also for a position of an earlier membership. Never a prefix. */
export interface CaughtUp {
  conversationId: Id;
  recovered: boolean;
  events: Array<CatchUpEvent>;
  cursors: Array<Cursors>;
  lastSeq: Position;
}

/** In the order asked. */
export type CatchUpAnswer = Array<CaughtUp>;

/** Outside the presence scope: offline, never seen. */
export interface Presence {
  userId: UserId;
  online: boolean;
  lastSeenAt: TimeOrNull;
}

/** In the order asked. */
export type PresenceList = Array<Presence>;

/** Display name, made of what is known; the rest null when it is not. */
export interface Profile {
  userId: UserId;
  displayName: string;
  firstName: string | null;
  lastName: string | null;
  profilePictureUrl: string | null;
}

export type Profiles = Array<Profile>;

export interface People {
  users: Array<Profile>;
}

/** A key that is missing stays as it is; `null` clears it. */
export interface ProfileChange {
  firstName?: string | null;
  lastName?: string | null;
  displayName?: string | null;
  /** `http` or `https`. */
  profilePictureUrl?: string | null;
}

export type Blocks = Array<Block>;

export interface Block {
  userId: UserId;
  blockedAt: Time;
}

export interface DeadLetterRow {
  id: Id;
  /** What it is: `message`, or the change it makes. */
  kind: 'message' | 'edit' | 'delete' | 'created' | 'added' | 'removed' | 'role' | 'title';
  conversationId: Id;
  senderId: string;
  /** Empty: none. */
  clientMessageId: string;
  createdAt: Time;
  failedAt: Time;
  /** The store's words; no text of the message. */
  reason: string;
}

export type DeadLetters = Array<DeadLetterRow>;

/** Bytes that are no UTF-8 come as U+FFFD. */
export interface DeadLetter {
  id: Id;
  /** What it is: `message`, or the change it makes. */
  kind: 'message' | 'edit' | 'delete' | 'created' | 'added' | 'removed' | 'role' | 'title';
  conversationId: Id;
  senderId: string;
  /** Empty: none. */
  clientMessageId: string;
  createdAt: Time;
  failedAt: Time;
  /** The store's words; no text of the message. */
  reason: string;
  /** Bytes of the text. */
  size: number;
  replyTo?: Id;
  /** The message that was edited or deleted. */
  messageId?: Id;
  /** Whom a change of members is about. */
  userIds?: Array<string>;
  /** How many. */
  attachments: number;
  content: string;
}

export interface PostedAgain {
  id: Id;
  conversationId: Id;
  seq: Seq;
}

/** Counts are since the server started. */
export interface Job {
  name: 'mark-messages-delivered' | 'count-dead-letters' | 'remove-unused-attachments';
  everyMs: number;
  isRunning: boolean;
  /** When the last finished run began. */
  lastRunAt: TimeOrNull;
  lastDurationMs: number | null;
  lastResult: 'never' | 'succeeded' | 'failed';
  lastError: string | null;
  /** That succeeded. */
  runs: number;
  failures: number;
  /** What it had to do: messages marked, files removed; of `count-dead-letters` how many there are. */
  found: number;
}

export type Jobs = Array<Job>;

export interface Register {
  /** a-z 0-9 . _ - */
  userName: string;
  password: string;
  /** For the profile. */
  firstName?: string | null;
  /** For the profile. */
  lastName?: string | null;
  /** For the profile; at most 100 UTF-16 units. */
  displayName?: string | null;
  /** Shall this browser stay signed in? */
  session?: boolean | null;
}

export interface SignIn {
  userName: string;
  password: string;
  /** Shall this browser stay signed in? */
  session?: boolean | null;
}

export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}

export interface Sessions {
  sessions: Array<{
    id: string;
    createdAt: Time;
    lastUsedAt: Time;
    /** What the browser said of itself. */
    agent: string;
    /** Does the caller's token come from it? */
    current: boolean;
  }>;
}

export interface SignedIn {
  /** A JWT (HS256). */
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  userId: UserId;
}

export interface WebConfig {
  /** The server's version, and behind a `+` that of the web client in it. */
  version: string;
  /** What this place is called (`http.web_title`). */
  title: string;
  /** Are `/auth/register` and `/auth/token` open? */
  accounts: boolean;
  /** Where people get a token when accounts are not open (`http.web_sign_in_url`). */
  signInUrl: string | null;
  /** Whom `GET /users` finds by the beginning of a name. */
  people: 'everyone' | 'contacts' | 'nobody';
  limits: {
    /** UTF-16 units of a message. */
    content: number;
    /** UTF-16 units of a title. */
    title: number;
    /** Members of a conversation. */
    members: number;
    /** UTF-16 units of a person's name. */
    name: number;
  };
  /** null: files are off. */
  attachments: {
    /** Of one file. */
    maxBytes: number;
    /** Files. */
    maxPerMessage: number;
  } | null;
  /** Origins from which pictures of people may be shown, besides this one. */
  imageOrigins: Array<string>;
  /** Can messages be searched? */
  search: boolean;
  /** For Web Push; null: there is none. */
  vapidKey: string | null;
}

/** Negotiate versions 1 and 0. Or, with status 200 too, `error`. */
export interface Negotiation {
  negotiateVersion: 0 | 1;
  /** Public; opens nothing. In version 0 it is the secret. */
  connectionId: string;
  /** Secret: the `id` of the connection's requests. Missing in version 0. */
  connectionToken?: string;
  /** Asked for and offered; else missing. */
  useStatefulReconnect?: true;
  availableTransports: Array<{
    transport: 'WebSockets' | 'ServerSentEvents' | 'LongPolling';
    transferFormats: Array<'Text' | 'Binary'>;
  }>;
  /** Seconds until the token's `exp`, rounded down. Missing for guests, and when it is past. */
  tokenLifetimeSeconds?: number;
}

export interface TokenLifetime {
  /** Seconds until the token's `exp`, rounded down; absent when that is past. */
  tokenLifetimeSeconds?: number;
}

export interface MessageReceived {
  messageId: Id;
  conversationId: Id;
  senderId: UserId;
  content: Text;
  status: 'Sent';
  createdAt: Time;
  seq: Seq;
  editedAt?: Time;
  deletedAt?: Time;
  replyTo?: Id;
  replyToMessage?: Quote;
  attachments?: Array<Attachment>;
  /** As its sender gave it; to the sender alone. */
  clientMessageId?: string;
}

export interface NewMessageNotification {
  conversationId: Id;
  senderId: UserId;
  /** The first 100 UTF-16 units. */
  preview: string;
  messageId: Id;
  seq: Seq;
  /** Always false yet. */
  mention: boolean;
}

export interface MessageEdited {
  messageId: Id;
  conversationId: Id;
  content: Text;
  editedAt: Time;
  seq: Seq;
}

/** Without `seq`: a message that was shown and could not be stored is taken back (`delivery = "immediate"`). */
export interface MessageDeleted {
  messageId: Id;
  conversationId: Id;
  seq?: Seq;
}

export interface MessagesRead {
  conversationId: Id;
  readBy: UserId;
  upToSeq: Seq;
  readAt: Time;
}

export interface MessagesDelivered {
  conversationId: Id;
  deliveredBy: UserId;
  upToSeq: Seq;
  deliveredAt: Time;
}

export interface ConversationCreated {
  conversationId: Id;
  type: ConversationType;
  title: string | null;
  participants: Array<UserId>;
  createdBy: UserId;
  createdAt: Time;
  seq: Seq;
}

export interface ParticipantsAdded {
  conversationId: Id;
  userIds: Array<UserId>;
  addedBy: UserId;
  seq: Seq;
}

export interface ParticipantRemoved {
  conversationId: Id;
  userId: UserId;
  removedBy: UserId;
  seq: Seq;
}

export interface TitleChanged {
  conversationId: Id;
  title: string | null;
  changedBy: UserId;
  seq: Seq;
}

export interface RoleChanged {
  conversationId: Id;
  userId: UserId;
  role: Role;
  seq: Seq;
}

/** What a client may call. */
export interface HubMethods {
  /** Make a conversation */
  CreateConversation: { arguments: [what: CreateConversation]; result: CreatedConversation };
  /** Hear its messages and typing live */
  JoinConversation: { arguments: [conversationId: Id]; result: void };
  /** Hear those of many conversations, each for itself */
  JoinConversations: { arguments: [conversationIds: ConversationIds]; result: Joined };
  /** Stop hearing them; membership stays */
  LeaveConversation: { arguments: [conversationId: Id]; result: void };
  /** Send a message; the result means that it is on disk */
  Send: { arguments: [message: SendRequest]; result: Posted };
  /** Change the text of one's own message */
  EditMessage: { arguments: [messageId: Id, content: Text]; result: void };
  /** Empty one's own message */
  DeleteMessage: { arguments: [messageId: Id]; result: void };
  /** Everything up to a seq is read */
  MarkRead: { arguments: [conversationId: Id, upToSeq?: number | null]; result: void };
  /** Everything up to a seq has arrived */
  MarkDelivered: { arguments: [conversationId: Id, upToSeq?: number | null]; result: void };
  /** One is typing; ends by itself after 6 s */
  StartTyping: { arguments: [conversationId: Id]; result: void };
  /** One has stopped */
  StopTyping: { arguments: [conversationId: Id]; result: void };
  /** Add users to a group; to a two-person conversation: begin a group beside it */
  AddParticipants: { arguments: [conversationId: Id, userIds: Array<UserId>]; result: CreatedConversation };
  /** Remove a user who ranks lower */
  RemoveParticipant: { arguments: [conversationId: Id, userId: UserId]; result: void };
  /** Make a participant an admin, or a member again */
  SetRole: { arguments: [conversationId: Id, userId: UserId, role: 'admin' | 'member']; result: void };
  /** Be a participant no more */
  Leave: { arguments: [conversationId: Id]; result: void };
  /** The chat list */
  GetConversations: { arguments: [what?: ListRequest | null]; result: ChatList };
  /** History by seq */
  GetMessages: { arguments: [what: StretchRequest]; result: MessageStretch };
  /** Its members, longest-standing first */
  GetParticipants: { arguments: [what: MembersRequest]; result: MemberPage };
  /** History as a stream, page after page as the client takes it */
  StreamHistory: { arguments: [what: HistoryWalk]; result: Message; stream: true };
  /** What happened since; join first, then catch up */
  CatchUp: { arguments: [positions: CatchUpRequest]; result: CatchUpAnswer };
  /** Who is online */
  GetPresence: { arguments: [userIds: Array<UserId>]; result: PresenceList };
  /** To everybody in the lobby */
  SendMessage: { arguments: [user: string, message: Text]; result: void };
  /** Hands over what waited: two-person and group messages after the delivered cursor, at most 500 */
  RegisterUser: { arguments: [name: string]; result: void };
  /** To one user; the conversation is made if need be */
  SendPrivateMessage: { arguments: [userId: UserId, message: Text]; result: void };
  /** Make or enter the group of this name; with `groups.open` off, for its members only */
  JoinGroup: { arguments: [group: string]; result: void };
  /** To a group by name that one is in */
  SendToGroup: { arguments: [group: string, message: Text]; result: void };
}

/** What a client may hear, as the arguments of its handler. */
export interface HubEvents {
  /** A message, to connections that joined */
  MessageReceived: [event: MessageReceived];
  /** A message, to every connection of every other participant */
  NewMessageNotification: [event: NewMessageNotification];
  /** To every connection of every participant */
  MessageEdited: [event: MessageEdited];
  /** To every connection of every participant */
  MessageDeleted: [event: MessageDeleted];
  /** To every connection of every participant; above 200 members only to the reader's own */
  MessagesRead: [event: MessagesRead];
  /** To every connection of every participant; above 200 members only to the receiver's own */
  MessagesDelivered: [event: MessagesDelivered];
  /** To every connection of every participant */
  ConversationCreated: [event: ConversationCreated];
  /** To every connection of every participant, the new ones too */
  ParticipantsAdded: [event: ParticipantsAdded];
  /** To every connection of every participant, and to who was removed: nothing follows there */
  ParticipantRemoved: [event: ParticipantRemoved];
  /** To every connection of every participant */
  TitleChanged: [event: TitleChanged];
  /** To every connection of every participant */
  RoleChanged: [event: RoleChanged];
  /** To connections that joined, not the typist's */
  UserTyping: [conversationId: Id, userId: UserId];
  /** Told once for each UserTyping */
  UserStoppedTyping: [conversationId: Id, userId: UserId];
  /** First connection of a user, to people who share a conversation (`presence.scope`) */
  UserOnline: [userId: UserId];
  /** Last connection of a user, after `presence.grace_ms` when it was cut */
  UserOffline: [userId: UserId];
  /** A message: live with its sender's shown name, or one that waited */
  ReceiveMessage: [user: string, message: Text] | [one: 1, message: Text, status: 'Sent'];
  /** The greeting of a new connection */
  Notify: [text: 'Welcome to the chat!'];
}
