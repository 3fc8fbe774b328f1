// PSNR over RGB as it is seen over white; equal pictures have no error.
import { expect, test } from 'vitest';
import { psnr } from './psnr.js';

test('is 10·log10(255² / MSE) over red, green and blue', () => {
  const a = Uint8ClampedArray.of(10, 20, 30, 255, 0, 0, 0, 255);
  const b = Uint8ClampedArray.of(13, 20, 26, 255, 0, 5, 0, 255);
  expect(psnr(a, b)).toBeCloseTo(10 * Math.log10(255 ** 2 / ((9 + 16 + 25) / 6)), 10);
  expect(psnr(a, a)).toBe(Number.POSITIVE_INFINITY);
});

test('colours count as much as they are seen', () => {
  const a = Uint8ClampedArray.of(0, 0, 0, 0, 255, 255, 255, 51);
  const b = Uint8ClampedArray.of(9, 99, 200, 0, 155, 255, 255, 51);
  expect(psnr(a, b)).toBeCloseTo(10 * Math.log10(255 ** 2 / (20 ** 2 / 6)), 10);
});

test('refuses pictures of different sizes', () => {
  expect(() => psnr(new Uint8ClampedArray(4), new Uint8ClampedArray(8))).toThrow(RangeError);
});
