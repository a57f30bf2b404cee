import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  afterRenderEffect,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { Words } from '../../i18n/texts';
import { Icon } from '../ui/icon';
import { AttachmentTray } from './attachment-tray';
import type { Nameable, Offer } from './completion';
import { Completions } from './completions';
import { EmojiPicker } from './emoji-picker';
import { EnterKey, type SendKey } from './enter-key';
import { MentionList } from './mention-list';
import { type TrayLimits, Trays, type Upload } from './tray';
import { WritingBox } from './writing-box';

/** What a message is sent with. */
export interface Written {
  readonly text: string;
  readonly attachmentIds: readonly string[];
}
/** Of one draft: a conversation's, a thread's. */
export interface DraftText {
  readonly key: string;
  readonly text: string;
}
export interface Edited {
  readonly id: string;
  readonly text: string;
}

/** From this many units before the limit on, what is left is told. */
const COUNTED = 500;
const TOUCH = '(hover: none) and (pointer: coarse)';
const MOVES = new Set(['ArrowLeft', 'ArrowRight', 'Home', 'End']);
let count = 0;

/**
 * Where one writes. It is told everything, and says what was done: a draft by `text` and `drafted`, a
 * message by `send`, which resolves when the message is kept; only then the box is emptied (W-03).
 */
@Component({
  selector: 'p-composer',
  imports: [AttachmentTray, EmojiPicker, Icon, MentionList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:pointerdown)': 'onPressOutside($event)' },
  templateUrl: './composer.html',
  styleUrl: './composer.css',
})
export class Composer {
  /** Whose text this is; with another one the box is another one. */
  readonly draft = input.required<string>();
  /** What is written in it. Taken over while the box has no focus, e.g. from another tab. */
  readonly text = input('');
  readonly name = input.required<string>();
  readonly send = input.required<(message: Written) => Promise<void>>();
  /** In UTF-16 units, as the server counts. */
  readonly limit = input(5_000);
  readonly sendKey = input<SendKey>('enter');
  readonly quote = input<{ readonly name: string; readonly text: string }>();
  /** The message that is changed instead of writing another one. */
  readonly editing = input<Edited>();
  readonly people = input<readonly Nameable[]>([]);
  readonly attachments = input<TrayLimits | null>(null);
  readonly upload = input<Upload>();
  /** Nobody may write here; the sentence says why. */
  readonly closed = input<string>();

  readonly drafted = output<DraftText>();
  /** At each change of a text that is not empty; `silent`: there is none any more. */
  readonly typed = output();
  readonly silent = output();
  readonly edited = output<Edited>();
  readonly editCancelled = output();
  readonly quoteCancelled = output();
  readonly editLast = output();
  /** Escape, with nothing left here to leave. */
  readonly escaped = output();

  protected readonly t = inject(Words).t;
  private readonly trays = inject(Trays);
  private readonly area = viewChild<ElementRef<HTMLTextAreaElement>>('box');
  protected readonly content = signal('');
  protected readonly isPickerOpen = signal(false);
  private readonly isWaiting = signal(false);
  private sending: Promise<void> = Promise.resolve();
  private shown?: HTMLTextAreaElement;
  protected readonly completions = new Completions(this.people);
  protected readonly id = `p-composer-${++count}`;
  private readonly isTouch = globalThis.matchMedia?.(TOUCH).matches ?? false;
  private readonly enter = new EnterKey(() => (this.isTouch ? 'ctrl-enter' : this.sendKey()));

  protected readonly tray = computed(() => this.trays.of(this.draft()));
  /** Another key is another textarea: nothing of one draft is left in another. */
  protected readonly boxes = computed(() => {
    const change = this.editing();
    return [{ key: change ? `edit ${change.id}` : this.draft() }];
  });
  private readonly box = computed(() => {
    const element = this.area()?.nativeElement;
    return element && new WritingBox(element, () => this.onInput());
  });
  protected readonly left = computed(() => this.limit() - this.content().length);
  protected readonly isCounted = computed(() => this.left() <= COUNTED);
  protected readonly canSend = computed(() => {
    const hasFiles = !this.editing() && !this.tray().isEmpty();
    return this.left() >= 0 && (hasFiles || trimmed(this.content()) !== '');
  });
  protected readonly waitsForFiles = computed(() => this.isWaiting() && this.tray().isBusy());
  protected readonly enterHint = this.isTouch ? 'enter' : 'send';

  constructor() {
    afterRenderEffect(() =>
      this.take(this.area()?.nativeElement, this.editing()?.text ?? this.text()),
    );
    effect(() => {
      this.draft();
      untracked(() => this.isWaiting.set(false));
    });
    effect(() => {
      if (this.isWaiting() && !this.tray().isBusy()) untracked(() => this.submit());
    });
  }

  focus(): void {
    this.area()?.nativeElement.focus();
  }

  /** Chosen, dropped or pasted. */
  addFiles(files: readonly File[]): void {
    const [limits, upload] = [this.attachments(), this.upload()];
    if (limits && upload && !this.editing()) this.tray().add(files, limits, upload);
  }

  protected chooseFiles(chooser: HTMLInputElement): void {
    this.addFiles([...(chooser.files ?? [])]);
    chooser.value = ''; // the same file may be chosen again
    this.focus();
  }

  protected onInput(): void {
    const element = this.area()?.nativeElement;
    if (!element) return;
    const { value } = element;
    const isChanged = value !== this.content();
    this.content.set(value);
    this.completions.look(value, element.selectionEnd);
    grow(element);
    if (!isChanged || this.editing()) return;
    this.drafted.emit({ key: this.draft(), text: value });
    if (value === '') this.silent.emit();
    else this.typed.emit();
  }

  protected onCaret(): void {
    const element = this.area()?.nativeElement;
    if (element) this.completions.look(element.value, element.selectionEnd);
  }

  protected onCompositionStart(): void {
    this.box()?.compositionStart();
  }

  protected onCompositionEnd({ data }: CompositionEvent): void {
    this.enter.commit(data);
    this.box()?.compositionEnd();
  }

  protected onKeyDown(event: KeyboardEvent): void {
    if (this.enter.down(event)) {
      event.preventDefault();
      this.act();
    } else if (!event.isComposing && event.keyCode !== 229 && this.does(event)) {
      event.preventDefault();
    }
  }

  protected onKeyUp(event: KeyboardEvent): void {
    if (this.enter.up(event)) this.act();
    else if (MOVES.has(event.key)) this.onCaret();
  }

  /** The line break of an Enter that sends when it comes up. */
  protected onBeforeInput(event: InputEvent): void {
    const breaks = event.inputType === 'insertLineBreak' || event.inputType === 'insertParagraph';
    if (breaks && this.enter.willAct) event.preventDefault();
  }

  protected onBlur(): void {
    this.enter.reset();
  }

  /** An image in the clipboard counts only where there is no text (W-12). */
  protected onPaste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || event.clipboardData?.getData('text/plain')) return;
    event.preventDefault();
    this.addFiles(files);
  }

  protected pick(offer?: Offer): void {
    const picked = this.completions.pick(offer);
    if (picked) this.box()?.insert(picked.text, picked.from, picked.to);
  }

  protected pickEmoji(emoji: string): void {
    const element = this.area()?.nativeElement;
    this.isPickerOpen.set(false);
    if (element) this.box()?.insert(emoji, element.selectionStart, element.selectionEnd);
  }

  protected closePicker(): void {
    this.isPickerOpen.set(false);
    this.focus();
  }

  protected onPressOutside({ target }: Event): void {
    const isInside = target instanceof Element && target.closest('p-emoji-picker, .smile');
    if (this.isPickerOpen() && !isInside) this.isPickerOpen.set(false);
  }

  protected submit(): void {
    const change = this.editing();
    if (change) this.saveEdit(change);
    else this.sending = this.sending.then(() => this.sendNow());
  }

  private act(): void {
    if (this.completions.isOpen()) this.pick();
    else this.submit();
  }

  /** What keys do beside Enter. @returns true: that was it */
  private does({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
    if (altKey || ctrlKey || metaKey || shiftKey) return false;
    if (this.completions.isOpen()) {
      if (key === 'ArrowDown' || key === 'ArrowUp')
        this.completions.move(key === 'ArrowUp' ? -1 : 1);
      else if (key === 'Tab' || key === 'Enter') this.pick();
      else if (key === 'Escape') this.completions.close();
      else return false;
      return true;
    }
    if (key === 'Escape') return this.leave();
    if (key !== 'ArrowUp' || this.content() !== '' || this.editing()) return false;
    this.editLast.emit();
    return true;
  }

  /** One thing at a time: the edit, the quote, then what is around (W-11). */
  private leave(): true {
    if (this.isPickerOpen()) this.closePicker();
    else if (this.editing()) this.editCancelled.emit();
    else if (this.quote()) this.quoteCancelled.emit();
    else this.escaped.emit();
    return true;
  }

  private saveEdit({ id, text: before }: Edited): void {
    const text = trimmed(this.content());
    if (text === before) this.editCancelled.emit();
    else if (this.canSend()) this.edited.emit({ id, text });
  }

  private async sendNow(): Promise<void> {
    const [box, tray, key] = [this.box(), this.tray(), this.draft()];
    if (!box || !this.canSend() || this.editing()) return;
    this.isWaiting.set(tray.isBusy());
    if (!tray.isReady()) return;
    const typed = box.element.value;
    try {
      await this.send()({ text: trimmed(typed), attachmentIds: tray.ids() });
    } catch {
      return; // it was said by whom it was given to, and stands here still
    }
    tray.clear();
    if (key === this.draft() && box === this.box())
      box.write((text) => (text.startsWith(typed) ? text.slice(typed.length) : text));
    else this.drafted.emit({ key, text: '' });
  }

  /** Into a new textarea, or from elsewhere into one that nobody writes in. */
  private take(element: HTMLTextAreaElement | undefined, text: string): void {
    if (!element) return;
    const isNew = element !== this.shown;
    this.shown = element;
    const isFree = element !== document.activeElement && !untracked(this.editing);
    if (!isNew && (!isFree || element.value === text)) return;
    untracked(() => {
      this.content.set(text); // known here: it is not told again
      if (isNew) element.value = text;
      else this.box()?.write(() => text);
    });
    grow(element);
    if (!isNew) return;
    if (untracked(this.editing)) {
      element.focus();
      element.setSelectionRange(text.length, text.length);
    }
  }
}

/** Blank lines before, and blanks behind. */
const trimmed = (text: string) => text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();

/** Where CSS cannot: see field-sizing in composer.css. */
function grow(element: HTMLTextAreaElement): void {
  if (globalThis.CSS?.supports?.('field-sizing', 'content') ?? true) return;
  element.style.blockSize = 'auto';
  element.style.blockSize = `${element.scrollHeight + 2}px`;
}
