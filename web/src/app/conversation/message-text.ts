import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { type Mentionable, isOnlyEmoji, tokensOf } from './tokens';

/** The words of a message: text is text, whatever stands in it (W-23). */
@Component({
  selector: 'p-message-text',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { dir: 'auto', '[class.large]': 'isLarge()' },
  // A part is an element: a blank beside bare text would be seen.
  template: `@for (token of tokens(); track $index) {
    @switch (token.kind) {
      @case ('link') {
        <a [href]="token.href" target="_blank" rel="noopener noreferrer nofollow" dir="ltr">{{
          token.shown
        }}</a>
      }
      @case ('mention') {
        <bdi class="mention" [class.me]="token.userId === me()">{{ token.text }}</bdi>
      }
      @case ('code') {
        <code dir="ltr">{{ token.text.slice(1, -1) }}</code>
      }
      @case ('emoji') {
        <span class="emoji">{{ token.text }}</span>
      }
      @default {
        <span>{{ token.text }}</span>
      }
    }
  }`,
  styles: `
    :host {
      display: block;
      white-space: pre-wrap;
      unicode-bidi: isolate;
    }
    a {
      unicode-bidi: isolate;
    }
    code {
      padding: 1px 4px;
      border-radius: 4px;
      background: var(--hover);
      font: var(--text-size-small) / 1 var(--font-code);
      unicode-bidi: isolate;
    }
    .mention {
      border-radius: 4px;
      color: var(--accent);
      font-weight: 600;
    }
    .mention.me {
      padding-inline: 2px;
      background: var(--mention);
      color: var(--mention-text);
    }
    .emoji {
      font-family: var(--font-emoji);
      font-size: 1.2em;
      line-height: 1;
    }
    :host(.large) .emoji {
      font-size: 2.4em;
      line-height: 1.2;
    }
  `,
})
export class MessageText {
  readonly text = input.required<string>();
  readonly people = input<readonly Mentionable[]>([]);
  /** The reader: being named stands out. */
  readonly me = input<string>();
  protected readonly tokens = computed(() => tokensOf(this.text(), this.people()));
  protected readonly isLarge = computed(() => isOnlyEmoji(this.tokens()));
}
