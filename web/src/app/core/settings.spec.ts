import { TestBed } from '@angular/core/testing';
import { Settings } from './settings';

const at = (hours: number, minutes = 0) => new Date(2026, 2, 3, hours, minutes);

describe('the settings', () => {
  beforeEach(() => localStorage.clear());

  it('W-34: are quiet in the hours chosen, over midnight too', () => {
    const settings = TestBed.inject(Settings);
    expect(settings.isQuietAt(at(23))).toBe(false);
    settings.change({ quiet: { from: 22 * 60, to: 7 * 60 } });
    expect([at(21, 59), at(22), at(3), at(7)].map((time) => settings.isQuietAt(time))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    settings.change({ quiet: { from: 12 * 60, to: 13 * 60 } });
    expect([at(11), at(12, 30), at(13)].map((time) => settings.isQuietAt(time))).toEqual([
      false,
      true,
      false,
    ]);
    settings.change({ doNotDisturb: true });
    expect(settings.isQuietAt(at(9))).toBe(true);
  });

  it('stay in the browser, and paint the page', async () => {
    TestBed.inject(Settings).change({ theme: 'dark', sendKey: 'ctrl-enter' });
    TestBed.tick();
    expect(document.documentElement.dataset['theme']).toBe('dark');
    TestBed.resetTestingModule();
    expect(TestBed.inject(Settings).choices()).toMatchObject({
      theme: 'dark',
      sendKey: 'ctrl-enter',
    });
  });

  it('begin anew where the browser kept nonsense', () => {
    localStorage.setItem('parley-settings', '{"theme":');
    expect(TestBed.inject(Settings).choices().theme).toBe('system');
  });
});
