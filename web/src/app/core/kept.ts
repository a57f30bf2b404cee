import { type DBSchema, type IDBPDatabase, deleteDB, openDB } from 'idb';

interface Schema extends DBSchema {
  kept: { key: string; value: unknown };
}

const nameOf = (userId: string) => `parley-pages:${userId}`;
/** Of what pages left behind that went. */
const leftNames = (userId: string) =>
  Object.keys(localStorage).filter((name) => name.startsWith(`${nameOf(userId)}:`));

/** What one user's pages keep in this browser: by key, gone with the sign-out. */
export interface Kept {
  get<T>(key: string): Promise<T | undefined>;
  /** Not kept when the browser has no room: nothing here is needed to be right. */
  set(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  /**
   * The same, done when it returns: for a page that goes, whose database would not get to it.
   * `undefined` removes.
   */
  setAtOnce(key: string, value: unknown): void;
  /** Keys that begin with `prefix`. */
  keys(prefix: string): Promise<string[]>;
  destroy(): Promise<void>;
}

export class MemoryKept implements Kept {
  private readonly values = new Map<string, unknown>();
  async get<T>(key: string): Promise<T | undefined> {
    return this.values.get(key) as T | undefined;
  }
  async set(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
  }
  async remove(key: string): Promise<void> {
    this.values.delete(key);
  }
  setAtOnce(key: string, value: unknown): void {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
  }
  async keys(prefix: string): Promise<string[]> {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix));
  }
  async destroy(): Promise<void> {
    this.values.clear();
  }
}

export class DatabaseKept implements Kept {
  private constructor(
    private readonly database: IDBPDatabase<Schema>,
    private readonly userId: string,
  ) {}

  /** @throws where the browser keeps nothing */
  static async open(userId: string): Promise<DatabaseKept> {
    const database = await openDB<Schema>(nameOf(userId), 1, {
      upgrade: (fresh) => void fresh.createObjectStore('kept'),
      blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
    });
    const kept = new DatabaseKept(database, userId);
    await kept.takeIn();
    return kept;
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.database.get('kept', key).catch(() => undefined)) as T | undefined;
  }

  async set(key: string, value: unknown): Promise<void> {
    localStorage.removeItem(this.leftName(key));
    await this.database.put('kept', value, key).catch(() => undefined);
  }

  async remove(key: string): Promise<void> {
    localStorage.removeItem(this.leftName(key));
    await this.database.delete('kept', key).catch(() => undefined);
  }

  keys(prefix: string): Promise<string[]> {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    return this.database.getAllKeys('kept', range).catch(() => []);
  }

  setAtOnce(key: string, value: unknown): void {
    try {
      localStorage.setItem(this.leftName(key), JSON.stringify(value ?? null));
    } catch {
      void this.set(key, value); // no room: the database may still get to it
    }
  }

  /** What the page before this one left behind. */
  private async takeIn(): Promise<void> {
    for (const name of leftNames(this.userId)) {
      const value: unknown = JSON.parse(localStorage.getItem(name) ?? 'null');
      const key = name.slice(this.leftName('').length);
      if (value === null) await this.remove(key);
      else await this.set(key, value);
    }
  }

  private leftName(key: string): string {
    return `${nameOf(this.userId)}:${key}`;
  }

  async destroy(): Promise<void> {
    this.database.close();
    await DatabaseKept.forget(this.userId);
  }

  /** What a user's pages have kept is gone, also of one who is not here. */
  static async forget(userId: string): Promise<void> {
    for (const name of leftNames(userId)) localStorage.removeItem(name);
    await deleteDB(nameOf(userId));
  }
}
