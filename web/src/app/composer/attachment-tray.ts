import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { Words } from '../../i18n/texts';
import { Icon } from '../ui/icon';
import { sizeText } from '../ui/byte-size';
import type { Tray, TrayFile, TrayLimits, TrayProblem, Upload } from './tray';

/** The files of the message that is being written: preview, size, progress, what went wrong (W-12). */
@Component({
  selector: 'p-attachment-tray',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (problem of tray().problems(); track $index) {
      <p class="error small" role="alert">{{ problemText(problem) }}</p>
    }
    @if (!tray().isEmpty()) {
      <ul [attr.aria-label]="t('tray.label')">
        @for (one of tray().files(); track one.key) {
          <li [class.failed]="one.state === 'failed'">
            @if (one.preview) {
              <img [src]="one.preview" alt="" width="40" height="40" />
            } @else {
              <p-icon name="file" />
            }
            <span class="about">
              <bdi class="ellipsis">{{ one.file.name }}</bdi>
              <span class="small muted" aria-hidden="true">{{ size(one.file.size) }}</span>
              <span class="heard" role="status">{{ stateText(one) }}</span>
              @if (one.state === 'uploading') {
                <progress aria-hidden="true" [value]="one.progress"></progress>
              }
            </span>
            @if (one.state === 'failed') {
              <button
                type="button"
                class="icon"
                [attr.aria-label]="t('tray.retry', { name: one.file.name })"
                (click)="tray().retry(one.key, upload())"
              >
                <p-icon name="retry" />
              </button>
            }
            <button
              type="button"
              class="icon"
              [attr.aria-label]="t('tray.remove', { name: one.file.name })"
              (click)="tray().remove(one.key)"
            >
              <p-icon name="close" />
            </button>
          </li>
        }
      </ul>
    }
  `,
  styles: `
    ul {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-8);
      max-block-size: 132px;
      overflow: auto;
    }
    li {
      display: flex;
      align-items: center;
      gap: var(--space-8);
      max-inline-size: 280px;
      padding: var(--space-4);
      border: 1px solid var(--line);
      border-radius: var(--radius-6);
    }
    li.failed {
      border-color: var(--danger);
    }
    img {
      border-radius: 4px;
      object-fit: cover;
    }
    .about {
      display: grid;
      min-inline-size: 0;
    }
    progress {
      inline-size: 100%;
      block-size: 4px;
    }
  `,
})
export class AttachmentTray {
  readonly tray = input.required<Tray>();
  readonly limits = input.required<TrayLimits>();
  readonly upload = input.required<Upload>();
  private readonly words = inject(Words);
  protected readonly t = this.words.t;

  protected size(bytes: number): string {
    return sizeText(bytes, this.words.locale);
  }

  /** Said at each tenth only: more would be noise. */
  protected stateText({ state, progress, file: { name } }: TrayFile): string {
    if (state === 'done') return this.t('tray.done', { name });
    if (state === 'failed') return this.t('tray.failed', { name });
    return this.t('tray.uploading', { name, percent: 10 * Math.floor(10 * progress) });
  }

  protected problemText(problem: TrayProblem): string {
    const { maxBytes, maxPerMessage } = this.limits();
    if (problem.kind === 'tooMany') return this.t('tray.tooMany', { count: maxPerMessage });
    const { name } = problem;
    if (problem.kind === 'empty') return this.t('tray.empty', { name });
    return this.t('tray.tooBig', { name, size: this.size(maxBytes) });
  }
}
