import { EnterKey, type Key, type SendKey } from './enter-key';
import { ORDERS, type Step } from './enter-orders';

const NONE = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
const keyOf = (some: Partial<Key> = {}): Key => ({
  key: 'Enter',
  code: 'Enter',
  keyCode: 13,
  isComposing: false,
  ...NONE,
  ...some,
});

function play(machine: EnterKey, steps: readonly Step[]) {
  let acts = 0;
  let broken = 0;
  for (const { type, text, ...key } of steps)
    if (type === 'keydown') acts += Number(machine.down(keyOf(key)));
    else if (type === 'keyup') acts += Number(machine.up(keyOf(key)));
    else if (type === 'compositionend') machine.commit(text ?? '');
    else if (type === 'linebreak') broken += Number(!machine.willAct);
  return { acts, broken };
}

describe('W-07 Enter', () => {
  const downIn = (mode: SendKey) => (some: Partial<Key>) =>
    new EnterKey(() => mode).down(keyOf(some));

  it('sends, and breaks the line with Shift', () => {
    const down = downIn('enter');
    expect(down({})).toBe(true);
    expect(down({ code: 'NumpadEnter' })).toBe(true);
    expect(down({ ctrlKey: true })).toBe(true);
    expect(down({ shiftKey: true })).toBe(false);
    expect(down({ altKey: true })).toBe(false);
    expect(down({ key: 'a', code: 'KeyA', keyCode: 65 })).toBe(false);
  });

  it('breaks the line where Ctrl+Enter sends', () => {
    const down = downIn('ctrl-enter');
    expect(down({})).toBe(false);
    expect(down({ ctrlKey: true })).toBe(true);
    expect(down({ metaKey: true })).toBe(true);
    expect(down({ ctrlKey: true, shiftKey: true })).toBe(false);
  });
});

describe('W-08 Enter of an input method', () => {
  for (const { name, steps, sends } of ORDERS)
    it(`${name}: ${sends === 1 ? 'sends once' : 'only commits'}`, () => {
      expect(play(new EnterKey(() => 'enter'), steps)).toEqual({ acts: sends, broken: 0 });
    });

  it('is never prevented, so it never acts at keydown', () => {
    const machine = new EnterKey(() => 'enter');
    expect(machine.down(keyOf({ keyCode: 229 }))).toBe(false);
    expect(machine.down(keyOf({ isComposing: true }))).toBe(false);
  });

  it('with Shift breaks the line, Korean too', () => {
    const machine = new EnterKey(() => 'enter');
    machine.down(keyOf({ keyCode: 229, isComposing: true, shiftKey: true }));
    machine.commit('글');
    expect(machine.willAct).toBe(false);
    expect(machine.up(keyOf({ shiftKey: true }))).toBe(false);
  });

  it('does not send what an earlier key committed', () => {
    const machine = new EnterKey(() => 'enter');
    machine.commit('글'); // by a blank
    machine.down(keyOf({ key: ' ', code: 'Space', keyCode: 32 }));
    machine.down(keyOf({ keyCode: 229 }));
    expect(machine.up(keyOf())).toBe(false);
  });

  it('is forgotten when the focus goes while it is down', () => {
    const machine = new EnterKey(() => 'enter');
    machine.down(keyOf({ keyCode: 229, isComposing: true }));
    machine.commit('글');
    machine.reset();
    expect(machine.up(keyOf())).toBe(false);
  });

  it('sends nothing where only Ctrl+Enter does', () => {
    for (const { steps } of ORDERS)
      expect(play(new EnterKey(() => 'ctrl-enter'), steps).acts).toBe(0);
  });
});
