import type { ChatService } from '@parley/client';
import type { Conversation } from './conversation';
import type { Conversations } from './conversations';
import type { Server } from './server';

/** Making conversations, and who is in them. Rejects as the server refuses. */
export class Rooms {
  constructor(
    private readonly server: Server,
    private readonly conversations: Conversations,
    private readonly chat: ChatService,
  ) {}

  /** A chat with one person, made if there is none. @returns its id */
  async chatWith(userId: string): Promise<string> {
    const made = await this.server.createConversation({ type: 'Direct', participantIds: [userId] });
    await this.conversations.find(made.conversationId);
    return made.conversationId;
  }

  async make(title: string, userIds: string[]): Promise<string> {
    const what = { type: 'Group' as const, participantIds: userIds, title };
    const { conversationId } = await this.server.createConversation(what);
    await this.conversations.find(conversationId);
    return conversationId;
  }

  add(one: Conversation, userIds: string[]) {
    return this.chat.invoke('AddParticipants', one.id, userIds);
  }

  remove(one: Conversation, userId: string): Promise<void> {
    return this.chat.invoke('RemoveParticipant', one.id, userId);
  }

  setRole(one: Conversation, userId: string, role: 'admin' | 'member'): Promise<void> {
    return this.chat.invoke('SetRole', one.id, userId, role);
  }

  async leave(one: Conversation): Promise<void> {
    await this.chat.invoke('Leave', one.id);
    this.conversations.remove(one.id);
  }
}
