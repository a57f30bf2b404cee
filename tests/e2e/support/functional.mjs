// The server of the functional tests: the hub layer and the transports without chat.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { guardChild } from './cleanup.mjs';
import { withDeadline } from './deadline.mjs';
import { PARLEYD } from './server.mjs';

const FUNCTIONAL_HUB =
  process.env.PARLEY_FUNCTIONAL_HUB ?? join(dirname(PARLEYD), 'tests/functional_hub');

/// Starts a program that prints its address and ends with its stdin.
/// @returns {Promise<{url: string, stop: () => Promise<void>}>}
export async function startPrinting(program, args = [], within = undefined) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  guardChild(child);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const address = new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('error', reject);
    ended.then((code) => reject(new Error(`${program} ended with ${code}`)));
  });
  const url = (await withDeadline(address, `${program} prints its address`, within)).trim();
  const stop = () => {
    child.stdin.end();
    return withDeadline(ended, `${program} ends`);
  };
  return { url, stop };
}

export function startFunctionalHub() {
  if (!existsSync(FUNCTIONAL_HUB))
    throw new Error(`no ${FUNCTIONAL_HUB}: build the target functional_hub`);
  return startPrinting(FUNCTIONAL_HUB);
}

/// A connection of the real client that is not started yet.
/// @param way transport, protocol; and whatever IHttpConnectionOptions has
export function hubConnection(url, { protocol, ...options } = {}) {
  const builder = new HubConnectionBuilder().withUrl(url, options).configureLogging(LogLevel.None);
  if (protocol) builder.withHubProtocol(protocol);
  return builder.build();
}

/// Everything a stream says, and how it ends.
export function collect(stream, onItem = () => {}) {
  return new Promise((resolve, reject) => {
    const items = [];
    stream.subscribe({
      next: (item) => onItem(items.push(item), item),
      complete: () => resolve(items),
      error: reject,
    });
  });
}
