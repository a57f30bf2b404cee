import { type CreatedConversation, Rest, type SignIn } from '@parley/client';
import type { Device, Invite, InviteCard, MemberPage, People, SignedIn, WebConfig } from './wire';

const part = encodeURIComponent;

/** The routes that the pages need beside those of the SDK. Rejects with a `Refusal`. */
export class Server extends Rest {
  config(): Promise<WebConfig> {
    return this.call('GET', 'web/config.json', { isOpen: true });
  }

  /** With a cookie, by which `renew` answers the next token. */
  enter(who: SignIn): Promise<SignedIn> {
    return this.call('POST', 'auth/token', { body: { ...who, session: true }, isOpen: true });
  }

  makeAccount(who: SignIn & { displayName: string }): Promise<SignedIn> {
    return this.call('POST', 'auth/register', { body: { ...who, session: true }, isOpen: true });
  }

  renew(): Promise<SignedIn> {
    return this.call('POST', 'auth/session', { isOpen: true });
  }

  endSession(): Promise<void> {
    return this.call('DELETE', 'auth/session', { isOpen: true });
  }

  async devices(): Promise<readonly Device[]> {
    const { sessions } = await this.call<{ sessions: Device[] }>('GET', 'auth/sessions');
    return sessions;
  }

  endDevice(id: string): Promise<void> {
    return this.call('DELETE', `auth/sessions/${part(id)}`);
  }

  changePassword(currentPassword: string, newPassword: string): Promise<void> {
    return this.call('PUT', 'auth/password', { body: { currentPassword, newPassword } });
  }

  /** At most 200. */
  peopleById(ids: readonly string[]): Promise<People> {
    return this.call('GET', 'users', { query: { ids: ids.join(',') } });
  }

  personByUserName(userName: string): Promise<People> {
    return this.call('GET', 'users', { query: { userName } });
  }

  members(conversationId: string, after?: string | null): Promise<MemberPage> {
    const path = `${conversationPath(conversationId)}/participants`;
    return this.call('GET', path, { query: { after, limit: 200 } });
  }

  rename(conversationId: string, title: string): Promise<void> {
    return this.call('PATCH', conversationPath(conversationId), { body: { title } });
  }

  makeInvite(conversationId: string): Promise<Invite> {
    const body = { expiresInS: 7 * 86_400 };
    return this.call('POST', `${conversationPath(conversationId)}/invites`, { body });
  }

  async invites(conversationId: string): Promise<readonly Invite[]> {
    const path = `${conversationPath(conversationId)}/invites`;
    return (await this.call<{ invites: Invite[] }>('GET', path)).invites;
  }

  revokeInvite(conversationId: string, code: string): Promise<void> {
    return this.call('DELETE', `${conversationPath(conversationId)}/invites/${part(code)}`);
  }

  invite(code: string): Promise<InviteCard> {
    return this.call('GET', `messaging/invites/${part(code)}`, { isOpen: true });
  }

  join(code: string): Promise<CreatedConversation> {
    return this.call('POST', `messaging/invites/${part(code)}/join`);
  }

  /** Extends an open connection by the token that is valid now. */
  extend(connectionToken: string): Promise<void> {
    return this.call('POST', 'hubs/chat/refresh', { query: { id: connectionToken } });
  }
}

const conversationPath = (id: string) => `messaging/conversations/${part(id)}`;
