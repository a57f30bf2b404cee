// People with Microsoft's .NET 11 client: connections in a program of tests/dotnet/client.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildForNet11 } from '../../dotnet/dotnet.mjs';
import { guardChild } from './cleanup.mjs';
import { deferred, until, withDeadline } from './deadline.mjs';

const CLIENT = fileURLToPath(new URL('../../dotnet/client', import.meta.url));
const START_MS = 60_000;

/// Builds the program. @returns {command}, or {missing: why it cannot be had here}
export const buildDotnetClient = () => buildForNet11(CLIENT);

/// The program, running.
export class DotnetProgram {
  static async start([program, ...args]) {
    const self = new DotnetProgram();
    self.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    guardChild(self.child);
    self.calls = new Map();
    self.people = new Map();
    const ready = deferred();
    createInterface(self.child.stdout).on('line', (line) => self.take(JSON.parse(line), ready));
    self.version = await withDeadline(ready.promise, 'the .NET program starts', START_MS);
    return self;
  }

  take({ ready: version, id, result, error, name, event, data }, ready) {
    if (version) ready.resolve(version);
    else if (event) this.people.get(name).events.push({ event, data });
    else if (error === undefined) this.calls.get(id).resolve(result);
    else this.calls.get(id).reject(new Error(error));
  }

  /// Connects somebody.
  /// @param way url, transport, token; protocol, refreshBefore (s), reconnect (ms each), stateful
  async connect(name, way) {
    const person = new DotnetPerson(this, name);
    this.people.set(name, person);
    await person.do('start', { way: { protocol: 'json', ...way } });
    return person;
  }

  ask(name, what, more) {
    const id = this.calls.size + 1;
    this.calls.set(id, deferred());
    this.child.stdin.write(`${JSON.stringify({ id, name, do: what, ...more })}\n`);
    return withDeadline(this.calls.get(id).promise, `${name} does ${what}`);
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    return withDeadline(ended, 'the .NET program ends');
  }
}

class DotnetPerson {
  constructor(program, name) {
    Object.assign(this, { program, name, events: [] });
  }

  /// What commands there are: tests/dotnet/client/Person.cs.
  do(what, more = {}) {
    return this.program.ask(this.name, what, more);
  }

  /// Data of all events of this name.
  all(event) {
    return this.events.filter((one) => one.event === event).map(({ data }) => data);
  }

  async waitFor(event, matches = () => true) {
    await until(() => this.all(event).some(matches), `${this.name} hears ${event}`);
    return this.all(event).find(matches);
  }
}
