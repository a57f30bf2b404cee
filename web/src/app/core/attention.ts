import { Injectable, signal } from '@angular/core';

/** Is somebody looking? The page is visible, and its window has the focus. */
@Injectable({ providedIn: 'root' })
export class Attention {
  private readonly state = signal(isLooking());
  readonly isLooking = this.state.asReadonly();

  constructor() {
    const look = () => this.state.set(isLooking());
    addEventListener('focus', look);
    addEventListener('blur', look);
    document.addEventListener('visibilitychange', look);
  }
}

const isLooking = () => !document.hidden && document.hasFocus();
