import { ChangeDetectionStrategy, Component } from '@angular/core';

/** One card in the middle of an empty page. */
@Component({
  selector: 'p-card',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    :host {
      display: grid;
      place-items: center;
      block-size: 100%;
      overflow-y: auto;
      padding: var(--space-16);
      background: var(--side);
    }
    main {
      display: grid;
      gap: var(--space-24);
      inline-size: min(100%, 380px);
      padding: var(--space-32);
      border-radius: var(--radius-12);
      background: var(--bg);
      box-shadow: var(--shadow);
    }
    @media (max-width: 480px) {
      :host {
        place-items: start stretch;
        padding: 0;
        background: var(--bg);
      }
      main {
        inline-size: 100%;
        padding: var(--space-24) var(--space-16);
        box-shadow: none;
      }
    }
  `,
  template: `<main><ng-content /></main>`,
})
export class Card {}
