import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import type { Quote as Quoted, Row } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import type { Conversation } from '../core/conversation';

/** What a message answers; a press goes there. */
@Component({
  selector: 'p-quote',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button type="button" class="row" (click)="go()">
      @if (quoted(); as one) {
        <bdi class="name ellipsis">{{ store.people.nameOf(one.senderId) }}</bdi>
        @if (one.deleted) {
          <i class="text ellipsis">{{ t('message.quoteGone') }}</i>
        } @else {
          <span class="text ellipsis" dir="auto">{{ one.content }}</span>
        }
      } @else {
        <span class="text ellipsis">{{ t('message.quoteFar') }}</span>
      }
    </button>
  `,
  styles: `
    button {
      display: grid;
      justify-content: start;
      justify-items: start;
      gap: 0;
      inline-size: 100%;
      min-block-size: 0;
      padding: 2px var(--space-8);
      border: 0;
      border-inline-start: 3px solid var(--accent);
      border-radius: 2px;
      color: var(--text-2);
      font-size: var(--text-size-small);
      line-height: var(--text-line-small);
      text-align: start;
    }
    .name {
      max-inline-size: 100%;
      font-weight: 600;
    }
    .text {
      max-inline-size: 100%;
    }
  `,
})
export class Quote {
  protected readonly t = inject(Words).t;
  protected readonly store = inject(ChatStore);
  readonly one = input.required<Conversation>();
  readonly row = input.required<Row>();
  readonly jump = output<number>();
  readonly missing = output<void>();

  /** The message itself where it is here: it may have been changed since. */
  protected readonly quoted = computed((): Omit<Quoted, 'messageId'> | undefined => {
    const { replyTo } = this.row();
    const here = this.one()
      .timeline()
      .rows.find(({ messageId }) => messageId === replyTo);
    if (!here || here.seq === undefined)
      return (this.row() as { replyToMessage?: Quoted }).replyToMessage;
    const { seq, senderId, content, isDeleted: deleted } = here;
    return { seq, senderId, content, deleted };
  });
  protected readonly seq = computed(() => this.quoted()?.seq);

  protected async go(): Promise<void> {
    const { replyTo } = this.row();
    const far = () => this.store.history.seqOf(this.one(), replyTo ?? '').catch(() => undefined);
    const seq = this.seq() ?? (await far());
    if (seq !== undefined) this.jump.emit(seq);
    else this.missing.emit();
  }
}
