/** Which Enter sends; the other one breaks the line. */
export type SendKey = 'enter' | 'ctrl-enter';

/** Of a KeyboardEvent. */
export type Key = Pick<
  KeyboardEvent,
  'key' | 'code' | 'keyCode' | 'isComposing' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'
>;

/** What an input method has taken for itself has this code, whatever key it is. */
const TAKEN = 229;
const HANGUL = /^\p{Script=Hangul}+$/u;

const isEnter = ({ key, code }: Key) =>
  key === 'Enter' || code === 'Enter' || code === 'NumpadEnter';

/**
 * Decides what an Enter means, in a box where an input method may be composing (W-07, W-08). An Enter of
 * the input method is never prevented and does nothing by itself. But who writes Korean ends a message
 * and its last syllable with one press: if the text that this press committed is all Hangul, and the key
 * comes up without another keydown, it acts. Japanese, Chinese and Hanja are chosen with it, and only that.
 *
 * Orders in which the events come: `keydown, compositionend, keyup` and, in Safari,
 * `compositionend, keydown, keyup`; on macOS and with ibus a second keydown may follow, a plain one.
 */
export class EnterKey {
  /** Committed since the last keydown: in Safari by the press that follows. */
  private committed = '';
  /** The press of an Enter that the input method has taken, and what it committed. */
  private taken: { text: string } | undefined;

  constructor(private readonly sends: () => SendKey) {}

  /** @returns true: prevent it, and act */
  down(key: Key): boolean {
    const committed = this.committed;
    this.reset();
    if (!isEnter(key) || !this.isMeant(key)) return false;
    if (!key.isComposing && key.keyCode !== TAKEN) return true;
    this.taken = { text: key.isComposing ? '' : committed };
    return false;
  }

  /** At compositionend. */
  commit(text: string): void {
    if (this.taken) this.taken.text = text;
    else this.committed = text;
  }

  /** @returns true: act */
  up(key: Key): boolean {
    if (!isEnter(key)) return false;
    const acts = this.willAct;
    this.reset();
    return acts;
  }

  /** The Enter that is down will act when it comes up: it breaks no line. */
  get willAct(): boolean {
    return this.taken !== undefined && HANGUL.test(this.taken.text);
  }

  /** The focus is elsewhere. */
  reset(): void {
    this.committed = '';
    this.taken = undefined;
  }

  private isMeant({ shiftKey, ctrlKey, metaKey, altKey }: Key): boolean {
    if (shiftKey || altKey) return false;
    return ctrlKey || metaKey || this.sends() === 'enter';
  }
}
