// The orders of events in which browsers and input methods tell of one Enter, for tests. What each is
// worth: how often a message is sent by it.
export interface Step {
  readonly type: 'keydown' | 'keyup' | 'compositionstart' | 'compositionend' | 'linebreak';
  readonly keyCode?: number;
  readonly key?: string;
  readonly isComposing?: boolean;
  readonly text?: string;
}
export interface Order {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly sends: 0 | 1;
}

const TAKEN = 229;
const start: Step = { type: 'compositionstart' };
const ends = (text: string): Step => ({ type: 'compositionend', text });
const taken = (isComposing: boolean, key = 'Enter'): Step => ({
  type: 'keydown',
  keyCode: TAKEN,
  key,
  isComposing,
});
const plain: Step = { type: 'keydown', keyCode: 13, key: 'Enter', isComposing: false };
const up: Step = { type: 'keyup', keyCode: 13, key: 'Enter', isComposing: false };
const breaks: Step = { type: 'linebreak' };

export const ORDERS: readonly Order[] = [
  {
    name: 'Korean, macOS: committed by a first press, told again as a plain one',
    steps: [start, taken(true), ends('글'), plain, up],
    sends: 1,
  },
  {
    name: 'Korean, Windows: committed, and a line break follows without a keydown',
    steps: [start, taken(true, 'Process'), ends('글'), breaks, up],
    sends: 1,
  },
  {
    name: 'Korean, Safari: committed before the press',
    steps: [start, ends('글'), taken(false), up],
    sends: 1,
  },
  {
    name: 'Korean, ibus: committed by the press alone',
    steps: [start, taken(true), ends('글'), up],
    sends: 1,
  },
  {
    name: 'Japanese: chosen by the press',
    steps: [start, taken(true), ends('日本'), up],
    sends: 0,
  },
  {
    name: 'Japanese, Safari: chosen before the press',
    steps: [start, ends('日本'), taken(false), up],
    sends: 0,
  },
  {
    name: 'Japanese, then a second Enter',
    steps: [start, taken(true), ends('かな'), up, plain, up],
    sends: 1,
  },
  {
    name: 'pinyin: the letters as they are',
    steps: [start, taken(true, 'Process'), ends('nihao'), up],
    sends: 0,
  },
  {
    name: 'Hanja: chosen for Hangul',
    steps: [start, taken(true, 'Process'), ends('漢字'), up],
    sends: 0,
  },
];
