// PSNR of samples whose error is known by hand.
import { expect, test } from 'vitest';
import { psnr } from './psnr.js';

const size = { width: 2, height: 1 };

test('the error is the mean over all samples, with the peak 255', () => {
  const a = { ...size, channels: 3 as const, data: Uint8Array.of(10, 20, 30, 40, 50, 60) };
  const b = { ...size, channels: 3 as const, data: Uint8Array.of(13, 20, 26, 40, 50, 60) };
  expect(psnr(a, b)).toBeCloseTo(10 * Math.log10((255 * 255 * 6) / 25), 12);
  expect(psnr(a, a)).toBe(Infinity);
});

test('alpha does not count', () => {
  const a = { ...size, channels: 2 as const, data: Uint8Array.of(10, 0, 20, 9) };
  const b = { ...size, channels: 1 as const, data: Uint8Array.of(10, 26) };
  expect(psnr(a, b)).toBeCloseTo(10 * Math.log10((255 * 255 * 2) / 36), 12);
});
