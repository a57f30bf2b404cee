import { Injectable, signal } from '@angular/core';
import type { WebConfig } from '@parley/client';

const PLAIN: WebConfig = {
  version: '',
  title: 'Parley',
  accounts: true,
  signInUrl: null,
  people: 'contacts',
  limits: { content: 5_000, title: 200, members: 5_000, name: 100 },
  attachments: null,
  imageOrigins: [],
  search: false,
  vapidKey: null,
};

/** What this server is like. */
@Injectable({ providedIn: 'root' })
export class Configuration {
  readonly value = signal<WebConfig>(PLAIN);
  /** A newer version serves now than the one this page was loaded from. */
  readonly isOld = signal(false);

  take(told: WebConfig): void {
    const { version } = this.value();
    if (version !== '' && told.version !== version) this.isOld.set(true);
    this.value.set({ ...PLAIN, ...told, limits: { ...PLAIN.limits, ...told.limits } });
  }
}
