import { type ChatListRow, type Message, Timeline } from '@parley/client';
import { Conversation } from './conversation';
import { recount } from './unread';

const ME = 'ann';
const message = (seq: number, senderId: string): Message => ({
  id: `m${seq}`,
  seq,
  senderId,
  content: `${seq}`,
  status: 'Sent',
  createdAt: new Date(seq).toISOString(),
  deliveredAt: null,
  readAt: null,
});
const row = (more: Partial<ChatListRow> = {}): ChatListRow => ({
  id: 'c1',
  otherParticipantId: 'ben',
  otherParticipantFirstName: 'Ben',
  otherParticipantLastName: null,
  otherParticipantProfilePictureUrl: null,
  lastMessage: null,
  unreadCount: 0,
  lastActivityAt: new Date(0).toISOString(),
  type: 'Direct',
  title: null,
  caseId: null,
  participantCount: 2,
  participants: [],
  lastSeq: 0,
  readSeq: 0,
  muted: false,
  cursors: null,
  ...more,
});
function conversation(from: number, to: number, more: Partial<ChatListRow> = {}) {
  const one = new Conversation(row({ lastSeq: to, readSeq: 0, ...more }));
  const messages = [];
  for (let seq = from; seq <= to; seq += 1) messages.push(message(seq, seq % 2 ? 'ben' : ME));
  one.timeline.set(Timeline.empty.withPage({ messages, from, to }));
  return one;
}

describe('W-20: what is unread', () => {
  it('is counted where everything behind the place read is known: of others, not deleted', () => {
    const one = conversation(1, 9, { readSeq: 4 });
    recount(one, ME, 77);
    expect(one.unread()).toBe(3); // 5, 7, 9
    one.timeline.update((old) =>
      old.withEvents({ event: 'MessageDeleted', seq: 10, data: { messageId: 'm7' } }),
    );
    one.lastSeq.set(10);
    recount(one, ME);
    expect(one.unread()).toBe(2);
  });

  it('is what the server says where something between is not known', () => {
    const one = conversation(50, 60, { readSeq: 4, unreadCount: 20 });
    recount(one, ME);
    expect(one.unread()).toBe(20);
    recount(one, ME, 21);
    expect(one.unread()).toBe(21);
  });

  it('is nothing once the last entry is read, whatever the server counted before', () => {
    const one = conversation(50, 60, { readSeq: 60, unreadCount: 20 });
    recount(one, ME, 20);
    expect(one.unread()).toBe(0);
  });

  it('is not shown of what is being looked at', () => {
    const one = conversation(1, 3, { unreadCount: 2 });
    expect(one.badge()).toBe(2);
    one.isWatched.set(true);
    expect(one.badge()).toBe(0);
  });
});

describe('the stretch on the screen', () => {
  it('has no gap in it, and ends with what is on its way when it is the newest', () => {
    const one = conversation(1, 3);
    one.timeline.update((old) =>
      old.withPage({ messages: [message(8, 'ben'), message(9, ME)], from: 8, to: 9 }).withPending({
        clientMessageId: 'p',
        senderId: ME,
        content: 'on its way',
        typedAt: '',
        pending: { state: 'sending' },
      }),
    );
    expect(one.rows().map(({ seq }) => seq)).toEqual([8, 9, undefined]);
    expect(one.hasOlder()).toBe(true);
    one.at.set(2);
    expect(one.rows().map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(one.isAtNewest()).toBe(false);
  });
});
