// Every size that a header can hold comes back as it went in, at every quality, with the tiny model.

import { decode, encode, type Model, openNcr, parse, psnr } from '@nacre/codec';
import { loadModel } from '@nacre/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { photograph } from './images.js';
import { TINY } from './runtimes.js';

let model: Model;
beforeAll(async () => {
  model = await loadModel({ model: TINY });
});

const SIZES: readonly (readonly [width: number, height: number])[] = [
  [1, 1],
  [1, 7],
  [300, 1],
  [1, 300],
  [63, 65],
  [64, 64],
  [65, 63],
  [127, 129],
  [513, 600],
];

describe.each(SIZES)('%i×%i', (width, height) => {
  test.each([1, 50, 100])('quality %i', async (quality) => {
    const image = photograph(width, height);
    const file = await encode(model, image, { quality });
    const info = openNcr(file);
    expect([info.width, info.height]).toEqual([width, height]);
    const decoded = await decode(model, file);
    expect([decoded.width, decoded.height]).toEqual([width, height]);
    expect(decoded.data.length).toBe(3 * width * height);
  });
});

test.each([
  [65_535, 1],
  [1, 65_535],
])('the longest sides, %i×%i', async (width, height) => {
  const file = await encode(model, photograph(width, height), { quality: 50 });
  const decoded = await decode(model, file);
  expect([decoded.width, decoded.height]).toEqual([width, height]);
});

test('an image of one tile spends at most 48 bytes on anything but symbols', async () => {
  const file = await encode(model, photograph(1, 1), { quality: 1 });
  const { symbols, hyperSymbols } = await parse(model, file);
  expect(symbols.length).toBe(model.description.bitstream.latentChannels * 16);
  expect(hyperSymbols.length).toBe(model.description.bitstream.hyperChannels);
  const { tiles } = openNcr(file);
  expect(file.length - tiles.reduce((sum, tile) => sum + tile.byteLength, 0)).toBeLessThanOrEqual(
    48,
  );
});

test('the same image gives the same bytes, another model instance decodes them alike', async () => {
  const image = photograph(200, 130);
  const file = await encode(model, image, { quality: 40 });
  expect(await encode(model, image, { quality: 40 })).toEqual(file);
  const other = await loadModel({ model: TINY, threads: 1 });
  expect((await parse(other, file)).symbols).toEqual((await parse(model, file)).symbols);
});

test('what is decoded is the image: closer to it at a higher quality, and upright', async () => {
  const image = photograph(256, 192);
  const psnrAt = async (quality: number) =>
    psnr(image, await decode(model, await encode(model, image, { quality })));
  const grey = { ...image, data: new Uint8Array(image.data.length).fill(128) };
  const [low, high] = [await psnrAt(1), await psnrAt(100)];
  expect(high).toBeGreaterThan(low);
  expect(high).toBeGreaterThan(psnr(image, grey) + 10);
});

test('a file cut off or changed anywhere is refused with a typed error', async () => {
  const file = await encode(model, photograph(70, 40), { quality: 50 });
  const codes = ['CORRUPT_FILE', 'NOT_NCR', 'UNSUPPORTED_VERSION', 'MODEL_MISMATCH'];
  const codeOf = async (bytes: Uint8Array) =>
    await decode(model, bytes).then(
      () => 'decoded',
      (error: { code: unknown }) => error.code,
    );
  for (let length = 0; length < file.length; length += 1 + Math.floor(length / 16)) {
    expect(codes, `${length} bytes`).toContain(await codeOf(file.subarray(0, length)));
  }
  for (let at = 0; at < file.length; at += 1 + Math.floor(at / 32)) {
    const changed = Uint8Array.from(file);
    changed[at]! ^= 1 << (at % 8);
    expect(codes, `byte ${at}`).toContain(await codeOf(changed));
  }
  expect(await codeOf(Uint8Array.from([...file, 0]))).toBe('CORRUPT_FILE');
});
