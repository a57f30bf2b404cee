// A TCP proxy that cuts connections after a random number of bytes, in either direction.
import { connect as dial, createServer } from 'node:net';

/// Bytes one direction of a connection may carry before it is cut.
const FEWEST = 300;
const MOST = 30_000;

/// Random numbers from a seed (mulberry32), so that a run can be repeated.
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class CuttingProxy {
  static async start(targetPort, random) {
    const self = new CuttingProxy();
    Object.assign(self, { targetPort, random, isCutting: false, cuts: 0, pairs: new Set() });
    self.server = createServer((client) => self.carry(client));
    await new Promise((done) => self.server.listen(0, '127.0.0.1', done));
    self.url = `http://127.0.0.1:${self.server.address().port}`;
    return self;
  }

  carry(client) {
    const server = dial(this.targetPort, '127.0.0.1');
    const pair = {
      end: () => {
        this.pairs.delete(pair);
        client.destroy();
        server.destroy();
      },
    };
    this.pairs.add(pair);
    this.pass(client, server, pair);
    this.pass(server, client, pair);
  }

  /// What is left of the budget is handed on before the cut: a record may be cut in its middle.
  pass(from, to, pair) {
    let left = FEWEST + Math.floor(this.random() * (MOST - FEWEST));
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      const isLast = this.isCutting && bytes.length >= left;
      left -= bytes.length;
      if (!isLast) return to.write(bytes) || this.pauseUntilDrained(from, to);
      this.cuts += 1;
      return to.write(bytes.subarray(0, left + bytes.length), pair.end);
    });
    from.on('end', () => to.end());
    from.on('close', pair.end);
    from.on('error', pair.end);
  }

  pauseUntilDrained(from, to) {
    from.pause();
    to.once('drain', () => from.resume());
  }

  async stop() {
    for (const pair of [...this.pairs]) pair.end();
    await new Promise((done) => this.server.close(done));
  }
}
