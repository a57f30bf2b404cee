import { signal } from '@angular/core';
import type { Kept } from './kept';

export interface Draft {
  readonly text: string;
  /** The message it answers, by id. */
  readonly replyTo?: string;
}

const PREFIX = 'draft:';
const SAVE_MS = 300;

/** What was typed and not sent, by conversation (or `new:<user>` for a chat that is not made yet). */
export class Drafts {
  private readonly all = signal<ReadonlyMap<string, Draft>>(new Map());
  private readonly due = new Map<string, ReturnType<typeof setTimeout>>();

  /** @param tell the other tabs */
  constructor(
    private readonly kept: Kept,
    private readonly tell: (key: string, draft: Draft | undefined) => void,
  ) {
    addEventListener('pagehide', () => this.saveAll());
  }

  async load(): Promise<void> {
    const found = new Map<string, Draft>();
    for (const key of await this.kept.keys(PREFIX)) {
      const draft = await this.kept.get<Draft>(key);
      if (draft) found.set(key.slice(PREFIX.length), draft);
    }
    this.all.update((typed) => new Map([...found, ...typed]));
  }

  get isEmpty(): boolean {
    return this.all().size === 0;
  }

  of(key: string): Draft | undefined {
    return this.all().get(key);
  }

  set(key: string, draft: Draft): void {
    this.show(key, draft);
    clearTimeout(this.due.get(key));
    this.due.set(
      key,
      setTimeout(() => this.save(key), SAVE_MS),
    );
  }

  /** As another tab told it. */
  show(key: string, draft: Draft | undefined): void {
    const isEmpty = !draft || (draft.text === '' && draft.replyTo === undefined);
    const next = new Map(this.all());
    if (isEmpty) next.delete(key);
    else next.set(key, draft);
    this.all.set(next);
  }

  private save(key: string): void {
    const draft = this.settle(key);
    void (draft ? this.kept.set(PREFIX + key, draft) : this.kept.remove(PREFIX + key));
  }

  private saveAll(): void {
    for (const key of [...this.due.keys()]) this.kept.setAtOnce(PREFIX + key, this.settle(key));
  }

  /** It is being kept now. */
  private settle(key: string): Draft | undefined {
    clearTimeout(this.due.get(key));
    this.due.delete(key);
    const draft = this.of(key);
    this.tell(key, draft);
    return draft;
  }
}
