import { DOCUMENT, Injectable, effect, inject } from '@angular/core';
import { Title as Page } from '@angular/platform-browser';
import { ChatStore } from './chat-store';
import { Configuration } from './configuration';

/** `(3) Parley`, and a dot on the icon: how many conversations are unread. */
@Injectable({ providedIn: 'root' })
export class Title {
  constructor() {
    const store = inject(ChatStore);
    const configuration = inject(Configuration);
    const page = inject(Page);
    const icon = inject(DOCUMENT).querySelector<HTMLLinkElement>('link[rel=icon]');
    effect(() => {
      const count = store.isReady() ? store.conversations.unreadCount() : 0;
      const { title } = configuration.value();
      page.setTitle(count > 0 ? `(${count}) ${title}` : title);
      const wanted = count > 0 ? 'favicon-unread.svg' : 'favicon.svg';
      if (icon && icon.getAttribute('href') !== wanted) icon.setAttribute('href', wanted);
    });
  }
}
