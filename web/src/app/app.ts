import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Words } from '../i18n/texts';
import { ConnectionBar } from './connection-bar';
import { ChatStore } from './core/chat-store';
import { Session } from './core/session';
import { Settings } from './core/settings';
import { Title } from './core/title';
import { SignIn } from './sign-in/sign-in';
import { Dialog } from './ui/dialog';
import { ToastList } from './ui/toast';

/** The shell: what lies over every screen. */
@Component({
  selector: 'p-root',
  imports: [RouterOutlet, ConnectionBar, Dialog, SignIn, ToastList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p-connection-bar />
    <router-outlet />
    <p-toasts [closeLabel]="t('app.close')" />
    <p-dialog [open]="isExpired()" [isClosable]="false" [label]="t('sign.in')">
      <p class="again">{{ t('sign.again') }}</p>
      <p-sign-in [fixedUser]="session.userId()" (done)="store.signedInAgain()" />
    </p-dialog>
  `,
  styles: `
    .again {
      margin-block-end: var(--space-16);
    }
  `,
})
export class App {
  protected readonly t = inject(Words).t;
  protected readonly session = inject(Session);
  protected readonly store = inject(ChatStore);
  protected readonly isExpired = computed(() => this.session.state() === 'expired');

  constructor() {
    inject(Settings);
    inject(Title);
  }
}
