import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { Words } from '../../i18n/texts';
import type { Conversation } from '../core/conversation';
import { Icon } from '../ui/icon';
import { PersonDetails } from './person';
import { RoomDetails } from './room';

/** What there is to know and to do about a conversation. */
@Component({
  selector: 'p-details',
  imports: [Icon, PersonDetails, RoomDetails],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(keydown.escape)': 'closed.emit()' },
  template: `
    <aside [attr.aria-label]="t('app.details')">
      <header>
        <h2>{{ t('app.details') }}</h2>
        <button class="icon" [attr.aria-label]="t('details.close')" (click)="closed.emit()">
          <p-icon name="close" />
        </button>
      </header>
      @if (other(); as userId) {
        <p-person-details [userId]="userId" />
      } @else {
        @for (room of [one()]; track room.id) {
          <p-room-details [one]="room" (left)="closed.emit()" />
        }
      }
    </aside>
  `,
  styles: `
    :host {
      display: grid;
      inline-size: 320px;
      min-block-size: 0;
      border-inline-start: 1px solid var(--edge);
      background: var(--bg);
    }
    aside {
      display: grid;
      grid-template: 56px minmax(0, 1fr) / minmax(0, 1fr);
      min-block-size: 0;
    }
    header {
      display: flex;
      align-items: center;
      justify-content: space-between;
      padding-inline: var(--space-16) var(--space-12);
      border-block-end: 1px solid var(--edge);
    }
    @media (max-width: 1023px) {
      :host {
        position: absolute;
        z-index: 2;
        inset-block: 0;
        inset-inline-end: 0;
        max-inline-size: 100%;
        box-shadow: var(--shadow);
      }
    }
    @media (max-width: 719px) {
      :host {
        inline-size: 100%;
        border: 0;
      }
    }
  `,
})
export class Details {
  protected readonly t = inject(Words).t;
  readonly one = input.required<Conversation>();
  readonly closed = output<void>();
  protected readonly other = computed(() => this.one().row().otherParticipantId);
}
