// PSNR of samples whose error is known by hand.
import { expect, test } from 'vitest';
import { psnr } from './psnr.js';

test('the error is the mean over all samples, with the peak 255', () => {
  const a = Uint8Array.of(10, 20, 30, 40, 50, 60);
  const b = Uint8Array.of(13, 20, 26, 40, 50, 60);
  expect(psnr(a, b)).toBeCloseTo(10 * Math.log10((255 * 255 * 6) / 25), 12);
  expect(psnr(a, a)).toBe(Infinity);
});
