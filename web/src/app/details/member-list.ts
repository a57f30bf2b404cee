import {
  ChangeDetectionStrategy,
  Component,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { MemberPage, Role } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import type { Conversation } from '../core/conversation';
import { Problems } from '../core/problems';
import { within } from '../ui/list-layout';
import { Avatar } from '../ui/avatar';
import { Icon } from '../ui/icon';
import { Menu, MenuItem } from '../ui/menu';
import { Toasts } from '../ui/toast';

const HEIGHT = 48;
const MARGIN = 200;
type Member = MemberPage['participants'][number];
const RANK: Record<Role, number> = { owner: 2, admin: 1, member: 0 };

/** Who is in a room: of thousands only those in view are in the document. */
@Component({
  selector: 'p-member-list',
  imports: [Avatar, Icon, Menu, MenuItem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="scroller" tabindex="-1" (scroll)="look($any($event.target))">
      <ul [attr.aria-label]="t('details.members')" [style.block-size.px]="items().length * height">
        @for (item of seen(); track item.key) {
          <li
            [style.inset-block-start.px]="item.top"
            [attr.aria-setsize]="items().length"
            [attr.aria-posinset]="item.place"
          >
            <p-avatar
              [name]="nameOf(item.one!)"
              [seed]="item.key"
              [size]="32"
              [presence]="isOnline(item.key) ? 'online' : undefined"
              [presenceLabel]="isOnline(item.key) ? t('presence.online') : ''"
            />
            <span class="name ellipsis"
              ><bdi>{{ nameOf(item.one!) }}</bdi></span
            >
            @if (item.one!.role !== 'member') {
              <span class="muted small">{{
                t(item.one!.role === 'owner' ? 'details.owner' : 'details.admin')
              }}</span>
            }
            @if (mayActOn(item.one!)) {
              <button
                #more
                class="icon"
                aria-haspopup="menu"
                [attr.aria-label]="t('details.memberMenu', { name: nameOf(item.one!) })"
                (click)="openMenu(item.one!, more)"
              >
                <p-icon name="more" />
              </button>
            }
          </li>
        }
      </ul>
    </div>
    <p-menu [label]="t('app.more')">
      @if (chosen(); as member) {
        @if (myRole() === 'owner') {
          <button p-menu-item (click)="setRole(member)">
            {{ t(member.role === 'admin' ? 'details.makeMember' : 'details.makeAdmin') }}
          </button>
        }
        <button p-menu-item class="danger" (click)="remove(member)">
          {{ t('details.remove') }}
        </button>
      }
    </p-menu>
  `,
  styles: `
    :host {
      display: grid;
      min-block-size: 0;
    }
    .scroller {
      overflow-y: auto;
    }
    ul {
      position: relative;
    }
    li {
      position: absolute;
      inset-inline: 0;
      display: flex;
      align-items: center;
      gap: var(--space-12);
      block-size: 48px;
      padding-inline: var(--space-16) var(--space-8);
    }
    li > .muted:last-child {
      padding-inline-end: var(--space-8);
    }
    .name {
      flex: 1;
    }
  `,
})
export class MemberList {
  protected readonly t = inject(Words).t;
  private readonly store = inject(ChatStore);
  private readonly injector = inject(Injector);
  private readonly toasts = inject(Toasts);
  private readonly problems = inject(Problems);
  readonly one = input.required<Conversation>();
  readonly myRole = input.required<Role>();
  private readonly menu = viewChild.required(Menu);
  protected readonly height = HEIGHT;
  private readonly paged = signal<readonly Member[] | undefined>(undefined);
  private readonly view = signal({ from: 0, to: 1_000 });
  protected readonly chosen = signal<Member | undefined>(undefined);

  /** Of the list at once; of the pages when they are there: a large room's row does not name all. */
  private readonly members = computed<readonly Member[]>(() => {
    const { participants } = this.one().row();
    const short = participants.map(({ userId, role }) => ({
      userId,
      role,
      displayName: '',
      profilePictureUrl: null,
      joinedAt: '',
    }));
    return this.paged() ?? short;
  });
  protected readonly items = computed(() =>
    [...this.members()]
      .sort((a, b) => RANK[b.role] - RANK[a.role])
      .map((one, at) => ({
        key: one.userId,
        top: at * HEIGHT,
        height: HEIGHT,
        one,
        place: at + 1,
      })),
  );
  protected readonly seen = computed(() => {
    const { from, to } = this.view();
    return within(this.items(), from - MARGIN, to + MARGIN);
  });

  constructor() {
    effect(() => {
      const { id } = this.one();
      this.one().row().participants; // loaded anew when they change
      untracked(() => void this.load(id));
    });
    effect(() =>
      this.store.showPeople(
        'members',
        this.seen().map(({ key }) => key),
      ),
    );
  }

  protected look({ scrollTop, clientHeight }: HTMLElement): void {
    if (Math.abs(scrollTop - this.view().from) > MARGIN / 2)
      this.view.set({ from: scrollTop, to: scrollTop + clientHeight });
  }

  protected nameOf({ userId, displayName }: Member): string {
    return displayName || this.store.people.nameOf(userId);
  }

  protected isOnline(userId: string): boolean {
    return this.store.people.presenceOf(userId)()?.online ?? false;
  }

  protected mayActOn({ userId, role }: Member): boolean {
    return userId !== this.store.me && RANK[this.myRole()] > RANK[role];
  }

  protected openMenu(member: Member, at: HTMLElement): void {
    this.chosen.set(member);
    afterNextRender(() => this.menu().openAt(at), { injector: this.injector });
  }

  protected setRole({ userId, role }: Member): void {
    void this.run(
      this.store.rooms.setRole(this.one(), userId, role === 'admin' ? 'member' : 'admin'),
    );
  }

  protected remove({ userId }: Member): void {
    void this.run(this.store.rooms.remove(this.one(), userId));
  }

  private async run(asked: Promise<void>): Promise<void> {
    try {
      await asked;
    } catch (error) {
      const own = { forbidden: this.t('details.forbidden') };
      this.toasts.show(this.problems.say(error, own), 'failed');
    }
  }

  private async load(id: string): Promise<void> {
    const all: Member[] = [];
    try {
      for (let after: string | null | undefined; after !== null; ) {
        const { participants, next } = await this.store.server.members({
          conversationId: id,
          after,
        });
        all.push(...participants);
        after = next;
      }
    } catch {
      return; // those of the list stay
    }
    if (id === this.one().id) this.paged.set(all);
  }
}
