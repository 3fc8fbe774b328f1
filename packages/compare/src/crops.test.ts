// Crops stand in order, come from the middle, and are what the pictures hold there.
import { expect, test } from 'vitest';
import { cropsBeside, middleSquare } from './crops.js';

const picture = (width: number, height: number, offset: number) => ({
  width,
  height,
  channels: 3 as const,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => i + offset),
});

test('the middle of a picture, or all of it if it is smaller', () => {
  expect(middleSquare(picture(5, 3, 0), 1).data).toEqual(Uint8Array.of(21, 22, 23));
  expect(middleSquare(picture(3, 3, 7), 9)).toEqual(picture(3, 3, 7));
});

test('two versions of a picture, their middles side by side', () => {
  const { width, height, data } = cropsBeside([picture(4, 2, 0), picture(4, 2, 100)], 9);
  expect([width, height]).toEqual([2 + 4 + 2, 2]);
  const row = 3 * width;
  expect([...data.subarray(0, 6)]).toEqual([3, 4, 5, 6, 7, 8]);
  expect([...data.subarray(6, 18)]).toEqual(new Array(12).fill(255));
  expect([...data.subarray(18, 24)]).toEqual([103, 104, 105, 106, 107, 108]);
  expect([...data.subarray(row, row + 6)]).toEqual([15, 16, 17, 18, 19, 20]);
});

test('versions of different sizes are refused', () => {
  expect(() => cropsBeside([picture(4, 2, 0), picture(2, 4, 0)], 2)).toThrow(RangeError);
  expect(() => cropsBeside([], 2)).toThrow(RangeError);
});
