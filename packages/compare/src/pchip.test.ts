// The interpolant against functions it must reproduce, and its monotony.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { integrate, pchip } from './pchip.js';

test('a straight line comes back with its slope and exact integral', () => {
  const x = [0, 1, 2.5, 3, 7];
  const line = pchip(
    x,
    x.map((v) => 3 * v - 2),
  );
  for (const slope of line.slopes) expect(slope).toBeCloseTo(3, 12);
  expect(integrate(line, 0.5, 6)).toBeCloseTo(1.5 * (36 - 0.25) - 2 * 5.5, 12);
});

test('slopes agree with Fritsch and Butland worked by hand', () => {
  // Widths 1, 2, 1; secants 1, 0.5, −1. Inside: weighted harmonic mean (weights 5 and 4), and 0 at
  // the maximum. Left end: ((2·1 + 2)·1 − 1·0.5) / 3. Right end: ((2·1 + 2)·−1 − 1·0.5) / 3.
  const { slopes } = pchip([0, 1, 3, 4], [0, 1, 2, 1]);
  expect(slopes[0]).toBeCloseTo(3.5 / 3, 12);
  expect(slopes[1]).toBeCloseTo(9 / (5 / 1 + 4 / 0.5), 12);
  expect(slopes[2]).toBe(0);
  expect(slopes[3]).toBeCloseTo(-4.5 / 3, 12);
});

test('monotone data give a monotone curve', () => {
  const increments = fc.array(
    fc.tuple(
      fc.double({ min: 0.01, max: 10, noNaN: true }),
      fc.double({ min: 0, max: 10, noNaN: true }),
    ),
    { minLength: 3, maxLength: 12 },
  );
  fc.assert(
    fc.property(increments, (steps) => {
      const x = [0];
      const y = [0];
      for (const [dx, dy] of steps) {
        x.push(x.at(-1)! + dx);
        y.push(y.at(-1)! + dy);
      }
      // Fritsch and Carlson's sufficient condition, checked on every piece.
      const { slopes } = pchip(x, y);
      for (let i = 0; i + 1 < x.length; i++) {
        const limit = (3 * (y[i + 1]! - y[i]!)) / (x[i + 1]! - x[i]!);
        for (const slope of [slopes[i]!, slopes[i + 1]!]) {
          expect(slope).toBeGreaterThanOrEqual(0);
          expect(slope).toBeLessThanOrEqual(limit * (1 + 1e-9));
        }
      }
    }),
  );
});

test('parts of the integral add up', () => {
  const curve = pchip([0, 1, 3, 4, 6], [1, 5, 4, 4, 9]);
  const whole = integrate(curve, 0.3, 5.9);
  const parts = integrate(curve, 0.3, 2.2) + integrate(curve, 2.2, 5.9);
  expect(whole).toBeCloseTo(parts, 12);
  expect(integrate(curve, 2, 2)).toBe(0);
});

test('unusable points and intervals are refused', () => {
  expect(() => pchip([0, 1], [0, 1])).toThrow(RangeError);
  expect(() => pchip([0, 1, 1], [0, 1, 2])).toThrow('strictly increasing');
  expect(() => integrate(pchip([0, 1, 2], [0, 1, 2]), 1, 3)).toThrow(RangeError);
});
