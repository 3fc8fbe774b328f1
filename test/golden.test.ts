// The shipped .ncr files decode to the symbols and the alpha that were recorded when they were written: the
// format and the shipped models have not changed under existing files. And they are as short as can be.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decode, type Model, openNcr, type ParsedImage, parse, psnr } from '@nacre/codec';
import { loadModelFor, readImage } from '@nacre/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { idealBits } from '../packages/codec/testing/gaussian-latents.js';
import { hashOfBytes, hashOfSymbols } from './exactness.js';

const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));

interface Golden {
  readonly files: readonly {
    readonly file: string;
    /** The id of the model, and the sample that the file was made from. */
    readonly model: string;
    readonly image: string;
    readonly width: number;
    readonly height: number;
    readonly channels: number;
    readonly quality: number;
    /** As `hashOfSymbols`. */
    readonly symbolsSha256: string;
    /** SHA-256 over the alpha of all pixels, one byte each; of images that have any. */
    readonly alphaSha256?: string;
  }[];
}

const golden = JSON.parse(readFileSync(`${SAMPLES}golden.json`, 'utf8')) as Golden;

describe.each(golden.files)('$file', (recorded) => {
  const { file, width, height, channels, quality, symbolsSha256 } = recorded;
  let bytes: Uint8Array;
  let model: Model;
  let parsed: ParsedImage;
  beforeAll(async () => {
    bytes = await readFile(SAMPLES + file);
    model = await loadModelFor(bytes);
    parsed = await parse(model, bytes);
  }, 60_000);

  test('parses to the recorded symbols', () => {
    expect(model.description.id).toBe(recorded.model);
    expect(hashOfSymbols(parsed)).toBe(symbolsSha256);
    const opened = openNcr(bytes);
    expect([opened.width, opened.height, opened.channels]).toEqual([width, height, channels]);
    expect(model.toQuality(opened.level)).toBe(quality);
  });

  test('takes at most 0.5 % more than the ideal code length, and 4 bytes a tile', () => {
    const { hyperSymbols, symbols, scaleIndices, level } = parsed;
    const channels = model.getHyperTableRows(level);
    const cells = hyperSymbols.length / channels.length;
    const hyperIndices = Uint8Array.from(hyperSymbols, (_, i) => channels[Math.floor(i / cells)]!);
    const rows = model.description.bitstream.tables.frequencies;
    const ideal =
      idealBits(rows, { symbols: hyperSymbols, tableIndices: hyperIndices }) +
      idealBits(rows, { symbols, tableIndices: scaleIndices });
    const { tiles } = openNcr(bytes);
    const written = tiles.reduce((sum, tile) => sum + 8 * tile.byteLength, 0);
    expect(written).toBeGreaterThan(ideal);
    expect(written).toBeLessThan(1.005 * ideal + 32 * tiles.length);
  });
});

test.each(golden.files.filter((one) => one.alphaSha256))(
  '$file has the recorded alpha, and the metadata of its image',
  async ({ file, image, channels, alphaSha256 }) => {
    const bytes = await readFile(SAMPLES + file);
    const { data, metadata } = await decode(await loadModelFor(bytes), bytes);
    const alphaOf = (samples: ArrayLike<number>) =>
      Uint8Array.from(samples).filter((_, i) => i % channels === channels - 1);
    expect(hashOfBytes(alphaOf(data))).toBe(alphaSha256);
    const original = await readImage(SAMPLES + image);
    expect(alphaOf(data)).toEqual(alphaOf(original.data));
    expect(metadata).toEqual(original.metadata);
  },
);

test('a sample decodes to the photograph it was made from', async () => {
  const { file, image } = golden.files.find((one) => one.quality === 50)!;
  const bytes = await readFile(SAMPLES + file);
  const original = await readImage(SAMPLES + image);
  expect(psnr(original, await decode(await loadModelFor(bytes), bytes))).toBeGreaterThan(25);
});
