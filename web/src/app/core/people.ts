import { type Signal, signal } from '@angular/core';
import type { Presence } from '@parley/client';
import type { Kept } from './kept';
import type { Server } from './server';

export interface Person {
  readonly userId: string;
  readonly name: string;
  readonly picture?: string;
}

interface Known {
  readonly person: ReturnType<typeof signal<Person>>;
  readonly presence: ReturnType<typeof signal<Presence | undefined>>;
  isNamed: boolean;
  /** The server does not say who that is. */
  isUnknown?: boolean;
}

const MAX_ASKED = 200;
/** Names that are kept for the next start, the ones heard last. */
const MAX_KEPT = 2_000;
const KEY = 'names';
const KEEP_MS = 1_000;
const GATHER_MS = 30;

interface Named {
  readonly userId: string;
  readonly displayName?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly profilePictureUrl?: string | null;
}

/** Everybody this page has heard of. Who has no name yet is asked for, many at a time. */
export class People {
  private readonly known = new Map<string, Known>();
  private readonly unnamed = new Set<string>();
  private timer?: ReturnType<typeof setTimeout>;
  private kept?: Kept;
  private keeping?: ReturnType<typeof setTimeout>;

  /** @param origins from where pictures are shown, beside this server */
  constructor(
    private readonly server: Server,
    private readonly origins: () => readonly string[] = () => [],
    private readonly unknown: () => string = () => '',
  ) {}

  /** Names of an earlier page: the server does not tell those of people who left. */
  async restore(kept: Kept): Promise<void> {
    this.kept = kept;
    addEventListener('pagehide', () => {
      if (this.keeping !== undefined) kept.setAtOnce(KEY, this.names());
    });
    for (const [userId, name] of (await kept.get<[string, string][]>(KEY)) ?? []) {
      const known = this.entry(userId);
      if (!known.isNamed) known.person.set({ userId, name });
    }
  }

  /** By name when there is one, else by id until the answer is there. */
  of(userId: string): Signal<Person> {
    const known = this.entry(userId);
    if (!known.isNamed) this.ask(userId);
    return known.person;
  }

  nameOf(userId: string): string {
    return this.of(userId)().name;
  }

  presenceOf(userId: string): Signal<Presence | undefined> {
    return this.entry(userId).presence;
  }

  hear(presence: Presence): void {
    this.entry(presence.userId).presence.set(presence);
  }

  learn(...some: readonly Named[]): void {
    for (const one of some) {
      const name = nameIn(one);
      if (name === undefined) continue;
      const known = this.entry(one.userId);
      known.isNamed = true;
      known.isUnknown = false;
      const picture = this.shownPicture(one.profilePictureUrl) ?? known.person().picture;
      const old = known.person();
      if (old.name !== name || old.picture !== picture)
        known.person.set({ userId: one.userId, name, ...(picture !== undefined && { picture }) });
      if (old.name !== name) this.keepSoon();
    }
  }

  private keepSoon(): void {
    this.keeping ??= setTimeout(() => {
      this.keeping = undefined;
      void this.kept?.set(KEY, this.names());
    }, KEEP_MS);
  }

  private names(): [string, string][] {
    const named = [...this.known].filter(
      ([userId, { person, isUnknown }]) => !isUnknown && person().name !== userId,
    );
    return named.slice(-MAX_KEPT).map(([userId, { person }]) => [userId, person().name]);
  }

  /** A picture from anywhere else would tell its owner who reads. */
  private shownPicture(url: string | null | undefined): string | undefined {
    if (!url || !URL.canParse(url, location.origin)) return undefined;
    const { origin } = new URL(url, location.origin);
    return origin === location.origin || this.origins().includes(origin) ? url : undefined;
  }

  private entry(userId: string): Known {
    let known = this.known.get(userId);
    if (!known) {
      const presence = signal<Presence | undefined>(undefined);
      known = { person: signal({ userId, name: userId }), presence, isNamed: false };
      this.known.set(userId, known);
    }
    return known;
  }

  /** Who left, or never was somebody one may know. */
  private nameLess(userId: string): void {
    const known = this.entry(userId);
    const name = this.unknown();
    if (known.isNamed || known.person().name !== userId || name === '') return;
    known.isUnknown = true;
    known.person.set({ userId, name });
  }

  private ask(userId: string): void {
    this.unnamed.add(userId);
    this.timer ??= setTimeout(() => void this.load(), GATHER_MS);
  }

  private async load(): Promise<void> {
    this.timer = undefined;
    const asked = [...this.unnamed].slice(0, MAX_ASKED);
    for (const userId of asked) this.unnamed.delete(userId);
    try {
      this.learn(...(await this.server.people(asked)));
      for (const userId of asked) this.nameLess(userId);
    } catch {
      // they stay what they are; whoever shows them again asks again
    }
    for (const userId of asked) this.entry(userId).isNamed = true;
    if (this.unnamed.size > 0) this.timer = setTimeout(() => void this.load(), GATHER_MS);
  }
}

function nameIn({ displayName, firstName, lastName }: Named): string | undefined {
  const whole = [firstName, lastName].filter(Boolean).join(' ');
  return displayName || whole || undefined;
}
