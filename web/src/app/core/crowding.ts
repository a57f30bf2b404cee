import { computed, signal } from '@angular/core';
import type { ChatService, ConnectionState } from '@parley/client';
import type { Tabs, Word } from './tabs';

/** `full`: the server grants no connection more; `rests`: another window took this one's. */
type Place = 'enough' | 'full' | 'rests';

/** How often, and how soon each time, a window asks for the room that others were told to make. */
const TRIES = 20;
const RETRY_MS = 250;

/** Which of a user's windows have a connection, where there are more windows than the server grants. */
export class Crowding {
  private readonly now = signal<Place>('enough');
  readonly state = this.now.asReadonly();
  readonly isOver = computed(() => this.now() !== 'enough');
  private triesLeft = 0;
  private timer?: ReturnType<typeof setTimeout>;
  private parts?: { readonly chat: ChatService; readonly tabs: Tabs };

  begin(chat: ChatService, tabs: Tabs): void {
    this.parts = { chat, tabs };
  }

  /** `full` lasts as long as that is what the server says. */
  follow(state: ConnectionState): void {
    if (state.name === 'waiting' && state.isCrowded) {
      this.now.set('full');
      if (this.triesLeft > 0) this.tryAgain();
    } else if (['connected', 'waiting', 'signed-out'].includes(state.name)) {
      this.triesLeft = 0;
      if (this.now() === 'full') this.now.set('enough');
    }
  }

  /** This window is the one to be used: where there is no room for it, the others of this browser rest. */
  useHere(): void {
    if (this.now() === 'rests') return this.wake();
    this.parts?.tabs.tell({ kind: 'make-room' });
    this.triesLeft = TRIES;
    this.parts?.chat.retryNow();
  }

  hear(word: Word): void {
    if (word.kind === 'make-room' && !this.isOver()) void this.rest();
  }

  /** The server counts a connection of this user until it has seen its end. */
  private tryAgain(): void {
    this.triesLeft -= 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.parts?.chat.retryNow(), RETRY_MS);
  }

  private async rest(): Promise<void> {
    this.now.set('rests');
    this.parts?.tabs.rest();
    await this.parts?.chat.disconnect();
  }

  private wake(): void {
    this.now.set('enough');
    this.parts?.tabs.wake();
    this.parts?.chat.connect();
  }
}
