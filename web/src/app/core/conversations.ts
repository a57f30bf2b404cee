import { computed, signal } from '@angular/core';
import type { ChatListRow } from '@parley/client';
import { Conversation, previewOf } from './conversation';
import type { People } from './people';
import type { Kept } from './kept';
import type { Server } from './server';
import { recount } from './unread';

const PAGE = 100;
const NEWEST = 30;
const SOON_MS = 300;
const KEY = 'list';
/** Kept for the next start. */
const MAX_KEPT = 200;

/** All conversations of one user: the list as the server has it, and what became of it since. */
export class Conversations {
  private readonly all = signal<ReadonlyMap<string, Conversation>>(new Map());
  private loading?: Promise<void>;
  private isStale = false;
  private timer?: ReturnType<typeof setTimeout>;
  /** The whole list was read once. */
  readonly isWhole = signal(false);
  readonly isFailed = signal(false);

  readonly byActivity = computed(() =>
    [...this.all().values()].sort((a, b) => b.activity() - a.activity() || (a.id < b.id ? -1 : 1)),
  );
  readonly unreadCount = computed(
    () =>
      [...this.all().values()].filter((one) => one.badge() > 0 && !(one.row().muted ?? false))
        .length,
  );

  constructor(
    private readonly me: string,
    private readonly server: Server,
    private readonly people: People,
    private readonly kept: Kept,
  ) {}

  get(id: string): Conversation | undefined {
    return this.all().get(id);
  }

  /** What the page before this one kept. */
  async restore(): Promise<void> {
    const rows = (await this.kept.get<ChatListRow[]>(KEY)) ?? [];
    if (this.all().size === 0) this.take(rows);
  }

  /** Reads the whole list anew, newest first, page after page; asked again meanwhile, once more. */
  reload(): Promise<void> {
    if (this.loading) this.isStale = true;
    this.loading ??= this.read().finally(() => {
      this.loading = undefined;
      if (this.isStale) void this.reload();
    });
    return this.loading;
  }

  /** Reads the newest rows again, soon: how many are unread where something came. */
  refresh(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.newest();
    }, SOON_MS);
  }

  /** A conversation that the list may not have yet. */
  async find(id: string): Promise<Conversation | undefined> {
    if (!this.get(id)) await this.newest();
    if (!this.get(id)) await this.reload();
    return this.get(id);
  }

  /** It was heard from: to the top, by the server's time where it was told. */
  bump(one: Conversation, at?: string): void {
    const newest = this.byActivity()[0]?.activity() ?? 0;
    one.activity.set(at === undefined ? newest + 1 : Math.max(one.activity(), Date.parse(at)));
  }

  remove(id: string): void {
    const next = new Map(this.all());
    if (next.delete(id)) this.all.set(next);
  }

  private async newest(): Promise<void> {
    await this.server.conversations({ limit: NEWEST }).then(
      (rows) => this.take(rows),
      () => undefined, // the next reload tells
    );
  }

  private async read(): Promise<void> {
    this.isStale = false;
    this.isFailed.set(false);
    const known = [...this.all().keys()];
    const seen = new Set<string>();
    const top: ChatListRow[] = [];
    try {
      for (let before: string | null = null, isMore = true; isMore; ) {
        const rows = await this.server.conversations({ before, limit: PAGE });
        this.take(rows);
        for (const { id } of rows) seen.add(id);
        top.push(...rows.slice(0, MAX_KEPT - top.length));
        const last = rows.at(-1);
        before = last ? `${last.lastActivityAt}|${last.id}` : null;
        isMore = rows.length > 0; // a page of long rows is shorter than was asked for
      }
      this.forget(known.filter((id) => !seen.has(id)));
      this.isWhole.set(true);
      void this.kept.set(KEY, top);
    } catch {
      this.isFailed.set(true);
    }
  }

  private take(rows: readonly ChatListRow[]): void {
    const next = new Map(this.all());
    for (const row of rows) {
      this.people.learn(...row.participants);
      const known = next.get(row.id);
      if (known) this.update(known, row);
      else next.set(row.id, new Conversation(row));
      const one = next.get(row.id);
      const { otherParticipantId: other, cursors } = row;
      if (one && other !== null && cursors)
        one.timeline.update((old) =>
          old.withCursor(other, { delivered: cursors.deliveredSeq, read: cursors.readSeq }),
        );
    }
    this.all.set(next);
  }

  private update(one: Conversation, row: ChatListRow): void {
    const last = row.lastSeq ?? row.lastMessage?.seq ?? 0;
    one.row.set(row);
    one.readSeq.update((seq) => Math.max(seq, row.readSeq ?? 0));
    if (last < one.lastSeq()) return; // a newer message was heard while this was on its way
    one.lastSeq.set(last);
    one.activity.set(Date.parse(row.lastActivityAt));
    one.preview.set(previewOf(row));
    recount(one, this.me, row.unreadCount);
  }

  /** The list has them no more. What is open says so itself. */
  private forget(ids: readonly string[]): void {
    for (const id of ids) {
      const phase = this.get(id)?.phase();
      if (phase !== 'gone' && phase !== 'loading') this.remove(id);
    }
  }
}
