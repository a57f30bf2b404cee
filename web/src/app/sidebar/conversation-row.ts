import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Clock } from '../core/clock';
import type { Conversation } from '../core/conversation';
import { Names } from '../core/names';
import { Avatar } from '../ui/avatar';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';

/** One conversation of the list. */
@Component({
  selector: 'p-conversation-row',
  imports: [RouterLink, Avatar, Icon, RelativeTime],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <a
      [routerLink]="['/c', one().id]"
      [attr.aria-current]="isOpen() ? 'page' : null"
      [attr.tabindex]="isStop() ? 0 : -1"
      [attr.data-id]="one().id"
    >
      <p-avatar
        [name]="name()"
        [seed]="other() ?? one().id"
        [src]="picture()"
        [presence]="presence()"
        [presenceLabel]="presence() ? t('presence.online') : ''"
        [size]="40"
      />
      <span class="text">
        <span class="top">
          <bdi class="name ellipsis" [class.strong]="one().badge() > 0">{{ name() }}</bdi>
          @if (one().row().muted) {
            <p-icon name="bell-off" /><span class="heard">{{ t('list.muted') }}</span>
          }
          @if (preview(); as last) {
            <p-time
              class="time"
              kind="short"
              [at]="last.at"
              [now]="clock.now().getTime()"
              [locale]="words.locale"
              [words]="{
                now: t('time.now'),
                today: t('time.today'),
                yesterday: t('time.yesterday'),
              }"
            />
          }
        </span>
        <span class="bottom">
          @if (typing()) {
            <span class="preview ellipsis live">{{ t('list.typing') }}</span>
          } @else if (draft(); as text) {
            <span class="preview ellipsis"
              ><span class="draft">{{ t('list.draft') }}</span> <bdi>{{ text }}</bdi></span
            >
          } @else {
            <bdi class="preview ellipsis">{{ said() }}</bdi>
          }
          @if (one().badge() > 0) {
            <span class="badge" aria-hidden="true">{{ badge() }}</span>
            <span class="heard">{{ t('list.unreadCount', { count: one().badge() }) }}</span>
          }
        </span>
      </span>
    </a>
  `,
  styles: `
    a {
      display: flex;
      align-items: center;
      gap: var(--space-12);
      block-size: 60px;
      margin-inline: var(--space-8);
      padding-inline: var(--space-8);
      border-radius: var(--radius-6);
      color: inherit;
      text-decoration: none;
    }
    @media (hover: hover) {
      a:hover {
        background: var(--hover);
      }
    }
    a[aria-current] {
      background: var(--mine);
      box-shadow: inset 0 0 0 1px var(--mine-border);
    }
    a:focus-visible {
      outline-offset: -2px;
    }
    .text {
      flex: 1;
      min-inline-size: 0;
    }
    .top,
    .bottom {
      display: flex;
      align-items: center;
      gap: var(--space-8);
    }
    .name,
    .preview {
      flex: 1;
      min-inline-size: 0;
      /* What is too long is cut at its own end, and stands where the list begins. */
      text-align: -webkit-match-parent;
      text-align: match-parent;
    }
    .name {
      font-weight: 500;
    }
    .strong {
      font-weight: 700;
    }
    .time,
    .preview {
      color: var(--text-2);
      font-size: var(--text-size-small);
    }
    .draft {
      color: var(--danger);
    }
    .live {
      color: var(--online);
    }
    .badge {
      min-inline-size: 20px;
      padding-inline: 6px;
      border-radius: 10px;
      background: var(--accent);
      color: var(--on-accent);
      font-size: 12px;
      line-height: 20px;
      font-weight: 600;
      text-align: center;
    }
  `,
})
export class ConversationRow {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly clock = inject(Clock);
  private readonly store = inject(ChatStore);
  private readonly names = inject(Names);
  readonly one = input.required<Conversation>();
  /** The list is one stop of the Tab key: at this row. */
  readonly isStop = input(false);

  protected readonly name = computed(() => this.names.of(this.one()));
  protected readonly other = computed(() => this.one().row().otherParticipantId);
  protected readonly isOpen = computed(() => this.store.open() === this.one());
  protected readonly preview = computed(() => this.one().preview());
  protected readonly typing = computed(() => this.one().typists().length > 0);
  protected readonly picture = computed(() => {
    const other = this.other();
    return other === null ? undefined : this.store.people.of(other)().picture;
  });
  protected readonly presence = computed(() => {
    const other = this.other();
    const isOnline = other !== null && this.store.people.presenceOf(other)()?.online;
    return isOnline ? 'online' : undefined;
  });
  protected readonly draft = computed(() => {
    const draft = this.isOpen() ? undefined : this.store.drafts.of(this.one().id);
    return draft?.text.trim();
  });
  protected readonly badge = computed(() => (this.one().badge() > 99 ? '99+' : this.one().badge()));
  protected readonly said = computed(() => {
    const last = this.preview();
    if (!last) return this.t('list.noMessages');
    const text = last.isDeleted
      ? this.t('message.deleted')
      : last.text || this.t('list.files', { count: last.files || 1 });
    if (last.senderId === this.store.me) return this.t('list.you', { text });
    return this.other() === null ? `${this.store.people.nameOf(last.senderId)}: ${text}` : text;
  });
}
