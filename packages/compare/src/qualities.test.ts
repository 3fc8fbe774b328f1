// What a list of qualities may look like.
import { expect, test } from 'vitest';
import { parseQualities } from './qualities.js';

test('single qualities and ranges, sorted, each once', () => {
  expect(parseQualities('50,1,3-5,4')).toEqual([1, 3, 4, 5, 50]);
  expect(parseQualities('1-100')).toHaveLength(100);
});

test.each(['', '0', '101', '5-3', '1.5', '-4', '1,,2', 'all', '1-1000000000'])(
  '%j is refused',
  (list) => {
    expect(() => parseQualities(list)).toThrow(RangeError);
  },
);
