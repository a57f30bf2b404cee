// The real composer, with the events that browsers send; what browsers draw is judged in e2e/.
import type { OutputRef } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { Composer, type Written } from './composer';
import { ORDERS, type Step } from './enter-orders';

describe('the composer', () => {
  let fixture: ComponentFixture<Composer>;
  let sent: Written[];
  const set = async (inputs: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
    await fixture.whenStable();
  };
  const find = <T extends HTMLElement>(selector: string) =>
    fixture.nativeElement.querySelector(selector) as T | null;
  const box = () => find<HTMLTextAreaElement>('textarea')!;
  const type = async (text: string) => {
    box().focus();
    box().value = text;
    box().setSelectionRange(text.length, text.length);
    box().dispatchEvent(new InputEvent('input', { bubbles: true }));
    await fixture.whenStable();
  };
  const press = async (key: string, more: KeyboardEventInit = {}) => {
    const init = { key, code: key, bubbles: true, cancelable: true, ...more };
    const isPrevented = !box().dispatchEvent(new KeyboardEvent('keydown', init));
    box().dispatchEvent(new KeyboardEvent('keyup', init));
    await fixture.whenStable();
    return isPrevented;
  };
  const heard = <T>(name: keyof Composer) => {
    const all: T[] = [];
    const output = fixture.componentInstance[name] as unknown as OutputRef<T>;
    output.subscribe((value) => all.push(value));
    return all;
  };

  beforeEach(async () => {
    sent = [];
    fixture = TestBed.createComponent(Composer);
    document.body.append(fixture.nativeElement);
    const send = async (message: Written) => void sent.push(message);
    await set({ draft: 'c1', name: 'Ann', send });
  });
  afterEach(() => fixture.nativeElement.remove());

  it('W-07 sends with Enter, and not with Shift+Enter', async () => {
    await type('hello');
    expect(await press('Enter', { shiftKey: true })).toBe(false);
    expect(sent).toEqual([]);
    expect(await press('Enter')).toBe(true);
    expect(sent).toEqual([{ text: 'hello', attachmentIds: [] }]);
    expect(box().value).toBe('');
  });

  it('W-07 sends with Ctrl+Enter where that was chosen', async () => {
    await set({ sendKey: 'ctrl-enter' });
    await type('hello');
    expect(await press('Enter')).toBe(false);
    await press('Enter', { ctrlKey: true });
    expect(sent.length).toBe(1);
  });

  it('sends nothing that is blank, and no blanks around a text', async () => {
    await type(' \n ');
    await press('Enter');
    expect(find<HTMLButtonElement>('.send')?.disabled).toBe(true);
    await type('\n \n  a\n b \n');
    await press('Enter');
    expect(sent.map(({ text }) => text)).toEqual(['  a\n b']);
  });

  describe('W-08', () => {
    const play = async ({ type: kind, text, ...key }: Step) => {
      const init = { bubbles: true, cancelable: true };
      const target = box();
      if (kind === 'compositionstart') target.dispatchEvent(new CompositionEvent(kind, init));
      else if (kind === 'compositionend') {
        target.value += text;
        target.dispatchEvent(new InputEvent('input', { bubbles: true }));
        target.dispatchEvent(new CompositionEvent(kind, { ...init, data: text ?? '' }));
      } else if (kind === 'linebreak') {
        const breaks = new InputEvent('beforeinput', { ...init, inputType: 'insertLineBreak' });
        if (target.dispatchEvent(breaks)) target.value += '\n';
      } else {
        const event = new KeyboardEvent(kind, { ...init, code: 'Enter', ...key });
        const isTaken = key.keyCode === 229 || key.isComposing;
        if (!target.dispatchEvent(event)) expect([kind, isTaken]).toEqual([kind, false]);
      }
      await fixture.whenStable();
    };
    for (const order of ORDERS)
      it(`${order.name}: ${order.sends === 1 ? 'sends once' : 'only commits'}`, async () => {
        await type('안녕 ');
        for (const step of order.steps) await play(step);
        const committed = order.steps.map(({ text }) => text ?? '').join('');
        expect(sent.map(({ text }) => text)).toEqual(order.sends ? [`안녕 ${committed}`] : []);
        expect(box().value).toBe(order.sends ? '' : `안녕 ${committed}`);
      });

    it('the box is not written while composing: what is sent goes when that is over', async () => {
      let kept: () => void = () => undefined;
      await set({ send: () => new Promise<void>((done) => (kept = done)) });
      await type('first');
      await press('Enter');
      box().dispatchEvent(new CompositionEvent('compositionstart'));
      await type('first그');
      const written = vi.spyOn(box(), 'value', 'set');
      kept();
      await fixture.whenStable();
      expect(written).not.toHaveBeenCalled();
      written.mockRestore();
      await play({ type: 'compositionend', text: '' });
      expect(box().value).toBe('그');
    });
  });

  it('W-03 is emptied only when the message is kept, and keeps what was typed meanwhile', async () => {
    let kept: () => void = () => undefined;
    await set({ send: () => new Promise<void>((done) => (kept = done)) });
    await type('first');
    await press('Enter');
    expect(box().value).toBe('first');
    await type('first second');
    kept();
    await fixture.whenStable();
    expect(box().value).toBe(' second');
  });

  it('W-03 keeps what could not be kept, and sends no message twice', async () => {
    await set({ send: () => Promise.reject(new Error('storage is full')) });
    await type('first');
    await press('Enter');
    expect(box().value).toBe('first');
    await set({ send: async (message: Written) => void sent.push(message) });
    await Promise.all([press('Enter'), press('Enter')]);
    expect(sent.length).toBe(1);
  });

  it('W-09 shows nothing of one draft in another, and tells whose text changed', async () => {
    const drafts = heard<{ key: string; text: string }>('drafted');
    await type('for one');
    const before = box();
    await set({ draft: 'c2', text: 'for two' });
    expect(box()).not.toBe(before);
    expect(box().value).toBe('for two');
    await type('for two!');
    await set({ draft: 'c1', text: 'for one' });
    expect(box().value).toBe('for one');
    expect(drafts).toEqual([
      { key: 'c1', text: 'for one' },
      { key: 'c2', text: 'for two!' },
    ]);
  });

  it('W-09 a draft survives an edit that is begun and given up', async () => {
    const drafts = heard('drafted');
    const cancelled = heard('editCancelled');
    await set({ text: 'my draft' });
    await set({ editing: { id: 'm1', text: 'old words' } });
    expect(box().value).toBe('old words');
    expect(document.activeElement).toBe(box());
    await type('new words');
    await press('Escape');
    expect(cancelled.length).toBe(1);
    await set({ editing: undefined });
    expect(box().value).toBe('my draft');
    expect(drafts).toEqual([]);
  });

  it('W-09 takes a draft of another tab while nobody writes here', async () => {
    await set({ text: 'from elsewhere' });
    expect(box().value).toBe('from elsewhere');
    await type('mine');
    await set({ text: 'from elsewhere again' });
    expect(box().value).toBe('mine');
  });

  it('W-10 counts UTF-16 units when few are left, and sends nothing too long', async () => {
    await type('a'.repeat(4_499));
    expect(find('.left')).toBeNull();
    await type('a'.repeat(4_498) + '👍');
    expect(find('.left')?.textContent).toContain('500 characters left');
    await type('a'.repeat(5_001));
    expect(find('.left')?.textContent).toContain('1 character too many');
    await press('Enter');
    expect(sent).toEqual([]);
  });

  it('W-11 edits the last message with Arrow up in an empty box only', async () => {
    const asked = heard('editLast');
    await type('x');
    expect(await press('ArrowUp')).toBe(false);
    await type('');
    expect(await press('ArrowUp')).toBe(true);
    expect(asked.length).toBe(1);
  });

  it('W-11 leaves the edit, then the quote, then what is around', async () => {
    const left: string[] = [];
    for (const name of ['editCancelled', 'quoteCancelled', 'escaped'] as const)
      fixture.componentInstance[name].subscribe(() => left.push(name));
    await set({ editing: { id: 'm1', text: 'x' }, quote: { name: 'Ben', text: 'y' } });
    await press('Escape');
    await set({ editing: undefined });
    await press('Escape');
    await set({ quote: undefined });
    await press('Escape');
    expect(left).toEqual(['editCancelled', 'quoteCancelled', 'escaped']);
    await press('Escape', { isComposing: true, keyCode: 229 });
    expect(left.length).toBe(3);
  });

  it('W-11 saves an edit with Enter, and nothing where nothing changed', async () => {
    const [edits, cancelled] = [heard('edited'), heard('editCancelled')];
    await set({ editing: { id: 'm1', text: 'old' } });
    await press('Enter');
    expect([edits, cancelled.length]).toEqual([[], 1]);
    await type('new');
    await press('Enter');
    expect(edits).toEqual([{ id: 'm1', text: 'new' }]);
    expect(sent).toEqual([]);
  });

  describe('W-12', () => {
    const limits = { maxBytes: 100, maxPerMessage: 2 };
    const picture = () => new File(['x'], 'a.txt', { type: 'text/plain' });
    const paste = async (text: string) => {
      const data = { files: [picture()], getData: () => text };
      const event = new Event('paste', { bubbles: true, cancelable: true });
      Object.assign(event, { clipboardData: data });
      const isPrevented = !box().dispatchEvent(event);
      await fixture.whenStable();
      return isPrevented;
    };

    it('pastes a file, but the text where there is one', async () => {
      await set({ attachments: limits, upload: async () => 'id-1', draft: 'w12-paste' });
      expect(await paste('words')).toBe(false);
      expect(find('p-attachment-tray li')).toBeNull();
      expect(await paste('')).toBe(true);
      expect(find('p-attachment-tray li')?.textContent).toContain('a.txt');
    });

    it('waits for what is on its way, then sends once, with all of it', async () => {
      let done: (id: string) => void = () => undefined;
      const upload = () => new Promise<string>((resolve) => (done = resolve));
      await set({ attachments: limits, upload, draft: 'w12-wait' });
      fixture.componentInstance.addFiles([picture()]);
      await type('look');
      await press('Enter');
      expect(sent).toEqual([]);
      expect(fixture.nativeElement.textContent).toContain('Sends when the upload is done');
      done('id-1');
      await vi.waitFor(() => expect(sent).toEqual([{ text: 'look', attachmentIds: ['id-1'] }]));
      await fixture.whenStable();
      expect([box().value, find('p-attachment-tray li')]).toEqual(['', null]);
    });

    it('offers no files where the server takes none', async () => {
      await set({ attachments: null, upload: async () => 'id-1' });
      expect(find('input[type=file]')).toBeNull();
      expect(await paste('')).toBe(true);
    });
  });

  describe('W-13', () => {
    beforeEach(() =>
      set({ people: ['Ann Lee', 'Anna', 'Ben'].map((name) => ({ userId: name, name })) }),
    );
    const options = () =>
      [...fixture.nativeElement.querySelectorAll('[role=option]')].map((option) => ({
        label: option.textContent.trim(),
        isActive: option.getAttribute('aria-selected') === 'true',
      }));

    it('offers people by keyboard, and picking one never sends', async () => {
      await type('hi @an');
      expect(options().map(({ label }) => label)).toEqual(['Ann Lee', 'Anna']);
      await press('ArrowDown');
      expect(options()[1]?.isActive).toBe(true);
      expect(box().getAttribute('aria-activedescendant')).toMatch(/-list-1$/);
      expect(await press('Enter')).toBe(true);
      expect([box().value, options(), sent]).toEqual(['hi @Anna ', [], []]);
    });

    it('picks with Tab, and with the Enter that ends a Korean word', async () => {
      await type('@be');
      await press('Tab');
      expect(box().value).toBe('@Ben ');
      await set({ people: [{ userId: 'u', name: '김철수' }] });
      await type('@김');
      const taken = { key: 'Process', code: 'Enter', keyCode: 229, isComposing: true };
      box().dispatchEvent(new KeyboardEvent('keydown', { ...taken, cancelable: true }));
      box().dispatchEvent(new CompositionEvent('compositionend', { data: '김' }));
      box().dispatchEvent(new KeyboardEvent('keyup', { key: 'Enter', code: 'Enter' }));
      await fixture.whenStable();
      expect([box().value, sent]).toEqual(['@김철수 ', []]);
    });

    it('closes with Escape until another word is begun', async () => {
      const left = heard('escaped');
      await type('@an');
      await press('Escape');
      expect([options(), left]).toEqual([[], []]);
      await type('@ann');
      expect(options()).toEqual([]);
      await type('@ann and @be');
      expect(options().map(({ label }) => label)).toEqual(['Ben']);
    });

    it('offers emoji', async () => {
      await type(':tada');
      await vi.waitFor(() => expect(options().length).toBe(1));
      await press('Enter');
      expect([box().value, sent]).toEqual(['🎉 ', []]);
    });
  });

  it('says why nobody may write here', async () => {
    await set({ closed: 'You blocked Ann.' });
    expect(fixture.nativeElement.textContent).toContain('You blocked Ann.');
    expect(find('textarea')).toBeNull();
  });
});
