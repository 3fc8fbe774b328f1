// CIEDE2000 of block averages on colours whose difference is known.
import type { RawImage } from '@nacre/codec';
import { expect, test } from 'vitest';
import { colourError } from './colour-error.js';

function draw(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => readonly number[],
): RawImage {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++)
    data.set(colourAt(i % width, Math.floor(i / width)), 3 * i);
  return { width, height, channels: 3, data };
}

test('equal images differ by nothing', () => {
  const image = draw(19, 11, (x, y) => [x * 9, y * 20, 80]);
  expect(colourError(image, image)).toBe(0);
});

test('differences of plain colours are those of CIEDE2000', () => {
  const [black, white] = [0, 255].map((value) => draw(8, 8, () => [value, value, value]));
  expect(colourError(black!, white!)).toBeCloseTo(100, 3);
  // By an implementation of our own that gives 2.0425 for the first pair of Sharma, Wu and Dalal (2005).
  const [grey, tinted] = [draw(8, 8, () => [128, 128, 128]), draw(8, 8, () => [129, 128, 127])];
  expect(colourError(grey, tinted)).toBeCloseTo(0.7145, 3);
  const [orange, brown] = [draw(8, 8, () => [200, 100, 50]), draw(8, 8, () => [190, 110, 60])];
  expect(colourError(orange, brown)).toBeCloseTo(4.0214, 3);
});

test('texture cancels out within a block, in linear light', () => {
  const checks = draw(16, 16, (x, y) => ((x + y) % 2 ? [255, 255, 255] : [0, 0, 0]));
  const mean = draw(16, 16, () => [188, 188, 188]); // half the light of white
  expect(colourError(checks, mean)).toBeLessThan(0.2);
});

test('blocks at the edges count too', () => {
  const a = draw(9, 8, () => [100, 100, 100]);
  const b = draw(9, 8, (x) => (x === 8 ? [200, 100, 100] : [100, 100, 100]));
  const whole = colourError(
    draw(8, 8, () => [100, 100, 100]),
    draw(8, 8, () => [200, 100, 100]),
  );
  expect(colourError(a, b)).toBeCloseTo(whole / 2, 9);
});

test('sizes must be equal', () => {
  expect(() =>
    colourError(
      draw(8, 8, () => [0, 0, 0]),
      draw(8, 9, () => [0, 0, 0]),
    ),
  ).toThrow(RangeError);
});
