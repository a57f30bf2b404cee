/** A textarea that is never written while an input method composes in it: what is to be put in waits (W-08). */
export class WritingBox {
  private composing = false;
  private readonly owed: ((text: string) => string)[] = [];

  constructor(
    readonly element: HTMLTextAreaElement,
    private readonly onWritten: () => void,
  ) {}

  get isComposing(): boolean {
    return this.composing;
  }

  compositionStart(): void {
    this.composing = true;
  }

  compositionEnd(): void {
    this.composing = false;
    for (const change of this.owed.splice(0)) this.put(change);
  }

  /** @param change of what stands there when it is done */
  write(change: (text: string) => string): void {
    if (this.composing) this.owed.push(change);
    else this.put(change);
  }

  /** As if it was typed in place of `from..to`, so that it can be taken back. Ends a composition. */
  insert(text: string, from: number, to: number): void {
    const { element } = this;
    if (this.composing) element.blur(); // the input method commits what it has
    element.focus();
    element.setSelectionRange(from, to);
    if (!document.execCommand?.('insertText', false, text)) {
      element.setRangeText(text, from, to, 'end');
      this.onWritten();
    }
  }

  private put(change: (text: string) => string): void {
    const text = change(this.element.value);
    if (text !== this.element.value) {
      const fromEnd = this.element.value.length - this.element.selectionEnd;
      this.element.value = text;
      const caret = Math.max(0, text.length - fromEnd);
      this.element.setSelectionRange(caret, caret);
    }
    this.onWritten();
  }
}
