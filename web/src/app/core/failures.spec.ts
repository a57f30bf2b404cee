import { TestBed } from '@angular/core/testing';
import { Failures } from './failures';

describe('W-40: what nobody caught', () => {
  it('is said, and reported', () => {
    const failures = TestBed.inject(Failures);
    const said: string[] = [];
    const reported: unknown[] = [];
    failures.say = (text) => said.push(text);
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const error = new Error('no such thing');
    failures.handleError(error);
    expect(said).toEqual(['Something went wrong.']);
    expect(reported).toEqual([error]);
    vi.unstubAllGlobals();
  });
});
