import { Directive, output, signal } from '@angular/core';

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

/** The whole pane takes files: `<section pFileDrop (filesDropped)="composer.addFiles($event)">`. */
@Directive({
  selector: '[pFileDrop]',
  exportAs: 'pFileDrop',
  host: {
    '(dragenter)': 'enter($event)',
    '(dragover)': 'over($event)',
    '(dragleave)': 'leave($event)',
    '(drop)': 'drop($event)',
    '[class.dropping]': 'isOver()',
  },
})
export class FileDrop {
  readonly filesDropped = output<readonly File[]>();
  /** Files are held above it. */
  readonly isOver = signal(false);
  /** It is left and entered at each part of it. */
  private depth = 0;

  protected enter(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.depth += 1;
    this.isOver.set(true);
  }

  protected over(event: DragEvent): void {
    if (hasFiles(event)) event.preventDefault();
  }

  protected leave(event: DragEvent): void {
    if (!hasFiles(event)) return;
    this.depth = Math.max(0, this.depth - 1);
    if (this.depth === 0) this.isOver.set(false);
  }

  protected drop(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.depth = 0;
    this.isOver.set(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) this.filesDropped.emit(files);
  }
}
