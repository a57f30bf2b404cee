import { Rest, type SignIn, type SignedIn } from '@parley/client';

/** What the pages need beside the routes of the SDK. Rejects with a `Refusal`. */
export class Server extends Rest {
  /** With a cookie, by which `renewSession` answers the next token. */
  enter(who: SignIn): Promise<SignedIn> {
    return this.signIn({ ...who, session: true });
  }

  makeAccount(who: SignIn & { displayName: string }): Promise<SignedIn> {
    return this.register({ ...who, session: true });
  }

  rename(conversationId: string, title: string): Promise<void> {
    const path = `messaging/conversations/${encodeURIComponent(conversationId)}`;
    return this.call('PATCH', path, { body: { title } });
  }

  /** Extends an open connection by the token that is valid now. */
  extend(connectionToken: string): Promise<void> {
    return this.call('POST', 'hubs/chat/refresh', { query: { id: connectionToken } });
  }
}
