// The search that finds the JPEG of the same size: right for every target, in few attempts.
import { expect, test } from 'vitest';
import { nearest } from './nearest.js';

const values = Array.from({ length: 101 }, (_, i) => i ** 2);

async function search(target: number) {
  const tried: number[] = [];
  const found = await nearest({
    range: [0, 100],
    target,
    attempt: async (setting) => {
      tried.push(setting);
      return setting;
    },
    rank: (setting) => values[setting]!,
  });
  return { found, tried };
}

test('finds the nearest for every target', async () => {
  for (let target = 0; target <= 10_000; target += 7) {
    const { found, tried } = await search(target);
    const best = Math.min(...values.map((value) => Math.abs(value - target)));
    expect(Math.abs(values[found]! - target)).toBe(best);
    expect(tried.length).toBeLessThanOrEqual(7);
    expect(new Set(tried).size).toBe(tried.length);
  }
});

test('gives the end of the range for a target out of reach', async () => {
  expect((await search(-5)).found).toBe(0);
  expect((await search(Number.POSITIVE_INFINITY)).found).toBe(100);
});
