// Padding repeats the edge, cropping undoes it, windows are what they are of the whole, and both round as
// FORMAT.md says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cropFromPlanes, padToPlanes } from './pad.js';

test('every value of a window is that of the nearest pixel', () => {
  const [width, height] = [70, 66];
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (7 * i) % 251);
  for (const window of [
    { top: 0, left: 0, rows: 128, columns: 128 },
    { top: 64, left: 0, rows: 64, columns: 128 },
    { top: 0, left: 64, rows: 64, columns: 64 },
  ]) {
    const { top, left, rows, columns } = window;
    const planes = padToPlanes({ width, height, channels: 3, data }, window);
    expect(planes.length).toBe(3 * rows * columns);
    for (let channel = 0; channel < 3; channel++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const [y, x] = [Math.min(top + row, height - 1), Math.min(left + column, width - 1)];
          const value = planes[(channel * rows + row) * columns + column];
          const nearest = Math.fround(data[3 * (width * y + x) + channel]! / 255);
          if (value !== nearest) expect(value, `${channel}, ${row}, ${column}`).toBe(nearest);
        }
      }
    }
  }
});

test('cropping gives back the image, or a region of it', () => {
  const side = fc.integer({ min: 1, max: 130 });
  fc.assert(
    fc.property(side, side, fc.nat(), fc.nat(), fc.nat(), (width, height, seed, x, y) => {
      const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (seed + 7 * i) % 256);
      const rows = Math.ceil(height / 64) * 64;
      const window = { top: 0, left: 0, rows, columns: Math.ceil(width / 64) * 64 };
      const planes = padToPlanes({ width, height, channels: 3, data }, window);
      const [left, top] = [x % width, y % height];
      const region = { top, left, rows: height - top, columns: width - left };
      const cropped = new Uint8Array(3 * region.rows * region.columns);
      // In two parts, of which the border may lie anywhere.
      const upper = { ...window, rows: y % rows };
      cropFromPlanes(planes, window, upper, region, cropped, 3);
      const lower = { ...window, top: upper.rows, rows: rows - upper.rows };
      cropFromPlanes(planes, window, lower, region, cropped, 3);
      const expected = Array.from({ length: region.rows }, (_, row) => {
        const start = 3 * (width * (top + row) + left);
        return data.subarray(start, start + 3 * region.columns);
      });
      expect(Buffer.compare(cropped, Buffer.concat(expected))).toBe(0);
    }),
  );
});

test('values are rounded, halves upwards, and clamped', () => {
  const window = { top: 0, left: 0, rows: 1, columns: 4 };
  const planes = new Float32Array(12);
  planes.set([0.5 / 255, 1.4999 / 255, -0.1, 1.1]);
  planes.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1], 4);
  const data = new Uint8Array(12);
  cropFromPlanes(planes, window, window, window, data, 3);
  expect([data[0], data[3], data[6], data[9]]).toEqual([1, 1, 0, 255]);
  expect([data[1], data[4], data[7], data[10]]).toEqual([0, 255, 0, 255]);
});
