import { otherNames } from './user-names';

describe('other user names', () => {
  it('are made of the shown name and of the one that is taken', () => {
    expect(otherNames('ann', 'Ann Lee').slice(0, 2)).toEqual(['ann.lee', 'ann-lee']);
    expect(otherNames('ann', 'Ann Lee')).not.toContain('ann');
  });

  it('are there for a name without Latin letters, too', () => {
    const names = otherNames('minsu', '김민수');
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name).toMatch(/^[a-z0-9._-]{2,64}$/);
  });
});
