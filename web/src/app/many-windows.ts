import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { Words } from '../i18n/texts';
import { ChatStore } from './core/chat-store';
import { Dialog } from './ui/dialog';

/** Over the page, when the server grants this user no more connections, or another window has this one's. */
@Component({
  selector: 'p-many-windows',
  imports: [Dialog],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p-dialog [open]="crowding.isOver()" [isClosable]="false" [label]="t('app.openElsewhere')">
      <p>{{ t(crowding.state() === 'rests' ? 'app.restsText' : 'app.openElsewhereText') }}</p>
      <button class="primary" (click)="crowding.useHere()">{{ t('app.useHere') }}</button>
    </p-dialog>
  `,
  styles: `
    p {
      margin-block-end: var(--space-16);
    }
  `,
})
export class ManyWindows {
  protected readonly t = inject(Words).t;
  protected readonly crowding = inject(ChatStore).crowding;
}
