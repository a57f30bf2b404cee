import type { Presence } from './api.js';
import { type Clock, systemClock } from './clock.js';

const FRESH_MS = 30_000;
const MAX_ASKED = 200;

interface Known {
  presence: Presence;
  at: number;
}

/** Who is online, of the people that are on the screen: asked for 200 at a time, and not again within 30 s. */
export class PresenceBook {
  private readonly known = new Map<string, Known>();
  private visible = new Set<string>();
  private readonly asked = new Map<string, number>();

  constructor(
    private readonly ask: (userIds: string[]) => Promise<Presence[]>,
    private readonly onChange: (userId: string) => void = () => undefined,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Undefined: not known yet. */
  of(userId: string): Presence | undefined {
    return this.known.get(userId)?.presence;
  }

  /** The people on the screen now; others are forgotten when they have been away for 30 s. */
  async show(userIds: Iterable<string>): Promise<void> {
    this.visible = new Set(userIds);
    const now = this.clock.now();
    const isFresh = (at: number | undefined) => at !== undefined && now - at < FRESH_MS;
    for (const [user, { at }] of this.known)
      if (!this.visible.has(user) && !isFresh(at)) this.known.delete(user);
    for (const [user, at] of this.asked) if (!isFresh(at)) this.asked.delete(user);
    const due = [...this.visible].filter((user) => !this.asked.has(user));
    for (const user of due) this.asked.set(user, now);
    for (let at = 0; at < due.length; at += MAX_ASKED)
      await this.load(due.slice(at, at + MAX_ASKED));
  }

  /** `UserOnline`, `UserOffline`. */
  hear(userId: string, online: boolean): void {
    const lastSeenAt = online ? null : (this.of(userId)?.lastSeenAt ?? null);
    if (this.visible.has(userId)) this.note({ userId, online, lastSeenAt });
  }

  /** After a reconnect: what was heard in between is not known. */
  resume(): Promise<void> {
    this.asked.clear();
    return this.show(this.visible);
  }

  private async load(users: string[]): Promise<void> {
    const since = this.clock.now();
    const isOlder = (user: string) => (this.known.get(user)?.at ?? -Infinity) <= since;
    try {
      // What was heard while the answer was on its way is newer than the answer.
      for (const presence of await this.ask(users))
        if (isOlder(presence.userId)) this.note(presence);
    } catch {
      for (const user of users) this.asked.delete(user); // the next look asks again
    }
  }

  private note(presence: Presence): void {
    const old = this.of(presence.userId);
    this.known.set(presence.userId, { presence, at: this.clock.now() });
    if (old?.online !== presence.online || old.lastSeenAt !== presence.lastSeenAt)
      this.onChange(presence.userId);
  }
}
