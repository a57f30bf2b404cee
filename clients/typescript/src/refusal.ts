import type { ErrorCode } from './api.js';

/** What the server refused, by hub or by REST. */
export class Refusal extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    /** When to come back, in ms; missing: the server did not say. */
    readonly retryAfterMs?: number,
    /** Of REST. */
    readonly status?: number,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Refusal';
  }

  /** May waiting change it? A repeat with the same `clientMessageId` is safe. */
  get isPassing(): boolean {
    return PASSING.includes(this.code);
  }
}

const PASSING: readonly ErrorCode[] = ['busy', 'unavailable', 'rate_limited', 'unknown'];
const FROM_HUB = /HubException: (\w+): ([^]*?)(?:; retryAfterMs=(\d+))?$/;
/** An answer without a code: the call itself is wrong, or this method is not for everybody. */
const WITHOUT_CODE = /Failed to invoke|due to an error on the server|unauthorized/;

/** Undefined: the call was not answered; whether it took effect is not known. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const text = String((error as Error | undefined)?.message);
  const [, code, detail, wait] = FROM_HUB.exec(text) ?? [];
  if (code !== undefined)
    return new Refusal(
      code as ErrorCode,
      detail ?? '',
      wait === undefined ? undefined : Number(wait),
    );
  return WITHOUT_CODE.test(text) ? new Refusal('bad_request', text) : undefined;
}

/** The code of a hub refusal; none: the call was not answered, or not with a code. */
export function codeOf(error: unknown): string | undefined {
  return FROM_HUB.exec(String((error as Error | undefined)?.message))?.[1];
}
