// The shipped .ncr files decode to the symbols that were recorded when they were written: the format
// and the shipped models have not changed under existing files.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decode, parse, readInfo } from '@nacre/codec';
import { psnr } from '@nacre/compare';
import { loadModelFor, readImage } from '@nacre/node';
import { describe, expect, test } from 'vitest';

const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));

interface Golden {
  readonly model: string;
  readonly files: readonly {
    readonly file: string;
    readonly width: number;
    readonly height: number;
    readonly quality: number;
    /** SHA-256 over all hyper-latent symbols, then all latent symbols, int32 little-endian. */
    readonly symbolsSha256: string;
  }[];
}

const golden = JSON.parse(readFileSync(`${SAMPLES}golden.json`, 'utf8')) as Golden;

describe.each(golden.files)('$file', ({ file, width, height, quality, symbolsSha256 }) => {
  test('parses to the recorded symbols', async () => {
    const bytes = await readFile(SAMPLES + file);
    const model = await loadModelFor(bytes);
    expect(model.description.id).toBe(golden.model);
    const { hyperSymbols, symbols } = await parse(model, bytes);
    const hash = createHash('sha256');
    for (const integers of [hyperSymbols, symbols]) {
      const view = new DataView(new ArrayBuffer(4 * integers.length));
      integers.forEach((value, i) => {
        view.setInt32(4 * i, value, true);
      });
      hash.update(view);
    }
    expect(hash.digest('hex')).toBe(symbolsSha256);
    const info = readInfo(bytes);
    expect([info.width, info.height, info.level + 1]).toEqual([width, height, quality]);
  });
});

test('a sample decodes to the photograph it was made from', async () => {
  const { file } = golden.files.find((one) => one.quality === 50)!;
  const bytes = await readFile(SAMPLES + file);
  const original = await readImage(`${SAMPLES}${file.replace(/-\d+\.ncr$/, '.png')}`);
  expect(psnr(original, await decode(await loadModelFor(bytes), bytes))).toBeGreaterThan(25);
});
