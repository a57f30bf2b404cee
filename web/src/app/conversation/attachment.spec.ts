import { boxOf } from './attachment';

describe('W-24: the box of a picture', () => {
  it('has its shape and at most 400 by 320', () => {
    expect(boxOf(200, 100)).toEqual({ width: 200, height: 100 });
    expect(boxOf(4_000, 3_000)).toEqual({ width: 400, height: 300 });
    expect(boxOf(1_000, 4_000)).toEqual({ width: 80, height: 320 });
    expect(boxOf(8_000, 10)).toEqual({ width: 400, height: 32 });
  });

  it('is a fixed one where the size is not known', () => {
    expect(boxOf()).toEqual({ width: 320, height: 240 });
    expect(boxOf(0, 12)).toEqual({ width: 320, height: 240 });
  });
});
