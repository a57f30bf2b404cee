import { computed, signal } from '@angular/core';
import { type ChatListRow, type Notice, type Row, type Segment, Timeline } from '@parley/client';

export type Phase = 'fresh' | 'loading' | 'ready' | 'failed' | 'gone';
export type Paging = 'idle' | 'loading' | 'failed';

export interface Preview {
  readonly messageId?: string;
  readonly senderId: string;
  readonly text: string;
  readonly isDeleted: boolean;
  readonly files: number;
  readonly at: string;
}

/** Where a reader left the list: the first row in view, and how far above the edge it began. */
export interface Place {
  readonly key: string;
  readonly offset: number;
}

/** One conversation as this page knows it. The store writes, everybody reads. */
export class Conversation {
  readonly id: string;
  readonly row;
  readonly timeline = signal(Timeline.empty);
  readonly phase = signal<Phase>('fresh');
  /** Why it is gone or could not be loaded. */
  readonly why = signal<unknown>(undefined);
  readonly older = signal<Paging>('idle');
  readonly newer = signal<Paging>('idle');
  readonly lastSeq;
  readonly readSeq;
  readonly unread;
  /** By the server's clock: what orders the list. */
  readonly activity;
  readonly preview = signal<Preview | undefined>(undefined);
  readonly typists = signal<readonly string[]>([]);
  /** A seq of the stretch on the screen; none: the newest one. */
  readonly at = signal<number | undefined>(undefined);
  /** The line "New" stands behind this seq. */
  readonly newAfter = signal<number | undefined>(undefined);
  /** It is on the screen, at its end, and looked at. */
  readonly isWatched = signal(false);
  /** How far events were handed on: everything up to there is known. */
  handedOn = 0;
  place?: Place;

  constructor(row: ChatListRow) {
    this.id = row.id;
    this.row = signal(row);
    this.lastSeq = signal(row.lastSeq ?? row.lastMessage?.seq ?? 0);
    this.readSeq = signal(row.readSeq ?? (row.unreadCount === 0 ? this.lastSeq() : 0));
    this.unread = signal(row.unreadCount);
    this.activity = signal(Date.parse(row.lastActivityAt));
    this.preview.set(previewOf(row));
  }

  readonly isDirect = computed(() => this.row().otherParticipantId !== null);

  readonly segment = computed<Segment | undefined>(() => {
    const { segments } = this.timeline();
    const at = this.at();
    const here = segments.find(({ from, to }) => at !== undefined && from <= at && at <= to);
    return here ?? segments.at(-1);
  });

  readonly isAtNewest = computed(() => this.segment() === this.timeline().segments.at(-1));
  readonly hasOlder = computed(() => (this.segment()?.from ?? 1) > 1);

  /** One stretch without a gap, and below the newest one what is on its way. */
  readonly rows = computed<readonly Row[]>(() => {
    const { rows, segments } = this.timeline();
    const segment = this.segment();
    if (segments.length < 2 || !segment) return rows;
    const isLast = this.isAtNewest();
    return rows.filter(({ seq }) =>
      seq === undefined ? isLast : segment.from <= seq && seq <= segment.to,
    );
  });

  /** Who came and went there. */
  readonly notices = computed<readonly Notice[]>(() => {
    const { from, to } = this.segment() ?? { from: 1, to: 0 };
    const last = this.isAtNewest() ? Infinity : to;
    return this.timeline().notices.filter(({ seq }) => from <= seq && seq <= last);
  });

  /** Unread, but for what is being looked at. */
  readonly badge = computed(() => (this.isWatched() ? 0 : this.unread()));
}

export function previewOf({ lastMessage }: ChatListRow): Preview | undefined {
  return lastMessage
    ? {
        messageId: lastMessage.id,
        senderId: lastMessage.senderId,
        text: lastMessage.content,
        isDeleted: lastMessage.deletedAt !== undefined,
        files: lastMessage.attachments?.length ?? 0,
        at: lastMessage.createdAt,
      }
    : undefined;
}
