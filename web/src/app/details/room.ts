import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  output,
  signal,
} from '@angular/core';
import { Router } from '@angular/router';
import type { Profile } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Configuration } from '../core/configuration';
import type { Conversation } from '../core/conversation';
import { Names } from '../core/names';
import { Problems } from '../core/problems';
import { PersonSearch } from '../sidebar/person-search';
import { Confirm } from '../ui/confirm';
import { Icon } from '../ui/icon';
import { Toasts } from '../ui/toast';
import { Invites } from './invites';
import { MemberList } from './member-list';

/** A room: its name, who is in it, how to come in, and the way out. */
@Component({
  selector: 'p-room-details',
  imports: [Confirm, Icon, Invites, MemberList, PersonSearch],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="about">
      @if (isRenaming()) {
        <form (submit)="rename($event)">
          <input
            dir="auto"
            [attr.aria-label]="t('details.name')"
            [maxLength]="configuration.value().limits.title"
            [value]="title()"
            (input)="title.set($any($event.target).value)"
            (keydown.escape)="$event.stopPropagation(); isRenaming.set(false)"
          />
          <button class="primary" [disabled]="!title().trim()">{{ t('app.save') }}</button>
        </form>
      } @else {
        <div class="name">
          <h3 dir="auto">{{ names.of(one()) }}</h3>
          @if (isLeader()) {
            <button
              class="icon"
              [attr.aria-label]="t('details.rename')"
              (click)="isRenaming.set(true)"
            >
              <p-icon name="edit" />
            </button>
          }
        </div>
      }
      <p-invites [one]="one()" />
      @if (isAdding()) {
        <p-person-search (picked)="add($event)" />
      } @else {
        <button (click)="isAdding.set(true)"><p-icon name="plus" />{{ t('details.add') }}</button>
      }
      <button class="danger" (click)="isLeaving.set(true)">
        <p-icon name="sign-out" />{{ t('details.leave') }}
      </button>
    </div>
    <h3 class="members">
      {{ t('conversation.members', { count: one().row().participantCount }) }}
    </h3>
    <p-member-list [one]="one()" [myRole]="role()" />
    <p-confirm
      [open]="isLeaving()"
      [title]="t('details.leaveTitle')"
      [text]="t('details.leaveText')"
      [action]="t('details.leave')"
      (confirmed)="leave()"
      (dismissed)="isLeaving.set(false)"
    />
  `,
  styles: `
    :host {
      display: grid;
      grid-template: auto auto minmax(160px, 1fr) / minmax(0, 1fr);
      min-block-size: 0;
      overflow-y: auto;
    }
    .about {
      display: grid;
      gap: var(--space-12);
      padding: var(--space-16);
    }
    .name,
    form {
      display: flex;
      align-items: center;
      gap: var(--space-8);
    }
    .name h3 {
      flex: 1;
      min-inline-size: 0;
      font-size: 17px;
    }
    .members {
      padding: var(--space-8) var(--space-16);
      color: var(--text-2);
      font-size: var(--text-size-small);
    }
  `,
})
export class RoomDetails {
  protected readonly t = inject(Words).t;
  protected readonly names = inject(Names);
  protected readonly configuration = inject(Configuration);
  private readonly store = inject(ChatStore);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly problems = inject(Problems);
  readonly one = input.required<Conversation>();
  readonly left = output<void>();
  protected readonly isRenaming = signal(false);
  protected readonly isAdding = signal(false);
  protected readonly isLeaving = signal(false);
  protected readonly title = linkedSignal(() => this.one().row().title ?? '');
  protected readonly role = computed(
    () =>
      this.one()
        .row()
        .participants.find(({ userId }) => userId === this.store.me)?.role ?? 'member',
  );
  protected readonly isLeader = computed(() => this.role() !== 'member');

  protected async rename(event: Event): Promise<void> {
    event.preventDefault();
    await this.run(this.store.server.rename(this.one().id, this.title().trim()));
    this.isRenaming.set(false);
  }

  protected async add({ userId }: Profile): Promise<void> {
    await this.run(this.store.rooms.add(this.one(), [userId]));
    this.isAdding.set(false);
  }

  protected async leave(): Promise<void> {
    this.isLeaving.set(false);
    if (!(await this.run(this.store.rooms.leave(this.one())))) return;
    await this.router.navigateByUrl('/');
  }

  private async run(asked: Promise<unknown>): Promise<boolean> {
    try {
      await asked;
      return true;
    } catch (error) {
      const own = { forbidden: this.t('details.forbidden'), limit: this.t('problem.limit') };
      this.toasts.show(this.problems.say(error, own), 'failed');
      return false;
    }
  }
}
