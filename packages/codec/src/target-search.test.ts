// Targets are found with few encodings, whatever the image; a made-up codec stands in for the networks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TargetError } from './errors.js';
import type { Rounding } from './quantize.js';
import { searchScore, searchSize } from './target-search.js';
import { checkTargetOptions } from './targets.js';

const LEVELS = 100;

/** A codec whose files grow by a percentage a level and shrink with the dead zone, with some noise. */
function codec({ first = 3000, growth = 0.035, shrink = 0.7, bend = 0, noise = 0 } = {}) {
  let encodings = 0;
  const opened: number[] = [];
  const sizeAt = (level: number, deadZone = 0): number => {
    const wobble = noise * (((level * 7919) % 13) / 13 - 0.5);
    const log = growth * level * (1 - (bend * level) / 200) - shrink * deadZone + wobble;
    return Math.round(first * Math.exp(log));
  };
  return {
    sizeAt,
    count: () => encodings,
    /** The levels whose analysis was run. */
    opened,
    open: (level: number) => {
      opened.push(level);
      return {
        encode: async ({ deadZone }: Rounding) => {
          encodings += 1;
          return new Uint8Array(sizeAt(level, deadZone));
        },
      };
    },
  };
}

describe('a size', () => {
  test('is kept and nearly reached, in few encodings', async () => {
    const shape = fc.record({
      first: fc.integer({ min: 500, max: 50_000 }),
      growth: fc.double({ min: 0.02, max: 0.06, noNaN: true }),
      shrink: fc.double({ min: 0.4, max: 1.5, noNaN: true }),
      bend: fc.double({ min: 0, max: 0.8, noNaN: true }),
    });
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    await fc.assert(
      fc.asyncProperty(shape, share, async (made, at) => {
        const { sizeAt, open, count, opened } = codec(made);
        const least = sizeAt(0);
        const most = sizeAt(LEVELS - 1);
        const target = Math.round(least * (most / least) ** at);
        const file = await searchSize(target, LEVELS, open);
        expect(file.length).toBeLessThanOrEqual(target);
        expect(file.length).toBeGreaterThanOrEqual(0.98 * target);
        expect(count()).toBeLessThanOrEqual(12);
        expect(new Set(opened).size).toBe(opened.length);
      }),
    );
  });

  test('is kept though the files do not grow with every level', async () => {
    for (let target = 4000; target < 60_000; target += 777) {
      const { open, count } = codec({ noise: 0.06 });
      const file = await searchSize(target, LEVELS, open);
      expect(file.length).toBeLessThanOrEqual(target);
      expect(file.length).toBeGreaterThanOrEqual(0.94 * target);
      expect(count()).toBeLessThanOrEqual(16);
    }
  });

  test('that the lowest level just misses is reached by its dead zone', async () => {
    const file = await searchSize(2900, LEVELS, codec().open);
    expect(file.length).toBeLessThanOrEqual(2900);
    expect(file.length).toBeGreaterThanOrEqual(0.98 * 2900);
  });

  test('that nothing reaches is an error that says what is least', async () => {
    const search = searchSize(500, LEVELS, codec().open);
    await expect(search).rejects.toThrow(TargetError);
    await expect(search).rejects.toThrow(
      'The image takes 3000 bytes at the lowest quality and may take 500: allow more',
    );
  });

  test('that nothing fills gives the highest level, and says so', async () => {
    const { sizeAt, open } = codec();
    const notices: string[] = [];
    const file = await searchSize(10 ** 7, LEVELS, open, (text) => notices.push(text));
    expect(file.length).toBe(sizeAt(99));
    expect(notices).toEqual([`Quality 100 takes no more than ${file.length} bytes.`]);
  });

  test.each([1, 2, 3])('in a model of %i levels', async (levels) => {
    const file = await searchSize(3100, levels, codec().open);
    expect(file.length).toBeLessThanOrEqual(3100);
    expect(file.length).toBeGreaterThanOrEqual(3000);
  });
});

describe('a score', () => {
  const metric = { unit: ' dB', levelStep: 0.17 };
  const scorer = (slope: number) => async (level: number) => ({
    file: new Uint8Array(level),
    score: 26 + slope * level,
  });

  test('is reached by the lowest level that does', async () => {
    for (const slope of [0.1, 0.17, 0.25]) {
      for (const target of [20, 26, 26.05, 30, 33.333]) {
        const { length } = await searchScore(metric, target, LEVELS, scorer(slope));
        expect(26 + slope * length).toBeGreaterThanOrEqual(target);
        if (length > 0) expect(26 + slope * (length - 1)).toBeLessThan(target);
      }
    }
  });

  test('of the highest level is within reach, and beyond it is an error', async () => {
    const best = 26 + 0.25 * 99;
    expect((await searchScore(metric, best, LEVELS, scorer(0.25))).length).toBe(99);
    const search = searchScore(metric, 60, LEVELS, scorer(0.17));
    await expect(search).rejects.toThrow(TargetError);
    await expect(search).rejects.toThrow(
      'Quality 100 reaches no more than 42.83 dB and 60 dB are asked for: choose a lower target.',
    );
  });
});

test('one target at most, each in its range', () => {
  for (const options of [{}, { quality: 1 }, { targetSize: 1 }, { targetPsnr: 36.5 }]) {
    expect(() => checkTargetOptions(options)).not.toThrow();
  }
  for (const options of [
    { targetSize: 0 },
    { targetSize: 1.5 },
    { targetPsnr: 0 },
    { targetSsimulacra2: 101 },
  ]) {
    expect(() => checkTargetOptions(options)).toThrow(RangeError);
  }
  expect(() => checkTargetOptions({ quality: 50, targetSize: 1000 })).toThrow(
    'Expected one of quality, targetSize, targetPsnr and targetSsimulacra2 for options but received "quality and targetSize"',
  );
});
