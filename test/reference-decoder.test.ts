// The second decoder, written in Python from FORMAT.md alone, makes of the samples what ours makes.

import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decode, parse, type RawImage } from '@nacre/codec';
import { loadModelFor } from '@nacre/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { hashOfSymbols } from './exactness.js';
import { worstDifference } from './images.js';
import { PYTHON, type ReferenceDecoded, referenceDecode } from './reference-decoder.js';
import { SHIPPED } from './runtimes.js';

const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));
const FILES = readdirSync(SAMPLES).filter((name) => name.endsWith('.ncr'));

if (!PYTHON) {
  console.warn(
    'The second decoder is NOT compared: npm test makes the Python environment it needs.',
  );
}

describe.skipIf(!PYTHON)('the second decoder', () => {
  let found: ReferenceDecoded[];
  beforeAll(async () => {
    const files = await Promise.all(FILES.map((name) => readFile(SAMPLES + name)));
    found = await referenceDecode(files, SHIPPED);
  }, 120_000);

  test.each(FILES)('%s: the same symbols, and pixels at most 1 apart', async (name) => {
    const bytes = await readFile(SAMPLES + name);
    const { symbolsSha256, image } = found[FILES.indexOf(name)]!;
    const model = await loadModelFor(bytes);
    expect(symbolsSha256).toBe(hashOfSymbols(await parse(model, bytes)));
    const decoded = await decode(model, bytes);
    const sizeOf = ({ width, height, channels }: RawImage) => [width, height, channels];
    expect(sizeOf(image)).toEqual(sizeOf(decoded));
    for (const kind of ['icc', 'exif', 'xmp'] as const)
      expect(image.metadata?.[kind]).toEqual(decoded.metadata[kind]);
    expect(worstDifference(image.data, decoded.data)).toBeLessThanOrEqual(1);
  });
});
