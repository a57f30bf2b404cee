import { Injectable, signal } from '@angular/core';

/** The minute that the screen shows: ticks with the wall clock, and when a page is looked at again. */
@Injectable({ providedIn: 'root' })
export class Clock {
  private timer?: ReturnType<typeof setTimeout>;
  private readonly current = signal(new Date());
  readonly now = this.current.asReadonly();

  constructor() {
    document.addEventListener('visibilitychange', () => !document.hidden && this.tick());
    this.wait();
  }

  private tick(): void {
    this.current.set(new Date());
    this.wait();
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), 60_000 - (Date.now() % 60_000) + 20);
  }
}
