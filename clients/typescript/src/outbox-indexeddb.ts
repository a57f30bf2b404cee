import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Outgoing, OutboxStore } from './outbox.js';

interface Schema extends DBSchema {
  outbox: { key: string; value: Outgoing; indexes: { order: number } };
}

/**
 * Keeps outgoing messages of one user in this browser, beyond the page. Pages of the same user may share
 * it: what two of them send is stored once by the server, since it has one `clientMessageId`.
 */
export class IndexedDbOutbox implements OutboxStore {
  private constructor(private readonly database: IDBPDatabase<Schema>) {}

  /** @throws where the browser keeps nothing: use `MemoryOutbox`, and say so. */
  static async open(userId: string): Promise<IndexedDbOutbox> {
    const database = await openDB<Schema>(nameOf(userId), 1, {
      upgrade(fresh) {
        fresh
          .createObjectStore('outbox', { keyPath: 'clientMessageId' })
          .createIndex('order', 'order');
      },
    });
    return new IndexedDbOutbox(database);
  }

  /** At sign-out: nothing of the user stays in this browser. */
  async destroy(): Promise<void> {
    await this.database.clear('outbox');
    this.database.close();
  }

  all(): Promise<Outgoing[]> {
    return this.database.getAllFromIndex('outbox', 'order');
  }

  async put(message: Outgoing): Promise<void> {
    await this.database.put('outbox', message);
  }

  async remove(clientMessageId: string): Promise<void> {
    await this.database.delete('outbox', clientMessageId);
  }
}

const nameOf = (userId: string) => `parley:${userId}`;
