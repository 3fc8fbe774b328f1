// Padding repeats the edge, cropping undoes it, and both round as FORMAT.md says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cropToImage, padToPlanes } from './pad.js';

test('every padded value is that of the nearest pixel', () => {
  const [width, height] = [3, 2];
  const padded = { rows: 64, columns: 64 };
  const data = Uint8Array.from({ length: 18 }, (_, i) => 10 * i);
  const planes = padToPlanes({ width, height, data }, padded);
  expect(planes.length).toBe(3 * 64 * 64);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < 64; row++) {
      for (let column = 0; column < 64; column++) {
        const nearest = 3 * (width * Math.min(row, 1) + Math.min(column, 2)) + channel;
        const value = planes[(channel * 64 + row) * 64 + column];
        expect(value).toBe(Math.fround(data[nearest]! / 255));
      }
    }
  }
});

test('cropping gives back the picture of any size', () => {
  const side = fc.integer({ min: 1, max: 130 });
  fc.assert(
    fc.property(side, side, fc.nat(), (width, height, seed) => {
      const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (seed + 7 * i) % 256);
      const padded = { rows: Math.ceil(height / 64) * 64, columns: Math.ceil(width / 64) * 64 };
      const planes = padToPlanes({ width, height, data }, padded);
      const cropped = cropToImage(planes, padded, width, height);
      expect([cropped.width, cropped.height]).toEqual([width, height]);
      expect(Buffer.compare(cropped.data, data)).toBe(0);
    }),
  );
});

test('values are rounded, halves upwards, and clamped', () => {
  const padded = { rows: 1, columns: 4 };
  const planes = new Float32Array(12);
  planes.set([0.5 / 255, 1.4999 / 255, -0.1, 1.1]);
  planes.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1], 4);
  const { data } = cropToImage(planes, padded, 4, 1);
  expect([data[0], data[3], data[6], data[9]]).toEqual([1, 1, 0, 255]);
  expect([data[1], data[4], data[7], data[10]]).toEqual([0, 255, 0, 255]);
});
