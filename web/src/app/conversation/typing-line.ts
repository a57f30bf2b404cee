import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import type { Conversation } from '../core/conversation';

/** Who is typing; its place is there always, so that nothing moves. */
@Component({
  selector: 'p-typing-line',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<span class="ellipsis" dir="auto">{{ text() }}</span>`,
  styles: `
    :host {
      display: flex;
      block-size: 20px;
      padding-inline: var(--space-24);
      color: var(--text-2);
      font-size: var(--text-size-small);
      line-height: 20px;
    }
  `,
})
export class TypingLine {
  private readonly t = inject(Words).t;
  private readonly people = inject(ChatStore).people;
  readonly one = input.required<Conversation>();
  protected readonly text = computed(() => {
    const [name, other, ...more] = this.one()
      .typists()
      .map((id) => this.people.nameOf(id));
    if (name === undefined) return '';
    if (other === undefined) return this.t('typing.one', { name });
    return more.length > 0 ? this.t('typing.many') : this.t('typing.two', { name, other });
  });
}
