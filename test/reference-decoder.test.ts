// The second decoder, written in Python from FORMAT.md alone, makes of the samples what ours makes.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decode, parse, type RawImage } from '@nacre/codec';
import { loadModelFor } from '@nacre/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { hashOfSymbols } from './exactness.js';
import { worstDifference } from './images.js';
import { PYTHON, type ReferenceDecoded, referenceDecode } from './reference-decoder.js';

const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));
const MODELS = fileURLToPath(new URL('../models/', import.meta.url));

/** The files of a model in `samples/`. */
function filesOf(model: string): string[] {
  const golden: { files: { file: string; model: string }[] } = JSON.parse(
    readFileSync(`${SAMPLES}golden.json`, 'utf8'),
  );
  return golden.files.filter((one) => one.model === model).map(({ file }) => file);
}

if (!PYTHON) {
  console.warn(
    'The second decoder is NOT compared: npm test makes the Python environment it needs.',
  );
}

describe.skipIf(!PYTHON).each(['photo-6', 'photo-7'])('the second decoder, with %s', (id) => {
  const names = filesOf(id);
  let found: ReferenceDecoded[];
  beforeAll(async () => {
    const files = await Promise.all(names.map((name) => readFile(SAMPLES + name)));
    found = await referenceDecode(files, MODELS + id);
  }, 120_000);

  test.each(names)('%s: the same symbols, and pixels at most 1 apart', async (name) => {
    const bytes = await readFile(SAMPLES + name);
    const { symbolsSha256, image } = found[names.indexOf(name)]!;
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
