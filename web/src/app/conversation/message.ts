import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import type { Row } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import type { Conversation } from '../core/conversation';
import { Problems } from '../core/problems';
import { Avatar } from '../ui/avatar';
import { RelativeTime, fullText } from '../ui/relative-time';
import { AttachmentBox } from './attachment';
import { DeliveryMark } from './delivery-mark';
import { MessageText } from './message-text';
import { Quote } from './quote';

/** What somebody said: own ones on the one side, others with a face on the other. */
@Component({
  selector: 'p-message',
  imports: [Avatar, AttachmentBox, DeliveryMark, MessageText, Quote, RelativeTime],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[class.mine]': 'isMine()', '[class.head]': 'isHead()' },
  template: `
    @if (isHead() && !isMine()) {
      <p-avatar [name]="name()" [seed]="row().senderId" [src]="picture()" [size]="32" />
    }
    <div class="body">
      @if (isHead()) {
        <div class="by">
          @if (!isMine()) {
            <bdi class="ellipsis">{{ name() }}</bdi>
          }
          <p-time class="time" [at]="row().createdAt" [locale]="words.locale" />
        </div>
      }
      @if (row().isDeleted) {
        <i class="bubble gone" data-testid="deleted">{{ t('message.deleted') }}</i>
      } @else {
        @if (row().content || row().replyTo) {
          <div class="bubble">
            @if (row().replyTo) {
              <p-quote
                [one]="one()"
                [row]="row()"
                (jump)="jump.emit($event)"
                (missing)="missing.emit()"
              />
            }
            @if (row().content) {
              <p-message-text [text]="row().content" />
            }
            @if (row().editedAt) {
              <span class="edited" [title]="editedAt()">{{ t('message.edited') }}</span>
            }
          </div>
        }
        @for (file of files(); track file.id) {
          <p-attachment [file]="file" [renew]="renew" />
        }
      }
      @if (problem(); as why) {
        <div class="problem" role="alert">
          <span>{{ t('message.failed', { why }) }}</span>
          <button class="link" (click)="act.emit('edit')">{{ t('app.edit') }}</button>
          <button class="link" (click)="act.emit('retry')">{{ t('app.retry') }}</button>
          <button class="link" (click)="act.emit('discard')">{{ t('app.discard') }}</button>
        </div>
      }
    </div>
    @if (isMine() && !row().isDeleted) {
      <p-delivery-mark [status]="row().status" [pending]="row().pending" />
    }
  `,
  styles: `
    :host {
      display: flex;
      align-items: flex-end;
      gap: var(--space-8);
      padding-block: 1px;
      padding-inline: 64px var(--space-24);
    }
    :host(.head) {
      padding-block-start: var(--space-8);
    }
    :host(.mine) {
      justify-content: flex-end;
      gap: var(--space-4);
      padding-inline-end: var(--space-16);
    }
    p-avatar {
      align-self: flex-start;
      margin-inline-start: -40px;
    }
    .body {
      display: grid;
      grid-template-columns: minmax(0, auto);
      justify-items: start;
      gap: 2px;
      min-inline-size: 0;
      max-inline-size: min(640px, 85%);
    }
    :host(.mine) .body {
      justify-items: end;
    }
    .by bdi {
      min-inline-size: 0;
    }
    .by {
      display: flex;
      align-items: baseline;
      gap: var(--space-8);
      max-inline-size: 100%;
      font-size: var(--text-size-small);
      line-height: var(--text-line-small);
      font-weight: 600;
    }
    .time {
      flex: none;
      color: var(--text-2);
      font-size: 12px;
      font-weight: 400;
    }
    .bubble {
      min-inline-size: 0;
      max-inline-size: 100%;
      padding: 6px var(--space-12);
      border: 1px solid var(--mine-border);
      border-radius: var(--radius-12);
      background: var(--bubble);
    }
    :host(.mine) .bubble {
      background: var(--mine);
    }
    .bubble p-quote {
      margin-block: 2px var(--space-4);
    }
    .gone {
      color: var(--text-2);
    }
    .edited {
      color: var(--text-2);
      font-size: 12px;
    }
    .problem {
      display: flex;
      flex-wrap: wrap;
      gap: 0 var(--space-12);
      color: var(--danger);
      font-size: var(--text-size-small);
    }
    @media (max-width: 719px) {
      :host {
        padding-inline: 56px var(--space-12);
      }
      :host(.mine) {
        padding-inline-end: var(--space-8);
      }
    }
  `,
})
export class MessageRow {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  private readonly store = inject(ChatStore);
  private readonly problems = inject(Problems);
  readonly one = input.required<Conversation>();
  readonly row = input.required<Row>();
  readonly isHead = input(false);
  readonly jump = output<number>();
  /** What it answers is not there any more. */
  readonly missing = output<void>();
  /** With a message that was refused. */
  readonly act = output<'edit' | 'retry' | 'discard'>();

  protected readonly renew = () => this.store.history.filesAnew(this.one(), this.row().seq ?? 0);
  protected readonly isMine = computed(() => this.row().senderId === this.store.me);
  private readonly person = computed(() => this.store.people.of(this.row().senderId)());
  protected readonly name = computed(() => this.person().name);
  protected readonly picture = computed(() => this.person().picture);
  protected readonly files = computed(() => this.row().attachments ?? []);
  protected readonly editedAt = computed(() => {
    const time = fullText(new Date(this.row().editedAt ?? 0), this.words.locale);
    return this.t('message.editedAt', { time });
  });
  protected readonly problem = computed(() => {
    const { pending } = this.row();
    return pending?.state === 'failed' ? this.problems.ofCode(pending.code) : undefined;
  });
}
