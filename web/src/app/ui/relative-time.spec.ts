import { dayText, daysBetween, fullText, shortText, timeText } from './relative-time';

const words = { now: 'now', today: 'Today', yesterday: 'Yesterday' };
const now = new Date(2026, 2, 4, 12, 0, 0); // a Wednesday
const at = (day: number, hour = 12, minute = 0) => new Date(2026, 2, day, hour, minute);

describe('W-22 days and times', () => {
  it('count days by the calendar, not by hours', () => {
    expect(daysBetween(at(3, 23, 59), at(4, 0, 1))).toBe(1);
    expect(daysBetween(at(4, 0, 1), at(4, 23, 59))).toBe(0);
    expect(daysBetween(new Date(2026, 1, 28), new Date(2026, 2, 1))).toBe(1);
  });

  it('name the line between two days', () => {
    const line = (date: Date) => dayText(date, now, 'en', words);
    expect(line(at(4))).toBe('Today');
    expect(line(at(3))).toBe('Yesterday');
    expect(line(at(2))).toBe('Monday');
    expect(line(new Date(2026, 1, 3))).toBe('February 3');
    expect(line(new Date(2025, 1, 3))).toBe('February 3, 2025');
    expect(dayText(new Date(2025, 1, 3), now, 'ko', words)).toBe('2025년 2월 3일');
  });

  it('are short in a list', () => {
    const short = (date: Date) => shortText(date, now, 'en-GB', words);
    expect(short(new Date(now.getTime() - 59_000))).toBe('now');
    expect(short(at(4, 9, 5))).toBe('09:05');
    expect(short(at(3, 9, 5))).toBe('Yesterday');
    expect(short(at(2))).toBe('Mon');
    expect(short(new Date(2026, 1, 3))).toBe('3 Feb');
    expect(short(new Date(2025, 1, 3))).toBe('3 Feb 2025');
  });

  it('of a clock that is behind are not in the past', () => {
    expect(shortText(new Date(now.getTime() + 30_000), now, 'en', words)).toBe('now');
    expect(dayText(at(5), now, 'en', words)).toBe('March 5');
  });

  it('speak the language of the page', () => {
    expect(timeText(at(4, 15, 5), 'ko')).toBe('오후 3:05');
    expect(fullText(at(4, 15, 5), 'ko')).toContain('2026년 3월 4일');
  });
});
