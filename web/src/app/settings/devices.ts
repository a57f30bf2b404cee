import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import type { Sessions } from '@parley/client';
import { Words } from '../../i18n/texts';
import { ChatStore } from '../core/chat-store';
import { Clock } from '../core/clock';
import { Problems } from '../core/problems';
import { shortText } from '../ui/relative-time';
import { Toasts } from '../ui/toast';
import { agentText } from './agent';

type Device = Sessions['sessions'][number];

/** Where the user is signed in, and how to end that. */
@Component({
  selector: 'p-device-settings',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (all(); as devices) {
      <h2>{{ t('settings.devices') }}</h2>
      <p class="muted">{{ t('settings.devicesText') }}</p>
      <ul>
        @for (device of devices; track device.id) {
          <li>
            <span class="about">
              <span dir="auto">{{ agent(device) }}</span>
              <span class="muted small">{{
                device.current ? t('settings.thisDevice') : lastUsed(device)
              }}</span>
            </span>
            @if (!device.current) {
              <button (click)="end(device)">{{ t('settings.endDevice') }}</button>
            }
          </li>
        }
      </ul>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-8);
    }
    :host:empty {
      display: none;
    }
    li {
      display: flex;
      align-items: center;
      gap: var(--space-12);
      padding-block: var(--space-8);
      border-block-end: 1px solid var(--edge);
    }
    .about {
      display: grid;
      flex: 1;
      min-inline-size: 0;
    }
  `,
})
export class DeviceSettings {
  private readonly words = inject(Words);
  protected readonly t = this.words.t;
  private readonly clock = inject(Clock);
  private readonly store = inject(ChatStore);
  private readonly toasts = inject(Toasts);
  private readonly problems = inject(Problems);
  protected readonly all = signal<readonly Device[] | undefined>(undefined);

  constructor() {
    void this.store.server.sessions().then(
      (devices) => this.all.set(devices),
      () => undefined, // a server without them shows none
    );
  }

  protected agent({ agent }: Device): string {
    return agentText(agent);
  }

  protected lastUsed({ lastUsedAt }: Device): string {
    const words = {
      now: this.t('time.now'),
      today: this.t('time.today'),
      yesterday: this.t('time.yesterday'),
    };
    const at = new Date(lastUsedAt);
    const time = shortText(at, this.clock.now(), this.words.locale, words);
    return this.t('settings.lastUsed', { time });
  }

  protected async end({ id }: Device): Promise<void> {
    try {
      await this.store.server.endSession(id);
      this.all.update((old) => old?.filter((one) => one.id !== id));
    } catch (error) {
      this.toasts.show(this.problems.say(error), 'failed');
    }
  }
}
