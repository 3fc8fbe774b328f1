// The estimate of memory follows the image and its windows, and its inverse agrees with it.
import { expect, test } from 'vitest';
import { checkSize, countPixelsIn, estimateMemory } from './limits.js';

test('an image of one window takes 82 bytes a pixel, a larger one 12 for each pixel more', () => {
  expect(estimateMemory(1000)).toBe(82_000);
  expect(estimateMemory(2 ** 24) - estimateMemory(2 ** 23)).toBe(12 * 2 ** 23);
  expect(estimateMemory(2 ** 24, 2 ** 20)).toBe(12 * 2 ** 24 + 70 * 2 ** 20);
});

test.each([undefined, 2 ** 10, 2 ** 23])('pixels in memory, with windows of %s', (windowPixels) => {
  for (const pixels of [1, 500, 2 ** 20, 2 ** 23, 10 ** 8]) {
    expect(countPixelsIn(estimateMemory(pixels, windowPixels), windowPixels)).toBe(pixels);
  }
});

test('a size beyond the limit is refused with the memory it would take', () => {
  expect(() => checkSize(100, 100, 10_000)).not.toThrow();
  expect(() => checkSize(16_384, 16_384, 1000)).toThrow(/about 3\.5 GiB of memory/);
  expect(() => checkSize(16_384, 16_384, 1000, 2 ** 10)).toThrow(/about 3\.0 GiB of memory/);
  expect(() => checkSize(65_536, 1, 2 ** 30)).toThrow(/at most 65535/);
});
