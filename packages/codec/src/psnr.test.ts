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

test('the error is that of peaks when nothing is alike', () => {
  const a = { width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(0) };
  expect(psnr(a, { ...a, data: Uint8Array.of(255) })).toBe(0);
});

test('alpha does not count', () => {
  const a = { ...size, channels: 2 as const, data: Uint8Array.of(10, 0, 20, 9) };
  const b = { ...size, channels: 1 as const, data: Uint8Array.of(10, 26) };
  expect(psnr(a, b)).toBeCloseTo(10 * Math.log10((255 * 255 * 2) / 36), 12);
});

test('over white, colours count as much as they are seen', () => {
  const a = { ...size, channels: 4 as const, data: Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 51) };
  const b = { ...a, data: Uint8Array.of(9, 99, 200, 0, 155, 255, 255, 51) };
  const decibels = 10 * Math.log10(255 ** 2 / (20 ** 2 / 6));
  expect(psnr(a, b, { overWhite: true })).toBeCloseTo(decibels, 10);
  const white = { ...size, channels: 3 as const, data: new Uint8Array(6).fill(255) };
  expect(psnr(white, a, { overWhite: true })).toBe(Infinity);
});

test('only images of one size and kind can be compared', () => {
  const grey = { ...size, channels: 1 as const, data: new Uint8Array(2) };
  expect(() => psnr(grey, { ...grey, width: 1, height: 2 })).toThrow(
    'Expected 2×1 grey, as a, for b but received 1×2 grey',
  );
  expect(() => psnr(grey, { ...grey, channels: 3, data: new Uint8Array(6) })).toThrow(RangeError);
});
