import type { MessageStretch, StretchRequest } from './api.js';
import type { Page } from './timeline.js';

type Asked = Pick<StretchRequest, 'before' | 'after' | 'around'>;

/**
 * From where to where everything is known after `GetMessages` answered `asked`.
 * @param lastSeq the newest seq heard of before asking: entries that are no message may follow the last one
 */
export function stretchOf(
  asked: Asked,
  { changes, ...answer }: Pick<MessageStretch, 'messages' | 'hasMore' | 'changes'>,
  lastSeq = 0,
): Page {
  return { ...stretch(asked, answer, lastSeq), ...(changes && { changes }) };
}

function stretch(
  asked: Asked,
  { messages, hasMore }: Pick<MessageStretch, 'messages' | 'hasMore'>,
  lastSeq: number,
): Page {
  const first = messages[0]?.seq;
  const last = messages.at(-1)?.seq ?? 0;
  if (asked.after != null)
    return { messages, from: asked.after + 1, to: hasMore ? last : Math.max(last, lastSeq) };
  if (asked.around != null) return { messages, from: first ?? 1, to: last };
  const to = asked.before != null ? asked.before - 1 : Math.max(last, lastSeq);
  return { messages, from: hasMore ? (first ?? to + 1) : 1, to };
}
