import { Rest } from '@parley/client';

/** What the pages need beside the routes of the SDK. Rejects with a `Refusal`. */
export class Server extends Rest {
  rename(conversationId: string, title: string): Promise<void> {
    const path = `messaging/conversations/${encodeURIComponent(conversationId)}`;
    return this.call('PATCH', path, { body: { title } });
  }

  /** Extends an open connection by the token that is valid now. */
  extend(connectionToken: string): Promise<void> {
    return this.call('POST', 'hubs/chat/refresh', { query: { id: connectionToken } });
  }
}
