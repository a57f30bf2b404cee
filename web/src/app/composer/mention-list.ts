import {
  ChangeDetectionStrategy,
  Component,
  effect,
  type ElementRef,
  inject,
  input,
  output,
  viewChildren,
} from '@angular/core';
import { Words } from '../../i18n/texts';
import type { Offer } from './completion';

/** What is offered at the caret; the box keeps the focus, and says which one is meant (W-13). */
@Component({
  selector: 'p-mention-list',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <ul role="listbox" [id]="listId()" [attr.aria-label]="t(label())">
      @for (offer of offers(); track offer.id) {
        <li
          #option
          role="option"
          [id]="listId() + '-' + $index"
          [attr.aria-selected]="$index === active()"
          [class.active]="$index === active()"
          (pointerdown)="$event.preventDefault()"
          (click)="picked.emit(offer)"
        >
          @if (offer.sign) {
            <span class="sign">{{ offer.sign }}</span>
          }
          <bdi class="ellipsis">{{ offer.label }}</bdi>
        </li>
      }
    </ul>
    <span class="heard" role="status">{{ t('completion.count', { count: offers().length }) }}</span>
  `,
  styles: `
    :host {
      position: absolute;
      z-index: 3;
      inset-block-end: calc(100% + 4px);
      inset-inline: var(--space-12);
    }
    ul {
      max-block-size: min(320px, 40dvh);
      max-inline-size: 360px;
      padding: var(--space-4);
      border: 1px solid var(--line);
      border-radius: var(--radius-6);
      background: var(--bg);
      box-shadow: var(--shadow);
      overflow: auto;
    }
    li {
      display: flex;
      align-items: center;
      gap: var(--space-8);
      min-block-size: var(--target);
      padding-inline: var(--space-8);
      border-radius: 4px;
      cursor: pointer;
    }
    li.active {
      background: var(--mine);
      outline: 1px solid var(--accent);
      outline-offset: -1px;
    }
    .sign {
      font-family: var(--font-emoji);
      font-size: 20px;
    }
  `,
})
export class MentionList {
  readonly listId = input.required<string>();
  readonly label = input.required<'completion.people' | 'completion.emoji'>();
  readonly offers = input.required<readonly Offer[]>();
  readonly active = input.required<number>();
  readonly picked = output<Offer>();
  protected readonly t = inject(Words).t;
  private readonly options = viewChildren<ElementRef<HTMLElement>>('option');

  constructor() {
    effect(() =>
      this.options()[this.active()]?.nativeElement.scrollIntoView?.({ block: 'nearest' }),
    );
  }
}
