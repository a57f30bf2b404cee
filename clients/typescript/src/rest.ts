import type {
  Attachment,
  AttachmentPlace,
  AttachmentRequest,
  Blocks,
  ChatList,
  CreateConversation,
  CreatedConversation,
  ErrorCode,
  Invite,
  InvitePreview,
  InviteRequest,
  Invites,
  ListRequest,
  MemberPage,
  MembersRequest,
  MessageStretch,
  PasswordChange,
  People,
  Problem,
  Profile,
  ProfileChange,
  Profiles,
  Register,
  Sessions,
  SignIn,
  SignedIn,
  StretchRequest,
  WebConfig,
} from './api.js';
import { Refusal } from './refusal.js';

export type TokenSource = () => string | Promise<string>;

export interface UploadOptions {
  /** Of a picture, in px: those who see it keep its place free. */
  width?: number;
  height?: number;
  /** Bytes that went out so far. Called where the browser tells it (XMLHttpRequest). */
  onProgress?: (sent: number) => void;
  signal?: AbortSignal;
  /** Of an image, in pixels: both or neither. Whoever shows it has its place before its first byte. */
  width?: number;
  height?: number;
}

export type Query = Record<string, string | number | boolean | null | undefined>;
export interface Call {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Without a token. */
  isOpen?: boolean;
}

/** The REST routes that a client needs beside the hub. Rejects with a `Refusal` where the server refuses. */
export class Rest {
  /** @param base URL of the server; in a page of the server's own: `location.origin` */
  constructor(
    private readonly base: string | URL,
    private readonly token: TokenSource,
  ) {}

  /** How people sign in here, and what is allowed: asked before anybody has. */
  config(): Promise<WebConfig> {
    return this.call('GET', 'web/config.json', { isOpen: true });
  }

  /** Signs in, too; with `session` the browser stays signed in, by a cookie: see `renewSession`. */
  register(who: Register): Promise<SignedIn> {
    return this.call('POST', 'auth/register', { body: who, isOpen: true });
  }

  signIn(who: SignIn): Promise<SignedIn> {
    return this.call('POST', 'auth/token', { body: who, isOpen: true });
  }

  /** The next token, by this browser's cookie. In pages of the server's own. */
  renewSession(signal?: AbortSignal): Promise<SignedIn> {
    return this.call('POST', 'auth/session', { signal, isOpen: true });
  }

  /** Ends this browser's session. */
  signOut(): Promise<void> {
    return this.call('DELETE', 'auth/session', { isOpen: true });
  }

  /** The browsers that stay signed in, the one used last first. */
  async sessions(): Promise<Sessions['sessions']> {
    return (await this.call<Sessions>('GET', 'auth/sessions')).sessions;
  }

  endSession(id: string): Promise<void> {
    return this.call('DELETE', `auth/sessions/${encodeURIComponent(id)}`);
  }

  /** Ends the user's other sessions. */
  changePassword(change: PasswordChange): Promise<void> {
    return this.call('PUT', 'auth/password', { body: change });
  }

  me(): Promise<Profile> {
    return this.call('GET', 'users/me');
  }

  changeMe(change: ProfileChange): Promise<Profile> {
    return this.call('PUT', 'users/me', { body: change });
  }

  /** By the beginning of a name. */
  findPeople(query: string, limit?: number, signal?: AbortSignal): Promise<Profiles> {
    return this.call('GET', 'users', { query: { query, limit }, signal });
  }

  /** Who has the built-in account of exactly this name. */
  async findByUserName(userName: string, signal?: AbortSignal): Promise<Profile | undefined> {
    const { users } = await this.call<People>('GET', 'users', { query: { userName }, signal });
    return users[0];
  }

  /** Those of them whom the user may know, at most 200. */
  async people(ids: readonly string[]): Promise<Profile[]> {
    return (await this.call<People>('GET', 'users', { query: { ids: ids.join(',') } })).users;
  }

  blocks(): Promise<Blocks> {
    return this.call('GET', 'users/me/blocks');
  }

  block(userId: string): Promise<void> {
    return this.call('PUT', `users/me/blocks/${encodeURIComponent(userId)}`);
  }

  unblock(userId: string): Promise<void> {
    return this.call('DELETE', `users/me/blocks/${encodeURIComponent(userId)}`);
  }

  conversations({ before, limit }: ListRequest = {}): Promise<ChatList> {
    return this.call('GET', 'messaging/conversations', { query: { before, limit } });
  }

  createConversation(what: CreateConversation): Promise<CreatedConversation> {
    return this.call('POST', 'messaging/conversations', { body: what });
  }

  messages(
    { conversationId, ...query }: StretchRequest,
    signal?: AbortSignal,
  ): Promise<MessageStretch> {
    return this.call('GET', `${conversation(conversationId)}/messages`, { query: { limit: 50, ...query }, signal });
  }

  /** Members, longest-standing first; `next` of a page is the `after` of the next one. */
  members({ conversationId, ...query }: MembersRequest): Promise<MemberPage> {
    return this.call('GET', `${conversation(conversationId)}/participants`, { query });
  }

  /** A link into a group is made of its code. */
  makeInvite(conversationId: string, what: InviteRequest = {}): Promise<Invite> {
    return this.call('POST', `${conversation(conversationId)}/invites`, { body: what });
  }

  async invites(conversationId: string): Promise<Invite[]> {
    return (await this.call<Invites>('GET', `${conversation(conversationId)}/invites`)).invites;
  }

  revokeInvite(conversationId: string, code: string): Promise<void> {
    return this.call('DELETE', `${conversation(conversationId)}/invites/${encodeURIComponent(code)}`);
  }

  /** Where an invite leads; no token is needed. */
  lookAtInvite(code: string): Promise<InvitePreview> {
    return this.call('GET', `messaging/invites/${encodeURIComponent(code)}`, { isOpen: true });
  }

  joinByInvite(code: string): Promise<CreatedConversation> {
    return this.call('POST', `messaging/invites/${encodeURIComponent(code)}/join`);
  }

  /** Announces a file and uploads it. @returns its id for `attachmentIds` of one message */
  async upload(
    conversationId: string,
    file: File,
    options: UploadOptions = {},
  ): Promise<Attachment['id']> {
    const { width, height } = options;
    const announced: AttachmentRequest & Pick<UploadOptions, 'width' | 'height'> = {
      conversationId,
      fileName: file.name,
      contentType: file.type || 'application/octet-stream',
      size: file.size,
      ...(width !== undefined && height !== undefined && { width, height }),
    };
    const place = await this.call<AttachmentPlace>('POST', 'messaging/attachments', {
      body: announced,
      signal: options.signal,
    });
    await put(new URL(place.uploadUrl, this.base), file, options);
    return place.attachmentId;
  }

  /** For routes that this class has no method for: `path` without a slash in front. */
  protected async call<Answer>(method: string, path: string, call: Call = {}): Promise<Answer> {
    const url = new URL(path, withSlash(this.base));
    for (const [name, value] of Object.entries(call.query ?? {}))
      if (value != null) url.searchParams.set(name, String(value));
    const headers: Record<string, string> = {};
    if (!call.isOpen) headers.Authorization = `Bearer ${await this.token()}`;
    if (call.body !== undefined) headers['Content-Type'] = 'application/json';
    const answer = await fetch(url, {
      method,
      headers,
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      ...(call.signal && { signal: call.signal }),
    });
    if (!answer.ok) throw await refusedBy(answer);
    const text = await answer.text();
    return (text ? JSON.parse(text) : undefined) as Answer;
  }
}

const conversation = (id: string) => `messaging/conversations/${encodeURIComponent(id)}`;
const withSlash = (base: string | URL) => (String(base).endsWith('/') ? base : `${base}/`);

async function refusedBy(answer: Response): Promise<Refusal> {
  const problem: Partial<Problem> = await answer.json().catch(() => ({})); // a proxy's page, say
  const seconds = Number(answer.headers.get('Retry-After') ?? Number.NaN);
  const wait = problem.retryAfterMs ?? (Number.isFinite(seconds) ? 1000 * seconds : undefined);
  return new Refusal(
    problem.code ?? codeOfStatus(answer.status),
    problem.detail ?? `${answer.status} ${answer.statusText}`.trim(),
    wait,
    answer.status,
  );
}

function codeOfStatus(status: number): ErrorCode {
  const codes: Record<number, ErrorCode> = {
    401: 'unauthenticated',
    403: 'forbidden',
    404: 'not_found',
    413: 'too_long',
    429: 'rate_limited',
    502: 'unavailable',
    503: 'unavailable',
    504: 'unavailable',
  };
  return codes[status] ?? (status < 500 ? 'bad_request' : 'unknown');
}

async function put(url: URL, file: Blob, { onProgress, signal }: UploadOptions): Promise<void> {
  if (onProgress && typeof XMLHttpRequest !== 'undefined')
    return putTelling(url, file, onProgress, signal);
  const answer = await fetch(url, { method: 'PUT', body: file, ...(signal && { signal }) });
  if (!answer.ok) throw await refusedBy(answer);
}

/** fetch does not tell how far an upload is. */
function putTelling(
  url: URL,
  file: Blob,
  onProgress: (sent: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onerror = () => reject(new TypeError('the upload was cut'));
    request.onabort = () => reject(signal?.reason);
    request.onload = async () => {
      const { status, statusText, responseText } = request;
      if (status >= 200 && status < 300) resolve();
      else reject(await refusedBy(new Response(responseText, { status, statusText })));
    };
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
