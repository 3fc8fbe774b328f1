// Rounding of latents and hyper-latents.
import { expect, test } from 'vitest';
import { NEAREST, quantize, quantizeHyper } from './quantize.js';

test('hyper-latents: halves upwards, clamped to −127..127', () => {
  const z = Float32Array.of(-0.5, 0.5, -1.5, 1.49, 126.5, 127.5, -127.6, -1e9, Number.NaN);
  expect([...quantizeHyper(z)]).toEqual([0, 1, -1, 1, 127, 127, -127, -127, 0]);
});

test('latents less their means: halves upwards, clamped to ±32767', () => {
  const latents = Float32Array.of(-0.5, 0.5, -1.5, 1.49, 300.5, -40_000, 40_000, Number.NaN, 7);
  const means = Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 2.25);
  expect([...quantize(latents, means, NEAREST)]).toEqual([0, 1, -1, 1, 301, -32_767, 32_767, 0, 5]);
});

test('a dead zone leaves more values where they were nearer to 0, alike on both sides', () => {
  const latents = Float32Array.of(0.5, 0.59, 0.61, 1.55, 1.65, -0.59, -0.61, -1.55, -1.65, -0.5);
  const means = new Float32Array(10);
  expect([...quantize(latents, means, { deadZone: 0.1 })].map((v) => v + 0)).toEqual([
    0, 0, 1, 1, 2, 0, -1, -1, -2, 0,
  ]);
  expect([...quantize(latents, means, NEAREST)]).toEqual([1, 1, 1, 2, 2, -1, -1, -2, -2, 0]);
});
