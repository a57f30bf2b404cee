import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  output,
  signal,
} from '@angular/core';
import { type Profile, refusalOf } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Configuration } from '../core/configuration';
import { Problems } from '../core/problems';
import { Avatar } from '../ui/avatar';

const WAIT_MS = 200;
const MAX_SHOWN = 20;

/** People by the beginning of a name, as a combobox: arrows choose, Enter takes. */
@Component({
  selector: 'p-person-search',
  imports: [Avatar],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <input
      type="search"
      role="combobox"
      aria-autocomplete="list"
      aria-controls="people-found"
      autocomplete="off"
      dir="auto"
      maxlength="64"
      [attr.aria-label]="t('new.search')"
      [attr.aria-expanded]="found().length > 0"
      [attr.aria-activedescendant]="found().length > 0 ? 'found-' + at() : null"
      [placeholder]="t('new.search')"
      [value]="query()"
      (input)="search($any($event.target).value)"
      (keydown)="onKey($event)"
    />
    <ul id="people-found" role="listbox" [attr.aria-label]="t('list.people')">
      @for (person of found(); track person.userId; let index = $index) {
        <li
          role="option"
          [id]="'found-' + index"
          [attr.aria-selected]="index === at()"
          (click)="take(person)"
          (pointermove)="at.set(index)"
        >
          <p-avatar [name]="person.displayName" [seed]="person.userId" [size]="32" />
          <bdi class="ellipsis">{{ person.displayName }}</bdi>
        </li>
      }
    </ul>
    @if (hint(); as text) {
      <p class="muted small" role="status">{{ text }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-8);
    }
    ul {
      max-block-size: min(280px, 40dvh);
      overflow-y: auto;
    }
    li {
      display: flex;
      align-items: center;
      gap: var(--space-12);
      min-block-size: 44px;
      padding-inline: var(--space-8);
      border-radius: var(--radius-6);
      cursor: pointer;
    }
    li[aria-selected='true'] {
      background: var(--hover);
    }
  `,
})
export class PersonSearch {
  protected readonly t = inject(Words).t;
  private readonly store = inject(ChatStore);
  private readonly configuration = inject(Configuration);
  private readonly problems = inject(Problems);
  readonly picked = output<Profile>();
  protected readonly query = signal('');
  protected readonly found = signal<readonly Profile[]>([]);
  protected readonly at = signal(0);
  private readonly state = signal<'idle' | 'asking' | 'answered'>('idle');
  private readonly failure = signal<string | undefined>(undefined);
  private timer?: ReturnType<typeof setTimeout>;
  private asked?: AbortController;

  protected readonly hint = computed(() => {
    if (this.failure()) return this.failure();
    if (this.found().length > 0 || this.state() === 'asking') return undefined;
    if (this.state() === 'answered') return this.t('new.none');
    const isOpen = this.configuration.value().people === 'everyone';
    return this.t(isOpen ? 'new.hint' : 'new.hintExact');
  });

  protected search(text: string): void {
    this.query.set(text);
    clearTimeout(this.timer);
    this.asked?.abort();
    if (text.trim() === '') {
      this.found.set([]);
      this.state.set('idle');
    } else {
      this.timer = setTimeout(() => void this.ask(text.trim()), WAIT_MS);
    }
  }

  protected onKey(event: KeyboardEvent): void {
    const last = this.found().length - 1;
    const one = this.found()[this.at()];
    if (event.isComposing) return;
    if (event.key === 'ArrowDown') this.at.update((at) => (at >= last ? 0 : at + 1));
    else if (event.key === 'ArrowUp') this.at.update((at) => (at <= 0 ? last : at - 1));
    else if (event.key === 'Enter' && one) this.take(one);
    else return;
    event.preventDefault();
  }

  protected take(person: Profile): void {
    this.picked.emit(person);
    this.search('');
  }

  private async ask(text: string): Promise<void> {
    this.asked = new AbortController();
    const { signal: ended } = this.asked;
    this.state.set('asking');
    this.failure.set(undefined);
    try {
      const found = await this.find(text, ended);
      if (ended.aborted) return;
      this.store.people.learn(...found);
      this.found.set(found);
      this.at.set(0);
    } catch (error) {
      if (ended.aborted) return;
      this.found.set([]);
      this.failure.set(this.problems.say(error));
    }
    this.state.set('answered');
  }

  /** Where names are not searched, whoever is known by the whole user name is found all the same. */
  private async find(text: string, ended: AbortSignal): Promise<Profile[]> {
    const nobody = (error: unknown) => {
      if (refusalOf(error)?.code === 'not_found') return [];
      throw error;
    };
    const isExact = this.configuration.value().people !== 'everyone' && /^[\w.-]+$/.test(text);
    const [named, exact] = await Promise.all([
      this.store.server.findPeople(text, MAX_SHOWN, ended).catch(nobody),
      isExact
        ? this.store.server.findByUserName(text.toLowerCase(), ended).catch(() => undefined)
        : undefined,
    ]);
    const isNew = exact && !named.some(({ userId }) => userId === exact.userId);
    return isNew ? [...named, exact] : named;
  }
}
