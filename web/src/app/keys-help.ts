import { ChangeDetectionStrategy, Component, inject, model } from '@angular/core';
import { type PlainKey, Words } from '../i18n/texts';
import { Dialog } from './ui/dialog';

const KEYS: readonly (readonly [string, PlainKey])[] = [
  ['F6', 'keys.panes'],
  ['Ctrl K', 'keys.find'],
  ['Alt ↑ ↓', 'keys.conversations'],
  ['↑ ↓', 'keys.messages'],
  ['↑', 'keys.edit'],
  ['Esc', 'keys.leave'],
  ['?', 'keys.help'],
];

/** What the keyboard can do. */
@Component({
  selector: 'p-keys-help',
  imports: [Dialog],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p-dialog [(open)]="open" [label]="t('keys.title')" [closeLabel]="t('app.close')">
      <dl>
        @for (key of keys; track key[1]) {
          <dt>
            <kbd>{{ key[0] }}</kbd>
          </dt>
          <dd>{{ t(key[1]) }}</dd>
        }
      </dl>
    </p-dialog>
  `,
  styles: `
    dl {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: var(--space-8) var(--space-16);
      margin: 0;
    }
    dd {
      margin: 0;
    }
    kbd {
      padding: 2px 6px;
      border: 1px solid var(--line);
      border-radius: 4px;
      font: inherit;
      font-size: var(--text-size-small);
      white-space: nowrap;
    }
  `,
})
export class KeysHelp {
  protected readonly t = inject(Words).t;
  protected readonly keys = KEYS;
  readonly open = model(false);
}
