import { groundOf, initialsOf } from './avatar';

describe('an avatar', () => {
  it('shows the first letters of the first and last word', () => {
    expect(initialsOf('ann marie lee')).toBe('AL');
    expect(initialsOf('  ann ')).toBe('A');
    expect(initialsOf('')).toBe('');
  });

  it('takes what is seen as one letter whole', () => {
    expect(initialsOf('김철수')).toBe('김');
    expect(initialsOf('👩‍👩‍👧 family')).toBe('👩‍👩‍👧F');
    expect(initialsOf('é lan')).toBe('ÉL');
  });

  it('has the same colour for the same person', () => {
    expect(groundOf('user-1')).toBe(groundOf('user-1'));
    expect(new Set([...'abcdefgh'].map(groundOf)).size).toBe(8);
  });
});
