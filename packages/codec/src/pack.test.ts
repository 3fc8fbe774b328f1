// Packing is the inverse of parsing, and other symbols make another file.
import { describe, expect, test } from 'vitest';
import { fakeModel } from '../testing/fake-model.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import type { Channels, RawImage } from './image.js';
import { openNcr } from './ncr-file.js';
import { pack } from './pack.js';
import { parse } from './parse.js';

const model = fakeModel();

function testImage(width: number, height: number, channels: Channels): RawImage {
  const data = new Uint8Array(channels * width * height).map((_, i) => (i * i) % 250);
  const metadata = { exif: Uint8Array.of(1, 2, 3), xmp: Uint8Array.of(4) };
  return { width, height, channels, data, metadata };
}

test.each([
  [1, 1, 3],
  [1100, 130, 1],
  [300, 1100, 2],
  [200, 70, 4],
] as const)(
  'what was parsed of %i×%i×%i packs to the same bytes',
  async (width, height, channels) => {
    const bytes = await encode(model, testImage(width, height, channels), { quality: 60 });
    expect(await pack(model, await parse(model, bytes))).toEqual(bytes);
  },
);

test('other symbols make another file, with everything else as it was', async () => {
  const bytes = await encode(model, testImage(200, 70, 4), { quality: 60 });
  const parsed = await parse(model, bytes);
  const symbols = parsed.symbols.map((symbol) => (Math.abs(symbol) > 1 ? symbol : 0));
  const packed = await pack(model, { ...parsed, symbols, tileSide: 64 });
  expect(await parse(model, packed)).toMatchObject({ symbols, tileSide: 64, alpha: parsed.alpha });
  expect(openNcr(packed).metadata).toEqual(openNcr(bytes).metadata);
  expect(openNcr(packed).tiles.length).toBe(8);
});

test('no more is needed than sizes and symbols', async () => {
  const packed = await pack(model, {
    width: 64,
    height: 64,
    greyscale: true,
    level: 5,
    hyperSymbols: new Int32Array(2),
    symbols: new Int32Array(4 * 16),
  });
  expect((await decode(model, packed)).channels).toBe(1);
});

describe('refuses', () => {
  const input = {
    width: 64,
    height: 64,
    greyscale: false,
    level: 0,
    hyperSymbols: new Int32Array(2),
    symbols: new Int32Array(64),
  };

  test.each([
    ['a width of 0', { width: 0 }],
    ['a level of another model', { level: 100 }],
    ['too few symbols', { symbols: new Int32Array(63) }],
    ['a hyper-latent out of range', { hyperSymbols: Int32Array.of(0, 128) }],
    ['a latent out of range', { symbols: new Int32Array(64).fill(-32_768, 3, 4) }],
    ['tiles that are no power of 2', { tileSide: 100 }],
    ['tiles that are too small', { tileSide: 32 }],
    ['alpha of another size', { alpha: new Uint8Array(64) }],
  ])('%s', async (_, wrong) => {
    await expect(pack(model, { ...input, ...wrong })).rejects.toThrow(RangeError);
  });
});
