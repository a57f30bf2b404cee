// A clock that goes when the test says so.
export class HandClock {
  time = 0;
  chance = 0.5;
  timers = [];

  now() {
    return this.time;
  }
  random() {
    return this.chance;
  }
  later(ms, call) {
    const timer = { at: this.time + ms, call };
    this.timers.push(timer);
    return { cancel: () => (this.timers = this.timers.filter((one) => one !== timer)) };
  }
  /// What is due is called in its order; then everything that waited for it has run.
  async go(ms) {
    const end = this.time + ms;
    await settled();
    for (let next = this.due(end); next; next = this.due(end)) {
      this.timers = this.timers.filter((one) => one !== next);
      this.time = next.at;
      next.call();
      await settled();
    }
    this.time = end;
  }
  due(end) {
    return this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/// Everything that can go on without time has gone on.
export async function settled() {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((done) => setImmediate(done));
}
