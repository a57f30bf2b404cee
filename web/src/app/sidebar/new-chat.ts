import { ChangeDetectionStrategy, Component, inject, model, signal } from '@angular/core';
import type { Profile } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Configuration } from '../core/configuration';
import { Problems } from '../core/problems';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { InviteButton } from './invite-button';
import { PersonSearch } from './person-search';

/** A chat with one person, or a room of any number. */
@Component({
  selector: 'p-new-chat',
  imports: [Dialog, Icon, InviteButton, PersonSearch],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p-dialog
      [(open)]="open"
      [label]="t('new.title')"
      [closeLabel]="t('app.close')"
      (dismissed)="clear()"
    >
      <div class="parts">
        @if (chosen().length > 0) {
          <ul class="chosen" [attr.aria-label]="t('new.chosen', { count: chosen().length })">
            @for (person of chosen(); track person.userId) {
              <li>
                <bdi class="ellipsis">{{ person.displayName }}</bdi>
                <button
                  class="icon"
                  [attr.aria-label]="t('new.remove', { name: person.displayName })"
                  (click)="remove(person)"
                >
                  <p-icon name="close" />
                </button>
              </li>
            }
          </ul>
        }
        <p-person-search (picked)="add($event)" />
        @if (isRoom()) {
          <label class="field">
            <span>{{ t('new.roomName') }}</span>
            <input
              dir="auto"
              [maxLength]="configuration.value().limits.title"
              [value]="title()"
              (input)="title.set($any($event.target).value)"
            />
          </label>
        }
        @if (problem()) {
          <p class="error" role="alert">{{ problem() }}</p>
        }
        <div class="actions">
          @if (!isRoom()) {
            <button class="quiet" (click)="isRoom.set(true)">
              <p-icon name="people" />{{ t('new.room') }}
            </button>
          }
          @if (isRoom()) {
            <button class="primary" [disabled]="!title().trim() || isBusy()" (click)="createRoom()">
              {{ t('new.create') }}
            </button>
          }
        </div>
        @if (!isRoom()) {
          <p-invite-button />
        }
      </div>
    </p-dialog>
  `,
  styles: `
    .parts {
      display: grid;
      gap: var(--space-16);
    }
    .chosen {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-8);
    }
    .chosen li {
      display: flex;
      align-items: center;
      max-inline-size: 100%;
      padding-inline-start: var(--space-12);
      border-radius: 16px;
      background: var(--mine);
    }
    .actions {
      display: flex;
      justify-content: flex-end;
      gap: var(--space-8);
    }
  `,
})
export class NewChat {
  protected readonly t = inject(Words).t;
  protected readonly configuration = inject(Configuration);
  private readonly store = inject(ChatStore);
  private readonly problems = inject(Problems);
  readonly open = model(false);
  protected readonly chosen = signal<readonly Profile[]>([]);
  protected readonly title = signal('');
  protected readonly isRoom = signal(false);
  protected readonly isBusy = signal(false);
  protected readonly problem = signal<string | undefined>(undefined);

  protected add(person: Profile): void {
    if (!this.isRoom()) return void this.create(() => this.store.rooms.chatWith(person.userId));
    this.remove(person);
    this.chosen.update((old) => [...old, person]);
  }

  protected remove({ userId }: Profile): void {
    this.chosen.update((old) => old.filter((one) => one.userId !== userId));
  }

  protected clear(): void {
    this.chosen.set([]);
    this.title.set('');
    this.isRoom.set(false);
    this.problem.set(undefined);
  }

  protected createRoom(): void {
    const ids = this.chosen().map(({ userId }) => userId);
    void this.create(() => this.store.rooms.make(this.title().trim(), ids));
  }

  private async create(make: () => Promise<string>): Promise<void> {
    this.isBusy.set(true);
    this.problem.set(undefined);
    try {
      const id = await make();
      this.open.set(false);
      this.store.go(id);
    } catch (error) {
      this.problem.set(this.problems.say(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
