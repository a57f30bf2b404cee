import type { Notice } from '@parley/client';
import type { Words } from '../../i18n/texts';

/** Names in one line; the others are counted. */
const MOST_NAMES = 3;

/** Several that say the same of different people, as one: who did it, and to whom. */
interface Happening {
  readonly kind: 'joined' | 'added' | 'left' | 'removed' | 'admin' | 'member' | 'title';
  readonly by: string;
  readonly whom: readonly string[];
  readonly title?: string;
}

/** What happened, in a line each: those that follow each other and say the same are one. */
export function noticeTexts(
  notices: readonly Notice[],
  nameOf: (userId: string) => string,
  { t, locale }: Pick<Words, 't' | 'locale'>,
): string[] {
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const names = (ids: readonly string[]) => {
    const left = ids.length - MOST_NAMES;
    const named = ids.slice(0, left > 1 ? MOST_NAMES : ids.length).map(nameOf);
    return list.format(left > 1 ? [...named, t('notice.others', { count: left })] : named);
  };
  return joined(notices.flatMap(happeningOf)).map(({ kind, by, whom, title = '' }) => {
    if (kind === 'added' || kind === 'removed')
      return t(`notice.${kind}`, { name: nameOf(by), names: names(whom) });
    if (kind !== 'title') return t(`notice.${kind}`, { names: names(whom) });
    return title === ''
      ? t('notice.untitled', { name: nameOf(by) })
      : t('notice.title', { name: nameOf(by), title });
  });
}

function happeningOf({ event, data }: Notice): Happening | readonly Happening[] {
  if (event === 'TitleChanged')
    return { kind: 'title', by: String(data['changedBy']), whom: [], title: textOf(data['title']) };
  if (event === 'ParticipantsAdded') {
    const [by, whom] = [String(data['addedBy']), data['userIds'] as string[]];
    const isSelf = whom.length === 1 && whom[0] === by;
    return { kind: isSelf ? 'joined' : 'added', by, whom };
  }
  const whom = [String(data['userId'])];
  if (event === 'ParticipantRemoved') {
    const by = String(data['removedBy']);
    return { kind: whom[0] === by ? 'left' : 'removed', by, whom };
  }
  // Who gave the role is not told; a new owner is one after the old one left.
  const role = String(data['role']);
  return role === 'owner' ? [] : { kind: role === 'admin' ? 'admin' : 'member', by: '', whom };
}

const textOf = (title: unknown) => (typeof title === 'string' ? title : '');

function joined(all: readonly Happening[]): readonly Happening[] {
  const lines: Happening[] = [];
  for (const one of all) {
    const last = lines.at(-1);
    const isSame = last?.kind === one.kind && (hasNoDoer(one) || last.by === one.by);
    if (last && isSame && one.kind !== 'title')
      lines[lines.length - 1] = { ...last, whom: [...new Set([...last.whom, ...one.whom])] };
    else lines.push(one);
  }
  return lines;
}

const hasNoDoer = ({ kind }: Happening) => kind !== 'added' && kind !== 'removed';
