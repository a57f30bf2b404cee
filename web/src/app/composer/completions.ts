import { type Signal, computed, signal } from '@angular/core';
import { type Asked, type Nameable, type Offer, askedAt, emojiFor, peopleFor } from './completion';
import type { EmojiName } from './emoji-names';

/** What is offered at the caret now, and which of it is meant (W-13). */
export class Completions {
  private readonly asked = signal<Asked | undefined>(undefined);
  private readonly emoji = signal<readonly EmojiName[]>([]);
  private readonly index = signal(0);
  /** Where it was closed by Escape: it stays closed until the caret is elsewhere. */
  private closedAt = -1;

  constructor(private readonly people: Signal<readonly Nameable[]>) {}

  readonly kind = computed(() => this.asked()?.kind);
  readonly offers = computed<readonly Offer[]>(() => {
    const asked = this.asked();
    if (!asked) return [];
    return asked.kind === 'people'
      ? peopleFor(asked.query, this.people())
      : emojiFor(asked.query, this.emoji());
  });
  readonly isOpen = computed(() => this.offers().length > 0);
  readonly active = computed(() => Math.min(this.index(), this.offers().length - 1));

  /** The text or the caret has changed. */
  look(text: string, caret: number): void {
    const asked = askedAt(text, caret);
    if (asked?.from !== this.closedAt) this.closedAt = -1;
    if (asked?.kind === 'emoji' && this.emoji().length === 0) void this.load();
    if (asked?.query !== this.asked()?.query) this.index.set(0);
    this.asked.set(this.closedAt === -1 ? asked : undefined);
  }

  move(step: 1 | -1): void {
    const count = this.offers().length;
    this.index.set((this.active() + step + count) % count);
  }

  close(): void {
    this.closedAt = this.asked()?.from ?? -1;
    this.asked.set(undefined);
  }

  /** @returns what is meant, and what it stands in the place of */
  pick(offer = this.offers()[this.active()]): (Asked & { readonly text: string }) | undefined {
    const asked = this.asked();
    this.asked.set(undefined);
    return asked && offer && { ...asked, text: offer.text };
  }

  private async load(): Promise<void> {
    const { EMOJI } = await import('./emoji-names');
    this.emoji.set(EMOJI);
  }
}
