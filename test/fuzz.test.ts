// A few of the fuzzer's mutations (packages/codec/testing) where real networks run: a damaged stream feeds
// them integers that no encoder would.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from '@nacre/codec';
import { loadModel } from '@nacre/node';
import { expect, test } from 'vitest';
import { fuzzOne, type Target, targetOf } from '../packages/codec/testing/fuzz.js';
import { retile } from '../packages/codec/testing/retile.js';
import { photograph } from './images.js';
import { SHIPPED, TINY } from './runtimes.js';

const COUNT = 300;
const SEED = 1;
const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));

test(`${COUNT} damaged files of real models: a typed error, or an image that says what is missing`, async () => {
  const tiny = await loadModel({ model: TINY, threads: 1 });
  const tiled = await retile(tiny, await encode(tiny, photograph(130, 70)), 6);
  const targets: Target[] = [await targetOf('tiles', tiny, tiled)];
  if (existsSync(join(SHIPPED, 'scales.onnx'))) {
    const shipped = await loadModel({ model: SHIPPED, threads: 1 });
    for (const name of ['tiny-50.ncr', 'badge-50.ncr']) {
      targets.push(await targetOf(name, shipped, await readFile(SAMPLES + name)));
    }
  }
  const violations: string[] = [];
  for (let i = 0; i < COUNT; i++) {
    const { target, mutation, violation } = await fuzzOne(targets, SEED, i, false);
    if (violation !== undefined) violations.push(`${i}, ${mutation} of ${target}: ${violation}`);
  }
  expect(violations).toEqual([]);
}, 300_000);
