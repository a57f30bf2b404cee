import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { Words } from '../../i18n/texts';
import { Dialog } from './dialog';

/** Asks before something that cannot be taken back. */
@Component({
  selector: 'p-confirm',
  imports: [Dialog],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p-dialog
      [open]="open()"
      [label]="title()"
      [closeLabel]="t('app.close')"
      (dismissed)="dismissed.emit()"
    >
      <p dir="auto">{{ text() }}</p>
      <div class="actions">
        <button (click)="dismissed.emit()">{{ t('app.cancel') }}</button>
        <button class="danger" (click)="confirmed.emit()">{{ action() }}</button>
      </div>
    </p-dialog>
  `,
  styles: `
    .actions {
      display: flex;
      justify-content: flex-end;
      gap: var(--space-8);
      margin-block-start: var(--space-16);
    }
  `,
})
export class Confirm {
  protected readonly t = inject(Words).t;
  readonly open = input(false);
  readonly title = input.required<string>();
  readonly text = input.required<string>();
  readonly action = input.required<string>();
  readonly confirmed = output<void>();
  readonly dismissed = output<void>();
}
