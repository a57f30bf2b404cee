import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Router } from '@angular/router';
import { ConversationPage } from './conversation/conversation';
import { ChatStore } from './core/chat-store';
import { Details } from './details/details';

/** /c/:id and /c/:id/m/:seq: a conversation, and with ?details what there is to know about it. */
@Component({
  selector: 'p-conversation-pane',
  imports: [ConversationPage, Details],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p-conversation
      [id]="id()"
      [seq]="seq()"
      [hasDetails]="hasDetails()"
      (detailsClosed)="close()"
    />
    @if (hasDetails() && one(); as shown) {
      @defer (on immediate) {
        <p-details data-pane [one]="shown" (closed)="close()" />
      }
    }
  `,
  styles: `
    :host {
      position: relative;
      display: grid;
      grid-template: minmax(0, 1fr) / minmax(0, 1fr) auto;
      min-block-size: 0;
    }
  `,
})
export class ConversationPane {
  private readonly store = inject(ChatStore);
  private readonly router = inject(Router);
  readonly id = input.required<string>();
  readonly seq = input<string>();
  readonly details = input<string>();
  protected readonly hasDetails = computed(() => this.details() !== undefined);
  protected readonly one = computed(() => this.store.conversations.get(this.id()));

  protected close(): void {
    if (this.hasDetails()) void this.router.navigate([], { queryParams: {} });
  }
}
