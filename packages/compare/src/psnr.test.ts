// PSNR on pictures whose error is known by hand.
import type { RawImage } from '@nacre/codec';
import { expect, test } from 'vitest';
import { meanSquaredError, psnr } from './psnr.js';

function picture(width: number, height: number, ...samples: number[]): RawImage {
  return { width, height, channels: 3, data: Uint8Array.from(samples) };
}

test('the error is the mean over samples of all channels, peak 255', () => {
  const a = picture(2, 1, 10, 20, 30, 40, 50, 60);
  const b = picture(2, 1, 13, 20, 26, 40, 50, 60);
  expect(meanSquaredError(a, b)).toBeCloseTo(25 / 6, 12);
  expect(psnr(a, b)).toBeCloseTo(10 * Math.log10((255 * 255 * 6) / 25), 12);
  expect(psnr(picture(1, 1, 0, 0, 0), picture(1, 1, 255, 255, 255))).toBe(0);
});

test('equal pictures have no error', () => {
  const a = picture(1, 2, 1, 2, 3, 4, 5, 6);
  expect(psnr(a, a)).toBe(Infinity);
});

test('pictures of different sizes cannot be compared', () => {
  const wide = picture(2, 1, 1, 2, 3, 4, 5, 6);
  const tall = picture(1, 2, 1, 2, 3, 4, 5, 6);
  expect(() => psnr(wide, tall)).toThrow(
    'Expected pictures of the same size but received 2×1 and 1×2',
  );
});
