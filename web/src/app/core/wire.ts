import type { Attachment, ChatListRow, Message, Profile, Role } from '@parley/client';

/** What the server says beyond the SDK's types. */
export type ListRow = ChatListRow & {
  readonly lastSeq?: number;
  readonly readSeq?: number;
  readonly muted?: boolean;
  /** Of the other person of a direct conversation. */
  readonly cursors?: { readonly deliveredSeq: number; readonly readSeq: number } | null;
};

export interface Quoted {
  readonly messageId: string;
  readonly seq: number;
  readonly senderId: string;
  /** The first 100 UTF-16 units. */
  readonly content: string;
  readonly deleted: boolean;
}

export type QuotingMessage = Message & { readonly replyToMessage?: Quoted };

export type SizedAttachment = Attachment & { readonly width?: number; readonly height?: number };

export interface Notification {
  readonly conversationId: string;
  readonly senderId: string;
  readonly preview: string;
  readonly messageId?: string;
  readonly seq?: number;
  readonly mention?: boolean;
}

export interface Member {
  readonly userId: string;
  readonly displayName: string;
  readonly role: Role;
  readonly joinedAt: string;
}

export interface MemberPage {
  readonly participants: readonly Member[];
  readonly next: string | null;
}

export interface Invite {
  readonly code: string;
  readonly conversationId: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly usesLeft: number | null;
}

export interface InviteCard {
  readonly title: string | null;
  readonly memberCount: number;
  readonly invitedBy: string | null;
}

export interface Device {
  readonly id: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly agent: string;
  readonly current: boolean;
}

export interface SignedIn {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly userId: string;
}

export interface People {
  readonly users: readonly Profile[];
}

export interface WebConfig {
  readonly version: string;
  readonly title: string;
  /** May people make accounts of their own here? */
  readonly accounts: boolean;
  readonly signInUrl: string | null;
  /** Who finds whom: everybody, or those who share a conversation. */
  readonly people: 'everyone' | 'contacts' | 'off';
  readonly limits: { readonly content: number; readonly title: number; readonly members: number };
  readonly attachments: { readonly maxBytes: number; readonly maxPerMessage: number } | null;
}
