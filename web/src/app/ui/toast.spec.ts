import { TestBed } from '@angular/core/testing';
import { MAX_TOASTS, ToastList, Toasts } from './toast';

describe('W-40 toasts', () => {
  let toasts: Toasts;
  const texts = () => toasts.all().map(({ text }) => text);
  beforeEach(() => {
    vi.useFakeTimers();
    toasts = TestBed.inject(Toasts);
  });
  afterEach(() => vi.useRealTimers());

  it('are not shown twice', () => {
    toasts.show('a');
    toasts.show('b');
    toasts.show('a');
    expect(texts()).toEqual(['b', 'a']);
  });

  it('are few: the oldest goes', () => {
    for (const text of ['a', 'b', 'c', 'd']) toasts.show(text);
    expect(texts()).toEqual(['b', 'c', 'd']);
    expect(texts().length).toBe(MAX_TOASTS);
  });

  it('go by themselves, but not a failure, nor what asks for something', () => {
    toasts.show('told');
    toasts.show('failed', 'failed');
    toasts.show('asks', 'told', { label: 'Undo', run: () => undefined });
    vi.advanceTimersByTime(6_000);
    expect(texts()).toEqual(['failed', 'asks']);
  });

  it('run what they offer, once, and are gone', () => {
    const run = vi.fn();
    toasts.show('asks', 'told', { label: 'Undo', run });
    const fixture = TestBed.createComponent(ToastList);
    fixture.detectChanges();
    fixture.nativeElement.querySelector('button.link').click();
    expect(run).toHaveBeenCalledOnce();
    expect(texts()).toEqual([]);
  });
});
