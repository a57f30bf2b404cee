import { DestroyRef, Injectable, inject, signal } from '@angular/core';

/** Whole seconds until something may be tried again; 0: now. */
@Injectable()
export class Countdown {
  private timer?: ReturnType<typeof setInterval>;
  private until = 0;
  readonly left = signal(0);

  constructor() {
    inject(DestroyRef).onDestroy(() => clearInterval(this.timer));
  }

  start(ms: number): void {
    clearInterval(this.timer);
    this.until = performance.now() + ms;
    this.timer = setInterval(() => this.tick(), 250);
    this.tick();
  }

  private tick(): void {
    this.left.set(Math.max(0, Math.ceil((this.until - performance.now()) / 1000)));
    if (this.left() === 0) clearInterval(this.timer);
  }
}
