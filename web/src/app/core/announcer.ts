import { Injectable, inject } from '@angular/core';
import { LiveAnnouncer } from '@angular/cdk/a11y';
import type { Row } from '@parley/client';
import { Words } from '../../i18n/texts';
import type { People } from './people';

const PERIOD_MS = 2_000;

/** The one voice of the page: messages of the open conversation, one word in two seconds at most. */
@Injectable({ providedIn: 'root' })
export class Announcer {
  private readonly live = inject(LiveAnnouncer);
  private readonly t = inject(Words).t;
  private unsaid: string[] = [];
  private timer?: ReturnType<typeof setTimeout>;

  say(text: string): void {
    void this.live.announce(text, 'polite');
  }

  messages(people: People, rows: readonly Row[]): void {
    for (const { senderId, content } of rows)
      this.unsaid.push(
        this.t('announce.message', { name: people.nameOf(senderId), text: content }),
      );
    if (!this.timer) this.speak();
  }

  private speak(): void {
    const [first] = this.unsaid;
    if (first === undefined) return;
    const count = this.unsaid.length;
    this.say(count === 1 ? first : this.t('announce.many', { count }));
    this.unsaid = [];
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.speak();
    }, PERIOD_MS);
  }
}
