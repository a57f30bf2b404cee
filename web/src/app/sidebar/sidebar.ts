import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Configuration } from '../core/configuration';
import { Names } from '../core/names';
import { Icon } from '../ui/icon';
import { ConversationList } from './conversation-list';
import { NewChat } from './new-chat';

const SKELETON_ROWS = Array.from({ length: 8 }, (_, at) => at);

/** Find, begin, and choose conversations. */
@Component({
  selector: 'p-sidebar',
  imports: [RouterLink, Icon, ConversationList, NewChat],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <nav [attr.aria-label]="t('list.label')">
      <header>
        <a class="brand" routerLink="/"
          ><img src="favicon.svg" width="24" height="24" alt="" />
          <bdi class="ellipsis">{{ configuration.value().title }}</bdi></a
        >
        <a class="button icon" routerLink="/settings" [attr.aria-label]="t('settings.title')"
          ><p-icon name="gear"
        /></a>
        <button class="icon" [attr.aria-label]="t('list.new')" (click)="isNew.set(true)">
          <p-icon name="edit" />
        </button>
      </header>
      <div class="find">
        <input
          type="search"
          dir="auto"
          data-first
          [attr.aria-label]="t('list.search')"
          [placeholder]="t('list.find')"
          [value]="query()"
          (input)="query.set($any($event.target).value)"
          (keydown.escape)="query.set('')"
          (keydown.enter)="openFirst()"
        />
        <button
          class="filter"
          [attr.aria-pressed]="isUnread()"
          [attr.aria-label]="t('list.unreadOnly')"
          (click)="isUnread.set(!isUnread())"
        >
          {{ t('list.unread') }}
        </button>
      </div>
      @if (all().length > 0) {
        <p-conversation-list [all]="shown()" />
        @if (shown().length === 0) {
          <p class="none muted">
            {{ isUnread() && !query() ? t('list.noUnread') : t('list.noMatch') }}
          </p>
        }
      } @else if (store.conversations.isWhole()) {
        <p class="none muted">{{ t('list.empty') }}</p>
      } @else if (store.conversations.isFailed()) {
        <div class="none">
          <p class="muted">{{ t('list.failed') }}</p>
          <button (click)="retry()">{{ t('app.retry') }}</button>
        </div>
      } @else {
        <div class="skeleton" aria-hidden="true">
          @for (row of skeleton; track row) {
            <div class="ghost"></div>
          }
        </div>
      }
    </nav>
    @defer (when isNew()) {
      <p-new-chat [(open)]="isNew" />
    }
  `,
  styles: `
    :host {
      display: grid;
      min-block-size: 0;
      background: var(--side);
      border-inline-end: 1px solid var(--edge);
    }
    nav {
      display: grid;
      grid-template-rows: auto auto minmax(0, 1fr);
      grid-template-columns: minmax(0, 1fr);
      min-block-size: 0;
    }
    header {
      display: flex;
      align-items: center;
      gap: var(--space-4);
      block-size: 56px;
      padding-inline: var(--space-16) var(--space-12);
    }
    .brand {
      flex: 1;
      display: flex;
      align-items: center;
      gap: var(--space-8);
      min-inline-size: 0;
      min-block-size: var(--target);
      color: inherit;
      text-decoration: none;
      font-weight: 600;
    }
    .find {
      display: flex;
      gap: var(--space-8);
      padding: 0 var(--space-12) var(--space-8) var(--space-16);
    }
    .find input {
      flex: 1;
      min-inline-size: 0;
    }
    .filter[aria-pressed='true'] {
      border-color: var(--accent);
      background: var(--accent);
      color: var(--on-accent);
    }
    .none {
      display: grid;
      justify-items: center;
      align-content: start;
      gap: var(--space-8);
      grid-row: 3;
      grid-column: 1;
      padding: var(--space-24) var(--space-16);
      text-align: center;
    }
    .skeleton {
      padding: var(--space-8) var(--space-16);
      animation: appear 0s 300ms backwards;
    }
    .ghost {
      block-size: 40px;
      margin-block: 11px;
      border-radius: var(--radius-6);
      background: var(--hover);
    }
    @keyframes appear {
      from {
        visibility: hidden;
      }
    }
  `,
})
export class Sidebar {
  protected readonly t = inject(Words).t;
  protected readonly store = inject(ChatStore);
  protected readonly configuration = inject(Configuration);
  private readonly names = inject(Names);
  protected readonly skeleton = SKELETON_ROWS;
  protected readonly query = signal('');
  protected readonly isUnread = signal(false);
  protected readonly isNew = this.store.isNewChatOpen;
  protected readonly all = computed(() => this.store.conversations.byActivity());

  protected readonly shown = computed(() => {
    const query = this.query().trim().toLocaleLowerCase();
    const open = this.store.open();
    const isUnread = this.isUnread();
    return this.all().filter(
      (one) =>
        (!isUnread || one.unread() > 0 || one === open) &&
        (query === '' || this.names.of(one).toLocaleLowerCase().includes(query)),
    );
  });

  protected retry(): void {
    void this.store.conversations.reload();
  }

  protected openFirst(): void {
    const [first] = this.shown();
    if (!first || this.query() === '') return;
    this.query.set('');
    this.store.go(first.id);
  }
}
