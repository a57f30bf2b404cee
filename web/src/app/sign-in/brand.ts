import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { Configuration } from '../core/configuration';

/** Sign and name of the place. */
@Component({
  selector: 'p-brand',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: var(--space-12);
    }
    h1 {
      font-size: 22px;
      line-height: 28px;
    }
  `,
  template: `
    <img src="favicon.svg" width="32" height="32" alt="" />
    <h1 dir="auto">{{ configuration.value().title }}</h1>
  `,
})
export class Brand {
  protected readonly configuration = inject(Configuration);
}
