import { Injectable, computed, inject, signal } from '@angular/core';
import { Refusal, type SignIn, type SignedIn, refusalOf } from '@parley/client';
import { Configuration } from './configuration';
import { Server } from './server';

/** `expired`: somebody is signed in, and the server wants to see the password again. */
export type SessionState = 'starting' | 'out' | 'in' | 'expired' | 'unreachable';

const EARLY_MS = 60_000;
const LONGEST_WAIT_MS = 2_147_483_000;
const AGAIN_MS = 5_000;

/** Who is signed in. The token is here and nowhere else; the cookie that renews it is out of reach. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly configuration = inject(Configuration);
  readonly server = new Server(location.origin, () => this.token());
  readonly state = signal<SessionState>('starting');
  readonly userId = signal<string | undefined>(undefined);
  /** By which the user signs in; missing where this browser was not told. */
  readonly userName = signal(remembered(USER_NAME));
  readonly isIn = computed(() => this.userId() !== undefined);
  /** On a computer of many: nothing is kept in this browser, and a reload signs out. */
  readonly isShared = signal(false);
  /** Called with each new token, but the first. */
  onRenewed: () => void = () => undefined;
  private held?: { token: string; renewAt: number; until: number };
  private renewing?: Promise<string>;
  private started?: Promise<void>;
  /** Where somebody wanted to go who had to sign in first. */
  wanted = '/';
  private timer?: ReturnType<typeof setTimeout>;

  /** Learns what the server is like, and whether a cookie says who is here. */
  start(): Promise<void> {
    this.started ??= this.learn().finally(() => {
      if (this.state() === 'unreachable') this.started = undefined; // to be tried again
    });
    return this.started;
  }

  private async learn(): Promise<void> {
    this.state.set('starting');
    const told = this.server.config().then(
      (config) => this.configuration.take(config),
      () => undefined, // what is asked next says whether the server is there
    );
    try {
      await this.renew();
    } catch (error) {
      if (isNo(error)) this.forget();
      else this.startWithout();
    }
    await told;
  }

  /** The server is away: the pages show what they kept for whoever was here last. */
  private startWithout(): void {
    const last = lastUser();
    if (last === undefined) return this.state.set('unreachable');
    this.userId.set(last);
    this.state.set('in');
  }

  /** The server was away, and may be another one now. */
  async learnAgain(): Promise<void> {
    await this.server.config().then(
      (config) => this.configuration.take(config),
      () => undefined,
    );
  }

  /** @param isShared see there; whoever signs in again stays with what they chose */
  async signIn(who: SignIn, isShared = this.isShared()): Promise<void> {
    const told = await this.server.signIn({ ...who, session: !isShared });
    this.enter(told, who.userName, isShared);
  }

  async makeAccount(who: SignIn & { displayName: string }, isShared = false): Promise<void> {
    const told = await this.server.register({ ...who, session: !isShared });
    this.enter(told, who.userName, isShared);
  }

  private enter(told: SignedIn, userName: string, isShared: boolean): void {
    this.isShared.set(isShared);
    this.userName.set(userName);
    remember(USER_NAME, isShared ? undefined : userName);
    this.take(told);
  }

  /** One that is valid a minute longer. @throws Refusal `unauthenticated` when there is none to get */
  async token(): Promise<string> {
    const { held } = this;
    if (!held && this.state() === 'expired') throw new Error('Unauthorized: nobody is signed in');
    if (!held) return await this.renew();
    if (held.renewAt > Date.now() || this.state() === 'expired') return held.token;
    return await this.renew().catch((error: unknown) => {
      if (held.until > Date.now() || this.state() === 'expired') return held.token;
      throw error;
    });
  }

  async signOut(): Promise<void> {
    await this.server.signOut().catch(() => undefined);
    this.forget();
  }

  forget(): void {
    clearTimeout(this.timer);
    this.held = undefined;
    remember(LAST_USER, undefined);
    remember(USER_NAME, undefined);
    this.userId.set(undefined);
    this.state.set('out');
  }

  /** The server takes the token no more. */
  expire(): void {
    if (this.isIn()) this.state.set('expired');
  }

  private renew(): Promise<string> {
    this.renewing ??= this.askAnew().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async askAnew(): Promise<string> {
    try {
      // One tab at a time: each answer carries another cookie.
      const told = await locked(() => this.server.renewSession());
      const isFirst = !this.held;
      this.take(told);
      if (!isFirst) this.onRenewed();
      return told.accessToken;
    } catch (error) {
      if (this.isIn()) this.onRefused(error);
      throw error;
    }
  }

  private onRefused(error: unknown): void {
    if (isNo(error)) {
      if (this.held && this.held.until > Date.now()) this.plan(this.held.until - Date.now());
      else this.expire();
    } else {
      this.plan(AGAIN_MS);
    }
  }

  private take({ accessToken, expiresIn, userId }: SignedIn): void {
    const known = this.userId();
    if (known !== undefined && known !== userId) return location.assign('/'); // nothing of one is for another
    const lifetime = 1000 * expiresIn;
    const early = Math.min(EARLY_MS, lifetime / 2);
    const until = Date.now() + lifetime;
    this.held = { token: accessToken, renewAt: until - early, until };
    remember(LAST_USER, this.isShared() ? undefined : userId);
    this.userId.set(userId);
    this.state.set('in');
    this.plan(lifetime - early);
  }

  private plan(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => void this.renew().catch(() => undefined), // it planned the next try, or said that it expired
      Math.min(wait, LONGEST_WAIT_MS),
    );
  }
}

const isNo = (error: unknown) => {
  const refusal: Refusal | undefined = refusalOf(error);
  return refusal !== undefined && !refusal.isPassing;
};

function locked<T>(run: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request('parley:renewal', run) : run();
}

const LAST_USER = 'parley-user';
const USER_NAME = 'parley-user-name';

/** Somebody was signed in here when the last page was closed. */
export const wasHere = () => lastUser() !== undefined;

const lastUser = () => remembered(LAST_USER);

function remembered(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // a browser that keeps nothing
  }
}
