// What FrequencyTables accepts and refuses, and that every state value finds its slot.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gaussianRow, SIGMAS, symbolProbability, upperTail } from '../testing/gaussian-latents.js';
import { randomRow } from '../testing/random-rows.js';
import { FrequencyTables } from './tables.js';

test('every value of the lower state half leads to the slot that holds it', () => {
  fc.assert(
    fc.property(fc.array(randomRow(60), { minLength: 1, maxLength: 4 }), (rows) => {
      const { slots, lookup, centers, bounds } = new FrequencyTables(rows);
      for (const [index, row] of rows.entries()) {
        const first = centers[index]! - bounds[index]!;
        let value = 0;
        for (const [slot, frequency] of row.entries()) {
          expect(slots[first + slot]).toBe(value * 65536 + frequency);
          // The coder looks up and then steps forward: the entry must not lie behind the slot.
          const entry = lookup[256 * index + (value >> 8)]!;
          expect(entry).toBeLessThanOrEqual(first + slot);
          expect(slots[entry]! >>> 16).toBeLessThanOrEqual(value & 0xff00);
          value += frequency;
        }
      }
    }),
  );
});

test('takes the largest row, the smallest row and 256 rows', () => {
  const largest = new Array<number>(2048).fill(1);
  largest[1023] = 65536 - 2047;
  expect(new FrequencyTables([largest]).bounds[0]).toBe(1023);
  expect(new FrequencyTables([[1, 65535]]).bounds[0]).toBe(0);
  expect(new FrequencyTables(new Array<number[]>(256).fill([1, 65535])).rows).toBe(256);
});

test.each<[unknown, string]>([
  ['rows', 'Expected array of rows for frequencies but received "rows" of type string'],
  [[], 'Expected integer in 1..256 for frequencies.length but received 0 of type number'],
  [new Array(257).fill([1, 65535]), 'for frequencies.length but received 257'],
  [[[1, 65535], 7], 'Expected array for frequencies[1] but received 7 of type number'],
  [[[]], 'Expected even number in 2..2048 for frequencies[0].length but received 0'],
  [[[30000, 5536, 30000]], 'for frequencies[0].length but received 3'],
  [[new Array(2050).fill(1)], 'for frequencies[0].length but received 2050'],
  [
    [
      [1, 65535],
      [1, 65534],
    ],
    'Expected 65536 for the sum of frequencies[1] but received 65535',
  ],
  [[[65535, 2]], 'Expected 65536 for the sum of frequencies[0] but received 65537'],
  [[[65536, 0]], 'Expected integer in 1..65535 for frequencies[0][0] but received 65536'],
  [[[30000, 0, 30000, 5536]], 'for frequencies[0][1] but received 0 of type number'],
  [[[-5, 65541]], 'for frequencies[0][0] but received -5 of type number'],
  [[[32768.5, 32767.5]], 'for frequencies[0][0] but received 32768.5 of type number'],
  [[['32768', 32768]], 'for frequencies[0][0] but received "32768" of type string'],
  [[new Array(2)], 'for frequencies[0][0] but received undefined of type undefined'],
])('refuses %j', (rows, message) => {
  expect(() => new FrequencyTables(rows as number[][])).toThrow(message);
});

test('the Gaussian rows of the tests follow the rule of the shipped rows', () => {
  expect(upperTail(0)).toBe(0.5);
  expect(upperTail(1)).toBeCloseTo(0.15865525393145705, 14);
  expect(upperTail(2.999)).toBeCloseTo(upperTail(3.001) + 0.002 * 0.00443184841, 9);
  expect(upperTail(6) / 9.865876450376981e-10).toBeCloseTo(1, 9);
  expect(gaussianRow(SIGMAS[0]!)).toEqual([65535, 1]);
  for (const sigma of SIGMAS) {
    const row = gaussianRow(sigma);
    const bound = row.length / 2 - 1;
    expect(() => new FrequencyTables([row])).not.toThrow();
    expect(row[bound]! / 65536).toBeCloseTo(symbolProbability(sigma, 0), 2);
  }
});
