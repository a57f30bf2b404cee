import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import type { MessageStatus, Pending } from '@parley/client';
import { Words } from '../../i18n/texts';
import { Icon, type IconName } from '../ui/icon';

type Mark = 'waiting' | 'sending' | 'failed' | 'sent' | 'delivered' | 'read';

const ICONS: Record<Mark, IconName> = {
  waiting: 'clock',
  sending: 'clock',
  failed: 'warning',
  sent: 'check',
  delivered: 'checks',
  read: 'checks',
};

/** How far an own message came: on its way (after 400 ms), stored, delivered, read. */
@Component({
  selector: 'p-delivery-mark',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[class]': 'mark()', '[title]': 'text()' },
  template: `<p-icon [name]="icon()" /><span class="heard">{{ text() }}</span>`,
  styles: `
    :host {
      display: inline-flex;
      color: var(--text-2);
      font-size: 11px;
    }
    :host(.read) {
      color: var(--accent);
    }
    :host(.failed) {
      color: var(--danger);
    }
    :host(.waiting),
    :host(.sending) {
      animation: appear 0s 400ms backwards;
    }
    @keyframes appear {
      from {
        visibility: hidden;
      }
    }
  `,
})
export class DeliveryMark {
  private readonly t = inject(Words).t;
  readonly status = input.required<MessageStatus>();
  readonly pending = input<Pending>();
  protected readonly mark = computed(
    (): Mark => this.pending()?.state ?? (this.status().toLowerCase() as Mark),
  );
  protected readonly icon = computed(() => ICONS[this.mark()]);
  protected readonly text = computed(() => this.t(`mark.${this.mark()}`));
}
