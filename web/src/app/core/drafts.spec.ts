import { Drafts } from './drafts';
import { MemoryKept } from './kept';

describe('W-09: drafts', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are kept some moments after the last key, once, and told to the other tabs', async () => {
    const kept = new MemoryKept();
    const told: unknown[] = [];
    const drafts = new Drafts(kept, (key, draft) => told.push([key, draft?.text]));
    drafts.set('c1', { text: 'h' });
    drafts.set('c1', { text: 'hi' });
    expect(drafts.of('c1')?.text).toBe('hi');
    expect(await kept.get('draft:c1')).toBeUndefined();
    vi.advanceTimersByTime(300);
    expect(await kept.get('draft:c1')).toEqual({ text: 'hi' });
    expect(told).toEqual([['c1', 'hi']]);
  });

  it('are kept when the page goes, though the moments are not over', () => {
    const kept = new MemoryKept();
    const atOnce = vi.spyOn(kept, 'setAtOnce');
    const drafts = new Drafts(kept, () => undefined);
    drafts.set('c1', { text: 'hi' });
    dispatchEvent(new Event('pagehide'));
    expect(atOnce).toHaveBeenCalledWith('draft:c1', { text: 'hi' });
  });

  it('are there after a start, but what is typed meanwhile counts', async () => {
    const kept = new MemoryKept();
    await kept.set('draft:c1', { text: 'old' });
    await kept.set('draft:c2', { text: 'other' });
    const drafts = new Drafts(kept, () => undefined);
    drafts.set('c1', { text: 'new' });
    await drafts.load();
    expect([drafts.of('c1')?.text, drafts.of('c2')?.text]).toEqual(['new', 'other']);
  });

  it('are gone when emptied, but an answer begun stays', async () => {
    const kept = new MemoryKept();
    const drafts = new Drafts(kept, () => undefined);
    drafts.set('c1', { text: '', replyTo: 'm1' });
    expect(drafts.of('c1')).toBeDefined();
    drafts.set('c1', { text: '' });
    vi.advanceTimersByTime(300);
    expect(drafts.of('c1')).toBeUndefined();
    expect(await kept.keys('draft:')).toEqual([]);
  });

  it('are saved when the page is left', async () => {
    const kept = new MemoryKept();
    const drafts = new Drafts(kept, () => undefined);
    drafts.set('c1', { text: 'half a' });
    dispatchEvent(new Event('pagehide'));
    expect(await kept.get('draft:c1')).toEqual({ text: 'half a' });
  });
});
