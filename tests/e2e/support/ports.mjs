import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

// Below the ephemeral range: no outgoing connection takes the port while a server restarts on it.
const LOWEST = 12_000;
const HIGHEST = 32_000;

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      probe.close(() => resolve(true)),
    );
  });
}

export async function freePort() {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
}
