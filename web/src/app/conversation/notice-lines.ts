import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import type { Notice } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { noticeTexts } from './notice-texts';

/** Who came and went, and what the room is called now. */
@Component({
  selector: 'p-notice-lines',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (text of texts(); track $index) {
      <p dir="auto">{{ text }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      justify-items: center;
      gap: var(--space-4);
    }
    p {
      max-inline-size: min(640px, 90%);
      padding: var(--space-8) var(--space-16) 0;
      color: var(--text-2);
      font-size: var(--text-size-small);
      line-height: var(--text-line-small);
      text-align: center;
    }
  `,
})
export class NoticeLines {
  private readonly words = inject(Words);
  private readonly people = inject(ChatStore).people;
  readonly notices = input.required<readonly Notice[]>();
  protected readonly texts = computed(() =>
    noticeTexts(this.notices(), (id) => this.people.nameOf(id), this.words),
  );
}
