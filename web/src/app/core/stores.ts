import { IndexedDbOutbox, MemoryOutbox, type OutboxStore } from '@parley/client';
import { DatabaseKept, type Kept, MemoryKept } from './kept';

/** Whose things lie in this browser. */
const KEEPER = 'parley-keeper';

/**
 * Where one user's pages keep things. What somebody left here who never signed out is deleted.
 * @param isKept false: in memory, and gone with the page, as where the browser keeps nothing
 */
export async function openStores(userId: string, isKept: boolean): Promise<[Kept, OutboxStore]> {
  try {
    forgetOthers(isKept ? userId : undefined);
    if (isKept) return [await DatabaseKept.open(userId), await IndexedDbOutbox.open(userId)];
  } catch {
    // as if it were not to be kept
  }
  return [new MemoryKept(), new MemoryOutbox()];
}

/** Done some time later: a page of theirs may still have it open. */
function forgetOthers(keeper: string | undefined): void {
  const before = localStorage.getItem(KEEPER);
  if (before !== null && before !== keeper) {
    void DatabaseKept.forget(before).catch(() => undefined);
    void IndexedDbOutbox.open(before)
      .then((outbox) => outbox.destroy())
      .catch(() => undefined);
  }
  if (keeper === undefined) localStorage.removeItem(KEEPER);
  else localStorage.setItem(KEEPER, keeper);
}
