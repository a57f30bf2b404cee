import { sizeText } from './size-text';

it('sizes are told in the largest unit that fits', () => {
  const told = [0, 1, 999, 1_000, 1_540, 12_345, 10_000_000, 2_500_000_000_000];
  expect(told.map((bytes) => sizeText(bytes, 'en'))).toEqual([
    '0 bytes',
    '1 byte',
    '999 bytes',
    '1 kB',
    '1.5 kB',
    '12 kB',
    '10 MB',
    '2,500 GB',
  ]);
});
