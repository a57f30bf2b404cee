// A way to the server that can be cut, frozen and closed: what networks do to clients.
import { createServer, connect } from 'node:net';

export class Proxy {
  /// Forwards to `server` from a port of its own.
  /// @param filter (bytes of a client, its socket) => the bytes to hand on, or nothing
  static async before(server, filter = (bytes) => bytes) {
    const self = new Proxy();
    self.filter = filter;
    self.pairs = new Set();
    self.cuts = 0;
    self.listener = createServer((client) => self.join(client, server.port));
    await new Promise((done) => self.listener.listen(0, '127.0.0.1', done));
    self.port = self.listener.address().port;
    return self;
  }

  /// The server as its clients see it through here.
  of(server) {
    const url = `http://127.0.0.1:${this.port}`;
    return Object.create(server, { url: { value: url }, port: { value: this.port } });
  }

  join(client, port) {
    const upstream = connect({ port, host: '127.0.0.1' });
    const pair = { client, upstream };
    this.pairs.add(pair);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      from.setNoDelay(true);
      from.on('data', (bytes) => {
        const handed = from === client ? this.filter(bytes, client) : bytes;
        if (handed && !pair.isFrozen) to.write(handed);
      });
      from.on('error', () => {});
      from.on('close', () => {
        if (pair.isFrozen) return;
        to.destroy();
        this.pairs.delete(pair);
      });
    }
  }

  /// Both sides learn at once that their connections are gone.
  cut() {
    this.cuts += 1;
    for (const { client, upstream } of this.pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
    this.pairs.clear();
  }

  /// Only the clients learn it: to the server their sockets look alive, and stay silent.
  vanish() {
    this.cuts += 1;
    for (const pair of this.pairs) {
      pair.isFrozen = true;
      pair.client.resetAndDestroy();
    }
  }

  /// Nobody learns anything: not a byte goes through any more.
  freeze() {
    for (const pair of this.pairs) pair.isFrozen = true;
  }

  async close() {
    for (const { client, upstream } of this.pairs) {
      client.destroy();
      upstream.destroy();
    }
    await new Promise((done) => this.listener.close(done));
  }
}
