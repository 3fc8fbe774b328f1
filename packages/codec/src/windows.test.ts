// Windows cover what they were cut from, keep their distance, and are no larger than allowed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutIntoWindows } from './windows.js';

const side = fc.integer({ min: 1, max: 60 });

test('cores cover the area once, and windows reach a margin beyond, or to the edge', () => {
  fc.assert(
    fc.property(
      side,
      side,
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 3000 }),
      (rows, columns, y, x, margin, unit, maxCells) => {
        const plane = { rows: rows + (y % 9), columns: columns + (x % 7) };
        const area = {
          top: y % (plane.rows - rows + 1),
          left: x % (plane.columns - columns + 1),
          rows,
          columns,
        };
        const windows = cutIntoWindows(area, plane, { margin, unit, maxPixels: 4096 * maxCells });
        const covered = new Uint8Array(plane.rows * plane.columns);
        for (const { core, around } of windows) {
          for (let row = core.top; row < core.top + core.rows; row++) {
            for (let q = core.left; q < core.left + core.columns; q++) {
              covered[row * plane.columns + q]!++;
            }
          }
          expect((core.top - area.top) % unit).toBe(0);
          expect((core.left - area.left) % unit).toBe(0);
          expect(around.top).toBe(Math.max(0, core.top - margin));
          expect(around.left).toBe(Math.max(0, core.left - margin));
          expect(around.top + around.rows).toBe(
            Math.min(plane.rows, core.top + core.rows + margin),
          );
          expect(around.left + around.columns).toBe(
            Math.min(plane.columns, core.left + core.columns + margin),
          );
          const smallest = core.rows <= unit && core.columns <= unit;
          if (!smallest) expect(around.rows * around.columns).toBeLessThanOrEqual(maxCells);
        }
        covered.forEach((count, i) => {
          const [row, q] = [Math.floor(i / plane.columns), i % plane.columns];
          const within =
            row >= area.top && row < area.top + rows && q >= area.left && q < area.left + columns;
          if (count !== Number(within)) expect(count, `${row}, ${q}`).toBe(Number(within));
        });
      },
    ),
  );
});

test('what fits is one window, a long strip too', () => {
  for (const plane of [
    { rows: 32, columns: 64 },
    { rows: 2, columns: 1024 },
  ]) {
    const area = { top: 0, left: 0, ...plane };
    const windows = cutIntoWindows(area, plane, { margin: 4, unit: 4, maxPixels: 2 ** 23 });
    expect(windows).toEqual([{ core: area, around: area }]);
  }
});

test('of all that fit, the cut is taken that computes least twice', () => {
  // 50 megapixels in windows of 8: four by two, for which 13 % are computed twice.
  const plane = { rows: 91, columns: 136 };
  const area = { top: 0, left: 0, ...plane };
  const windows = cutIntoWindows(area, plane, { margin: 2, unit: 4, maxPixels: 2 ** 23 });
  const computed = windows.reduce((sum, { around }) => sum + around.rows * around.columns, 0);
  expect(windows.length).toBe(8);
  expect(computed / (91 * 136)).toBeLessThan(1.14);
});

test('a model that only sees whole images gets one window', () => {
  const plane = { rows: 91, columns: 136 };
  const area = { top: 8, left: 9, rows: 4, columns: 4 };
  expect(cutIntoWindows(area, plane, { margin: undefined, unit: 4, maxPixels: 1 })).toEqual([
    { core: area, around: { top: 0, left: 0, ...plane } },
  ]);
});
