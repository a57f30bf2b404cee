import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
} from '@angular/core';
import type { Attachment } from '@parley/client';
import { Words } from '../../i18n/texts';
import { sizeText } from '../ui/byte-size';
import { Icon } from '../ui/icon';

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];
const MOST = { width: 400, height: 320 };
const UNKNOWN = { width: 320, height: 240 };

/** The box of a picture before its first byte. */
export function boxOf(width?: number, height?: number): { width: number; height: number } {
  if (!width || !height) return UNKNOWN;
  const scale = Math.min(1, MOST.width / width, MOST.height / height);
  return {
    width: Math.max(32, Math.round(width * scale)),
    height: Math.max(32, Math.round(height * scale)),
  };
}

/** A picture in its box, or the name of a file with a way to save it. Nothing is opened here. */
@Component({
  selector: 'p-attachment',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (isPicture() && !isBroken()) {
      <a
        [href]="url()"
        [download]="file().fileName"
        [style.aspect-ratio]="box().width + ' / ' + box().height"
        [style.inline-size.px]="box().width"
        [class.plain]="!file().width"
      >
        <img
          [src]="url()"
          [alt]="file().fileName"
          [width]="box().width"
          [height]="box().height"
          loading="lazy"
          decoding="async"
          (error)="onError()"
        />
      </a>
    } @else {
      <div class="file">
        <p-icon name="file" />
        <span class="about">
          <bdi class="ellipsis">{{ file().fileName }}</bdi>
          <span class="muted small">{{ size() }}</span>
        </span>
        @if (url(); as href) {
          <a
            class="button icon"
            [href]="href"
            [download]="file().fileName"
            [attr.aria-label]="t('message.download', { name: file().fileName })"
            ><p-icon name="download"
          /></a>
        }
      </div>
    }
  `,
  styles: `
    :host {
      display: block;
      min-inline-size: 0;
      max-inline-size: 100%;
    }
    a:not(.button) {
      display: block;
      max-inline-size: 100%;
      border-radius: var(--radius-6);
      background: var(--hover);
      overflow: hidden;
    }
    img {
      display: block;
      inline-size: 100%;
      block-size: 100%;
      object-fit: cover;
    }
    .plain img {
      object-fit: contain;
    }
    .file {
      display: flex;
      align-items: center;
      gap: var(--space-12);
      inline-size: min(320px, 100%);
      padding: var(--space-8) var(--space-12);
      border: 1px solid var(--edge);
      border-radius: var(--radius-6);
      background: var(--bg);
    }
    .about {
      display: grid;
      flex: 1;
      min-inline-size: 0;
    }
  `,
})
export class AttachmentBox {
  private readonly words = inject(Words);
  protected readonly t = this.words.t;
  readonly file = input.required<Attachment>();
  /** Reads the files of the message anew: with other URLs, where these have run out. */
  readonly renew = input.required<() => Promise<readonly Attachment[]>>();
  /** Read anew with each page of history: the picture that is shown keeps the one it came by. */
  protected readonly url = signal<string | null>(null);
  protected readonly isBroken = signal(false);
  private isAsked = false;

  protected readonly isPicture = computed(() => PICTURES.includes(this.file().contentType));
  protected readonly box = computed(() => boxOf(this.file().width, this.file().height));
  protected readonly size = computed(() => sizeText(this.file().size, this.words.locale));

  constructor() {
    effect(() => {
      const { url } = this.file();
      untracked(() => {
        if (this.url() === null || !this.isPicture()) this.url.set(url);
      });
    });
  }

  /** Once; what has no other URL then, or does not open by it either, is a file like others. */
  protected async onError(): Promise<void> {
    if (!this.isAsked) {
      this.isAsked = true;
      const files = await this.renew()().catch(() => []);
      const fresh = files.find(({ id }) => id === this.file().id)?.url;
      if (fresh && fresh !== this.url()) return this.url.set(fresh);
    }
    this.isBroken.set(true);
  }
}
