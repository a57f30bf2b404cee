import {
  ChangeDetectionStrategy,
  ChangeDetectorRef,
  Component,
  computed,
  inject,
} from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Words } from '../i18n/texts';
import { ConnectionBar } from './connection-bar';
import { ChatStore } from './core/chat-store';
import { Failures } from './core/failures';
import { Session } from './core/session';
import { Settings } from './core/settings';
import { Title } from './core/title';
import { ManyWindows } from './many-windows';
import { SignInAgain } from './sign-in/sign-in-again';
import { ToastList, Toasts } from './ui/toast';

/** The shell: what lies over every screen. */
@Component({
  selector: 'p-root',
  imports: [RouterOutlet, ConnectionBar, ManyWindows, SignInAgain, ToastList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    :host {
      display: grid;
      grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
      block-size: 100dvh;
    }
    router-outlet {
      display: none;
    }
  `,
  template: `
    <p-connection-bar />
    <router-outlet (activate)="show()" />
    <p-toasts [closeLabel]="t('app.close')" />
    @defer (when isExpired()) {
      <p-sign-in-again />
    }
    @defer (when isCrowded()) {
      <p-many-windows />
    }
  `,
})
export class App {
  protected readonly t = inject(Words).t;
  private readonly session = inject(Session);
  private readonly changes = inject(ChangeDetectorRef);
  protected readonly isCrowded = inject(ChatStore).crowding.isOver;
  protected readonly isExpired = computed(() => this.session.state() === 'expired');

  constructor() {
    inject(Settings);
    inject(Title);
    const toasts = inject(Toasts);
    inject(Failures).say = (text) => toasts.show(text, 'failed');
  }

  /** A screen is made, and gets its words and sizes at once: no frame is to show it without. */
  protected show(): void {
    this.changes.detectChanges();
  }
}
