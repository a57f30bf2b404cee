import { ChangeDetectionStrategy, Component, effect, inject } from '@angular/core';
import { Router } from '@angular/router';
import { Words } from '../../i18n/texts';
import { Session } from '../core/session';
import { Brand } from './brand';
import { Card } from './card';
import { SignIn } from './sign-in';

/** /signin */
@Component({
  selector: 'p-sign-in-page',
  imports: [Brand, Card, SignIn],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    .head {
      display: grid;
      gap: var(--space-8);
    }
  `,
  template: `
    <p-card>
      <div class="head">
        <p-brand />
        <p class="muted">{{ t('sign.welcome') }}</p>
      </div>
      <p-sign-in />
    </p-card>
  `,
})
export class SignInPage {
  protected readonly t = inject(Words).t;
  private readonly session = inject(Session);

  constructor() {
    const router = inject(Router);
    effect(() => {
      if (this.session.isIn()) void router.navigateByUrl(this.session.wanted);
    });
  }
}
