import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import type { Conversation } from '../core/conversation';
import { Names } from '../core/names';
import { Avatar } from '../ui/avatar';
import { Icon } from '../ui/icon';

/** Whom one talks to. */
@Component({
  selector: 'p-conversation-header',
  imports: [RouterLink, Avatar, Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <a class="button icon back" routerLink="/" [attr.aria-label]="t('conversation.backToList')"
      ><p-icon name="back"
    /></a>
    <p-avatar [name]="name()" [seed]="other() ?? one().id" [src]="picture()" [size]="36" />
    <div class="names">
      <h1 class="ellipsis">
        <bdi>{{ name() }}</bdi>
      </h1>
      <p class="muted small ellipsis">{{ about() }}</p>
    </div>
    <a
      class="button icon"
      [routerLink]="[]"
      [queryParams]="{ details: hasDetails() ? null : 1 }"
      [attr.aria-label]="t('app.details')"
      [attr.aria-expanded]="hasDetails()"
      ><p-icon name="info"
    /></a>
  `,
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: var(--space-12);
      block-size: 56px;
      padding-inline: var(--space-16) var(--space-12);
      border-block-end: 1px solid var(--edge);
    }
    .names {
      flex: 1;
      min-inline-size: 0;
    }
    .back {
      display: none;
    }
    @media (max-width: 719px) {
      :host {
        padding-inline: var(--space-4);
        gap: var(--space-8);
      }
      .back {
        display: inline-flex;
      }
    }
  `,
})
export class Header {
  protected readonly t = inject(Words).t;
  private readonly store = inject(ChatStore);
  private readonly names = inject(Names);
  readonly one = input.required<Conversation>();
  readonly hasDetails = input(false);
  protected readonly name = computed(() => this.names.of(this.one()));
  protected readonly other = computed(() => this.one().row().otherParticipantId);
  protected readonly picture = computed(() => {
    const other = this.other();
    return other === null ? undefined : this.store.people.of(other)().picture;
  });
  protected readonly about = computed(() => {
    const other = this.other();
    if (other === null)
      return this.t('conversation.members', { count: this.one().row().participantCount });
    const presence = this.store.people.presenceOf(other)();
    return presence ? this.t(presence.online ? 'presence.online' : 'presence.offline') : '';
  });
}
