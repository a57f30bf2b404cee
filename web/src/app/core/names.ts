import { Injectable, inject } from '@angular/core';
import { Words } from '../../i18n/texts';
import { ChatStore } from './chat-store';
import type { Conversation } from './conversation';

const MAX_NAMED = 3;

/** What a conversation is called. */
@Injectable({ providedIn: 'root' })
export class Names {
  private readonly store = inject(ChatStore);
  private readonly t = inject(Words).t;

  of(one: Conversation): string {
    const { otherParticipantId: other, title, participants } = one.row();
    if (other !== null) return this.store.people.nameOf(other);
    if (title) return title;
    const others = participants.filter(({ userId }) => userId !== this.store.me);
    const names = others.slice(0, MAX_NAMED).map(({ userId }) => this.store.people.nameOf(userId));
    return names.join(', ') || this.t('conversation.untitled');
  }
}
