import { TestBed } from '@angular/core/testing';
import { MessageText } from './message-text';

function shown(text: string): HTMLElement {
  const fixture = TestBed.createComponent(MessageText);
  fixture.componentRef.setInput('text', text);
  fixture.componentRef.setInput('people', [{ userId: 'u1', name: 'ann' }]);
  fixture.componentRef.setInput('me', 'u1');
  fixture.detectChanges();
  return fixture.nativeElement;
}

describe('W-23 the words of a message', () => {
  it('are shown as they were written, blanks and lines too', () => {
    for (const text of [
      'a  b\n\n c',
      '<img src=x onerror=alert(1)><b>b</b>&amp;{{ 1 + 1 }}',
      'x https://a.example/y, z',
      'hi @ann👍!',
      '\u202eabc \u0301\u0301',
    ])
      expect(shown(text).textContent).toBe(text);
  });

  it('make no element of what is written in them', () => {
    const element = shown('<img src=x><script>alert(1)</script><svg onload=x>');
    expect(element.querySelectorAll(':not(span)').length).toBe(0);
  });

  it('lead outside only in a way that tells nothing and takes nothing', () => {
    const link = shown('https://a.example/x').querySelector('a');
    expect(link?.href).toBe('https://a.example/x');
    expect([link?.target, link?.rel]).toEqual(['_blank', 'noopener noreferrer nofollow']);
  });

  it('let the one who is named stand out, and code without its quotes', () => {
    expect(shown('@ann').querySelector('.mention.me')?.textContent).toBe('@ann');
    expect(shown('`x`').querySelector('code')?.textContent).toBe('x');
  });

  it('are large where they are emoji alone', () => {
    expect(shown('🎉').classList.contains('large')).toBe(true);
    expect(shown('🎉 ok').classList.contains('large')).toBe(false);
  });
});
