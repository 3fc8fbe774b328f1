// Rounding of latents and hyper-latents.
import { expect, test } from 'vitest';
import { quantize, quantizeHyper } from './quantize.js';

test('hyper-latents: halves upwards, clamped to −127..127', () => {
  const z = Float32Array.of(-0.5, 0.5, -1.5, 1.49, 126.5, 127.5, -127.6, -1e9, Number.NaN);
  expect([...quantizeHyper(z)]).toEqual([0, 1, -1, 1, 127, 127, -127, -127, 0]);
});

test('latents less their means: halves upwards, clamped to ±32767', () => {
  const latents = Float32Array.of(-0.5, 0.5, -1.5, 1.49, 300.5, -40_000, 40_000, Number.NaN, 7);
  const means = Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 2.25);
  expect([...quantize(latents, means)]).toEqual([0, 1, -1, 1, 301, -32_767, 32_767, 0, 5]);
});
