// Waiting on conditions. Nothing in these tests waits for a length of time: it waits for something
// to become true and fails loudly when a deadline passes.
import { setTimeout as pause } from 'node:timers/promises';

export const DEADLINE_MS = Number(process.env.PARLEY_TEST_DEADLINE_MS ?? 10_000);
const POLL_MS = 10;

/// Resolves like `promise`, or rejects naming `what` when the deadline passes first.
export function withDeadline(promise, what, within = DEADLINE_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${within} ms`)), within);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/// Asks `check` again and again until it answers something truthy, which is returned. The last
/// error of a check that throws is told when time is up; one marked `isFinal` ends the wait.
export async function until(check, what, within = DEADLINE_MS) {
  const end = performance.now() + within;
  let reason = '';
  do {
    try {
      const answer = await check();
      if (answer) return answer;
    } catch (error) {
      if (error.isFinal) throw error;
      reason = `: ${error.message}`;
    }
    await pause(POLL_MS);
  } while (performance.now() < end);
  throw new Error(`${what}: not so within ${within} ms${reason}`);
}

/// A promise with its handles outside.
export function deferred() {
  const handles = {};
  handles.promise = new Promise((resolve, reject) => Object.assign(handles, { resolve, reject }));
  return handles;
}
