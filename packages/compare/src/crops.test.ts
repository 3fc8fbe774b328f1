// Crops stand in order, come from the middle, and are what the images hold there.
import { expect, test } from 'vitest';
import { cropsBeside, middleSquare } from './crops.js';

const image = (width: number, height: number, offset: number) => ({
  width,
  height,
  channels: 3 as const,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => i + offset),
});

test('the middle of an image, or all of it if it is smaller', () => {
  expect(middleSquare(image(5, 3, 0), 1).data).toEqual(Uint8Array.of(21, 22, 23));
  expect(middleSquare(image(3, 3, 7), 9)).toEqual(image(3, 3, 7));
});

test('two versions of an image, their middles side by side', () => {
  const { width, height, data } = cropsBeside([image(4, 2, 0), image(4, 2, 100)], 9);
  expect([width, height]).toEqual([2 + 4 + 2, 2]);
  const row = 3 * width;
  expect([...data.subarray(0, 6)]).toEqual([3, 4, 5, 6, 7, 8]);
  expect([...data.subarray(6, 18)]).toEqual(new Array(12).fill(255));
  expect([...data.subarray(18, 24)]).toEqual([103, 104, 105, 106, 107, 108]);
  expect([...data.subarray(row, row + 6)]).toEqual([15, 16, 17, 18, 19, 20]);
});

test('versions of different sizes are refused', () => {
  expect(() => cropsBeside([image(4, 2, 0), image(2, 4, 0)], 2)).toThrow(RangeError);
  expect(() => cropsBeside([], 2)).toThrow(RangeError);
});
