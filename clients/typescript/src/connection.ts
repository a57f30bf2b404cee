import type { HubConnection } from '@microsoft/signalr';
import { type Clock, type Timer, systemClock } from './clock.js';

/** What a client shows of its connection. */
export type ConnectionState =
  | { readonly name: 'stopped' }
  | { readonly name: 'connecting' }
  /** The socket is there, what was missed is being asked for. */
  | { readonly name: 'catching-up' }
  | { readonly name: 'connected' }
  /**
   * The next try is at `retryAt` by the clock's `now`. `isCrowded`: the user has as many connections as the
   * server grants; one of them must end before.
   */
  | {
      readonly name: 'waiting';
      readonly retryAt: number;
      readonly why?: unknown;
      readonly isCrowded?: true;
    }
  /** No valid token: `connect` again with one. */
  | { readonly name: 'signed-out'; readonly why: unknown };

export interface ConnectionHandlers {
  onState(state: ConnectionState): void;
  /** Runs after each start of the socket; `connected` is said when it has resolved. */
  catchUp(): Promise<void>;
}

/** Tells when a try now is worth more than the rest of the wait: see `browserWakes`. */
export type WakeSource = (wake: () => void) => () => void;

const DELAYS_S = [0, 1, 2, 5, 10, 20, 30];
const JITTER = 0.2;
/** How SignalR says that negotiate, or the first request, was answered 401. */
const UNAUTHORIZED = /Status code '401'|Unauthorized/;

/** How negotiate says that there is no room for one more; too many tries at once have other words. */
const NO_ROOM = /"detail":"too many connections"/;

/** In ms: 0, 1, 2, 5, 10, 20, 30 s and so on for ever, each 20 % shorter or longer. */
export function delayOf(attempt: number, random: number): number {
  const seconds = DELAYS_S[Math.min(attempt, DELAYS_S.length - 1)] ?? 0;
  return 1000 * seconds * (1 + JITTER * (2 * random - 1));
}

/**
 * Keeps one hub connection open for ever: starts it, and starts it again whenever it ends, until it is
 * stopped or the token is refused. Build the hub connection without `withAutomaticReconnect()`, which
 * gives up; `withStatefulReconnect()` is welcome.
 */
export class Connection {
  private current: ConnectionState = { name: 'stopped' };
  private attempt = 0;
  private timer?: Timer;
  private ignoreWakes?: () => void;
  /** Rises with each connect and stop: what an earlier one began is dropped. */
  private turn = 0;

  constructor(
    readonly hub: HubConnection,
    private readonly handlers: ConnectionHandlers,
    private readonly wakes: WakeSource = browserWakes,
    private readonly clock: Clock = systemClock,
  ) {
    hub.onclose((why) => {
      const { name } = this.current;
      if (name === 'connected' || name === 'catching-up') this.wait(why);
    });
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** Begins, or begins anew after `signed-out`. Does nothing while it is at it. */
  connect(): void {
    if (this.current.name !== 'stopped' && this.current.name !== 'signed-out') return;
    this.turn += 1;
    this.attempt = 0;
    this.ignoreWakes ??= this.wakes(() => this.retryNow());
    void this.start();
  }

  /** Ends the wait for the next try. */
  retryNow(): void {
    if (this.current.name !== 'waiting') return;
    this.timer?.cancel();
    void this.start();
  }

  async stop(): Promise<void> {
    this.turn += 1;
    this.timer?.cancel();
    this.ignoreWakes?.();
    this.ignoreWakes = undefined;
    this.show({ name: 'stopped' });
    await this.hub.stop();
  }

  private show(state: ConnectionState): void {
    this.current = state;
    this.handlers.onState(state);
  }

  private async start(): Promise<void> {
    const turn = this.turn;
    const isCurrent = () => turn === this.turn;
    this.show({ name: 'connecting' });
    try {
      await this.hub.start();
      if (!isCurrent()) return;
      this.show({ name: 'catching-up' });
      this.expectOpen();
      await this.handlers.catchUp();
      if (!isCurrent()) return;
      this.expectOpen();
      this.attempt = 0;
      this.show({ name: 'connected' });
    } catch (why) {
      if (isCurrent()) await this.fail(why);
    }
  }

  private expectOpen(): void {
    if (this.hub.state !== 'Connected') throw new Error('the connection ended at once');
  }

  private async fail(why: unknown): Promise<void> {
    const isOpen = this.hub.state === 'Connected';
    if (isOpen)
      await this.hub.stop(); // what it missed is not known: its end begins the next try
    else if (UNAUTHORIZED.test(String((why as Error | undefined)?.message)))
      this.show({ name: 'signed-out', why });
    else if (this.current.name !== 'waiting') this.wait(why);
  }

  private wait(why: unknown): void {
    const isCrowded = NO_ROOM.test(String((why as Error | undefined)?.message));
    if (isCrowded) this.attempt = DELAYS_S.length; // not worth asking often
    const delay = delayOf(this.attempt++, this.clock.random());
    const retryAt = this.clock.now() + delay;
    this.show({ name: 'waiting', retryAt, why, ...(isCrowded && { isCrowded }) });
    const turn = this.turn;
    this.timer = this.clock.later(delay, () => {
      if (turn === this.turn) void this.start();
    });
  }
}

const AWAY_MS = 15_000;

/** At once when the network is back, and when a page is looked at that was hidden for 15 s. */
export const browserWakes: WakeSource = (wake) => {
  if (typeof window === 'undefined') return () => undefined;
  let hiddenAt = document.hidden ? performance.now() : undefined;
  const look = () => {
    if (document.hidden) hiddenAt = performance.now();
    else if (hiddenAt !== undefined && performance.now() - hiddenAt >= AWAY_MS) wake();
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', look);
  return () => {
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', look);
  };
};
