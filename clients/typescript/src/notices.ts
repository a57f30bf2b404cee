import type { CatchUpEvent } from './api.js';
import type { ChatEvent } from './catch-up.js';

/** What happened between the messages: somebody came or went, has another role, the title is another one. */
export interface Notice extends ChatEvent {
  readonly event: 'ParticipantsAdded' | 'ParticipantRemoved' | 'TitleChanged' | 'RoleChanged';
}

const KINDS: readonly string[] = [
  'ParticipantsAdded',
  'ParticipantRemoved',
  'TitleChanged',
  'RoleChanged',
] satisfies Notice['event'][];

/** Puts those of `events` that are notices under their seqs. */
export function notice(
  notices: Map<number, Notice>,
  events: readonly (ChatEvent | CatchUpEvent)[],
): void {
  for (const event of events)
    if (event.seq > 0 && KINDS.includes(event.event))
      notices.set(event.seq, event as unknown as Notice);
}

/** Ascending by seq. */
export function sorted(notices: ReadonlyMap<number, Notice>): readonly Notice[] {
  return [...notices.values()].sort((a, b) => a.seq - b.seq);
}
