// MS-SSIM where the answer is known. Agreement with an independent implementation: test/metrics.test.ts.
import type { RawImage } from '@nacre/codec';
import { expect, test } from 'vitest';
import { photograph } from '../../../test/images.js';
import { msSsim } from './ms-ssim.js';

const photo = photograph(220, 163);

function changed(change: (sample: number, i: number) => number): RawImage {
  return { ...photo, data: Uint8Array.from(photo.data, change) };
}

test('equal images are at 1', () => {
  expect(msSsim(photo, photo)).toBeCloseTo(1, 12);
});

test('flat images differ in luminance alone, which only the coarsest scale sees', () => {
  const flat = (value: number): RawImage => ({
    width: 176,
    height: 176,
    channels: 3,
    data: new Uint8Array(3 * 176 * 176).fill(value),
  });
  const c1 = 2.55 ** 2;
  const luminance = (2 * 100 * 120 + c1) / (100 ** 2 + 120 ** 2 + c1);
  expect(msSsim(flat(100), flat(120))).toBeCloseTo(luminance ** 0.1333, 10);
});

test('it is symmetric, and noise costs more than a little light', () => {
  const noisy = changed((sample, i) => sample ^ (i % 7 === 0 ? 16 : 0));
  const brighter = changed((sample) => Math.min(255, sample + 2));
  expect(msSsim(photo, noisy)).toBeCloseTo(msSsim(noisy, photo), 12);
  expect(msSsim(photo, noisy)).toBeLessThan(msSsim(photo, brighter));
  expect(msSsim(photo, brighter)).toBeLessThan(1);
});

test('an image that the coarsest window does not fit into is refused', () => {
  const small = photograph(400, 160);
  expect(() => msSsim(small, small)).toThrow('161 pixels or more for MS-SSIM but received 400×160');
});
