// Scale indices are the same integers on every runtime: those that PyTorch found when the fixture was
// exported. One that differed would make a file unreadable elsewhere.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode, type ParsedImage, parse } from '@nacre/codec';
import { createRuntime } from '@nacre/node';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type ExactnessCase,
  hashOfBytes,
  hashOfScales,
  integersOf,
  madeUpIntegers,
} from './exactness.js';
import { photograph } from './images.js';
import { modelOn, RUNTIMES, SHIPPED, TINY } from './runtimes.js';

/** Model folders whose exactness.json says what PyTorch found: the fixture, and the shipped model. */
const FOLDERS = existsSync(join(SHIPPED, 'exactness.json')) ? [TINY, SHIPPED] : [TINY];

// A browser starts, and its WebGPU may run on the CPU.
vi.setConfig({ testTimeout: 180_000 });

/** Worked out in Python from the description in exactness.ts. */
const RECIPE_FROM_SEED_1 = [-68, -34, 0, 6, -116, -34, 1, 3];

test('the recipe makes the numbers that its description says', () => {
  const z = madeUpIntegers(4096, 1);
  expect([...z.slice(0, 8)]).toEqual(RECIPE_FROM_SEED_1);
  expect(Math.min(...z)).toBe(-127);
  expect(Math.max(...z)).toBe(127);
});

describe.each(RUNTIMES)('%s', (_, makeRuntime) => {
  for (const folder of FOLDERS) {
    const { cases } = JSON.parse(readFileSync(join(folder, 'exactness.json'), 'utf8')) as {
      cases: ExactnessCase[];
    };
    test(`${cases.length} cases of ${folder}`, async () => {
      const model = await modelOn(await makeRuntime(), folder);
      expect(cases.length).toBeGreaterThan(0);
      for (const one of cases) {
        const integers = integersOf(model.description, one);
        expect(await hashOfScales(model, integers)).toBe(one.sha256);
      }
      await model.release();
    });
  }

  describe('a file written on onnxruntime-node', () => {
    const image = photograph(150, 90);
    let file: Uint8Array;
    let parsed: ParsedImage;
    let pixels: ArrayLike<number>;
    beforeAll(async () => {
      const model = await modelOn(await createRuntime());
      file = await encode(model, image, { quality: 60 });
      parsed = await parse(model, file);
      ({ data: pixels } = await decode(model, file));
      await model.release();
    });

    test('parses to the same symbols, and decodes to pixels at most 1 apart', async () => {
      const model = await modelOn(await makeRuntime());
      expect((await parse(model, file)).symbols).toEqual(parsed.symbols);
      const { data } = await decode(model, file);
      expect(data.length).toBe(pixels.length);
      for (let i = 0; i < data.length; i++) {
        if (Math.abs(data[i]! - pixels[i]!) > 1) expect(data[i], `sample ${i}`).toBe(pixels[i]);
      }
      await model.release();
    });

    test('has the tables that its symbols lead to, step by step', async () => {
      const model = await modelOn(await makeRuntime());
      const { level, hyperSymbols, symbols, scaleIndices } = parsed;
      // 150×90 pixels are one tile.
      const z = Float32Array.from(hyperSymbols);
      const tile = { level, rows: 2, columns: 3, z, symbols };
      expect(await hashOfScales(model, tile)).toBe(hashOfBytes(scaleIndices));
      await model.release();
    });
  });
});
