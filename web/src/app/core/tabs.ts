import { signal } from '@angular/core';
import type { Draft } from './drafts';

/** What one tab tells the others of the same user. */
export type Word =
  | { readonly kind: 'draft'; readonly key: string; readonly draft?: Draft }
  | { readonly kind: 'read'; readonly conversationId: string; readonly seq: number }
  /** The conversation in view, while its page is visible and has focus. */
  | { readonly kind: 'viewing'; readonly tab: string; readonly conversationId?: string }
  /** The one who looks at another window wants its connection: this one rests. */
  | { readonly kind: 'make-room' }
  | { readonly kind: 'signed-out' };

/** The tabs of one user in this browser: one of them rings, all of them hear what the others do. */
export class Tabs {
  readonly id = crypto.randomUUID();
  /** This tab is the one for sounds and notifications. */
  readonly isRinger = signal(false);
  private readonly channel?: BroadcastChannel;
  private end = new AbortController();
  private readonly viewed = new Map<string, string | undefined>();

  constructor(
    private readonly userId: string,
    onWord: (word: Word) => void,
  ) {
    if (typeof BroadcastChannel !== 'undefined') {
      this.channel = new BroadcastChannel(`parley:${userId}`);
      this.channel.onmessage = ({ data }: MessageEvent<Word>) => this.hear(data, onWord);
    }
    this.waitForLock();
    addEventListener('pagehide', () => this.tell({ kind: 'viewing', tab: this.id }));
  }

  tell(word: Word): void {
    if (word.kind === 'viewing') this.viewed.set(word.tab, word.conversationId);
    this.channel?.postMessage(word);
  }

  isViewed(conversationId: string): boolean {
    return [...this.viewed.values()].includes(conversationId);
  }

  close(): void {
    this.end.abort();
    this.channel?.close();
  }

  /** Another tab rings from now on. */
  rest(): void {
    this.end.abort();
    this.isRinger.set(false);
    this.tell({ kind: 'viewing', tab: this.id });
  }

  /** Back from the rest: this tab rings when its turn comes. */
  wake(): void {
    this.end = new AbortController();
    this.waitForLock();
  }

  private hear(word: Word, onWord: (word: Word) => void): void {
    if (word.kind === 'viewing') this.viewed.set(word.tab, word.conversationId);
    else onWord(word);
  }

  /** Held until the tab is closed: then another one gets it. */
  private waitForLock(): void {
    if (!navigator.locks) return this.isRinger.set(true);
    const { signal: ended } = this.end;
    void navigator.locks
      .request(`parley:${this.userId}`, { signal: ended }, () => {
        this.isRinger.set(true);
        return new Promise<void>((closed) => ended.addEventListener('abort', () => closed()));
      })
      .catch(() => undefined); // closed before it came
  }
}
