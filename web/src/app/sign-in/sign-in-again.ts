import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Session } from '../core/session';
import { Dialog } from '../ui/dialog';
import { SignIn } from './sign-in';

/** Over the page, when the server wants to see the password of who is here again. */
@Component({
  selector: 'p-sign-in-again',
  imports: [Dialog, SignIn],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p-dialog [open]="isExpired()" [isClosable]="false" [label]="t('sign.in')">
      <p>{{ t('sign.again') }}</p>
      <p-sign-in [isAgain]="true" (done)="store.signedInAgain()" />
    </p-dialog>
  `,
  styles: `
    p {
      margin-block-end: var(--space-16);
    }
  `,
})
export class SignInAgain {
  protected readonly t = inject(Words).t;
  private readonly session = inject(Session);
  protected readonly store = inject(ChatStore);
  protected readonly isExpired = computed(() => this.session.state() === 'expired');
}
