// The wall in front of the public functions: a wrong argument, in whatever place, is a TypeError that
// names it, before anything is done.
import { expect, test } from 'vitest';
import { type Call, testWrongArguments } from '../../../test/wrong-arguments.js';
import { fakeModel } from '../testing/fake-model.js';
import * as index from './index.js';
import * as internal from './internal.js';

const codec = { ...index, ...internal };
const model = fakeModel();
const image = { width: 2, height: 1, channels: 3 as const, data: new Uint8Array(6) };
const bytes = new Uint8Array(8);
const input = {
  width: 64,
  height: 64,
  greyscale: false,
  level: 0,
  hyperSymbols: new Int32Array(2),
  symbols: new Int32Array(64),
};
const tables = new codec.FrequencyTables([[65_535, 1]]);
const { description, hash, runtime } = model;
const read = async () => bytes;

/** Every public or internal function, once for each place of an argument and each option. */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
  encode: [
    (wrong) => codec.encode(wrong, image),
    (wrong) => codec.encode(model, wrong),
    (wrong) => codec.encode(model, image, wrong),
    (channels) => codec.encode(model, { ...image, channels }),
    (exif) => codec.encode(model, { ...image, metadata: { exif } }),
    (quality) => codec.encode(model, image, { quality }),
    (targetSize) => codec.encode(model, image, { targetSize }),
    (targetPsnr) => codec.encode(model, image, { targetPsnr }),
    (targetSsimulacra2) => codec.encode(model, image, { targetSsimulacra2 }),
    (onNotice) => codec.encode(model, image, { onNotice }),
    (windowPixels) => codec.encode(model, image, { windowPixels }),
    (signal) => codec.encode(model, image, { signal }),
    (onProgress) => codec.encode(model, image, { onProgress }),
  ],
  decode: [
    (wrong) => codec.decode(wrong, bytes),
    (wrong) => codec.decode(model, wrong),
    (wrong) => codec.decode(model, bytes, wrong),
    (maxPixels) => codec.decode(model, bytes, { maxPixels }),
    (windowPixels) => codec.decode(model, bytes, { windowPixels }),
    (onProgress) => codec.decode(model, bytes, { onProgress }),
    (region) => codec.decode(model, bytes, { region }),
    (left) => codec.decode(model, bytes, { region: { left, top: 0, width: 1, height: 1 } }),
    (top) => codec.decode(model, bytes, { region: { left: 0, top, width: 1, height: 1 } }),
    (width) => codec.decode(model, bytes, { region: { left: 0, top: 0, width, height: 1 } }),
    (height) => codec.decode(model, bytes, { region: { left: 0, top: 0, width: 1, height } }),
    (partial) => codec.decode(model, bytes, { partial }),
    (scale) => codec.decode(model, bytes, { scale }),
    (onPreview) => codec.decode(model, bytes, { onPreview }),
  ],
  parse: [
    (wrong) => codec.parse(wrong, bytes),
    (wrong) => codec.parse(model, wrong),
    (wrong) => codec.parse(model, bytes, wrong),
  ],
  measureBits: [
    (wrong) => codec.measureBits(wrong, bytes),
    (wrong) => codec.measureBits(model, wrong),
    (wrong) => codec.measureBits(model, bytes, wrong),
  ],
  openNcr: [
    (wrong) => codec.openNcr(wrong),
    (wrong) => codec.openNcr(bytes, wrong),
    (partial) => codec.openNcr(bytes, { partial }),
  ],
  pack: [
    (wrong) => codec.pack(wrong, input),
    (wrong) => codec.pack(model, wrong),
    (wrong) => codec.pack(model, input, wrong),
    (width) => codec.pack(model, { ...input, width }),
    (height) => codec.pack(model, { ...input, height }),
    (greyscale) => codec.pack(model, { ...input, greyscale }),
    (level) => codec.pack(model, { ...input, level }),
    (hyperSymbols) => codec.pack(model, { ...input, hyperSymbols }),
    (symbols) => codec.pack(model, { ...input, symbols }),
    (tileSide) => codec.pack(model, { ...input, tileSide }),
    (alpha) => codec.pack(model, { ...input, alpha }),
    (metadata) => codec.pack(model, { ...input, metadata }),
    (signal) => codec.pack(model, input, { signal }),
  ],
  levelToQuality: [(wrong) => codec.levelToQuality(wrong, 100)],
  psnr: [
    (wrong) => codec.psnr(wrong, image),
    (wrong) => codec.psnr(image, wrong),
    (wrong) => codec.psnr(image, image, wrong),
    (overWhite) => codec.psnr(image, image, { overWhite }),
  ],
  ssimulacra2: [
    (wrong) => codec.ssimulacra2(wrong, image),
    (wrong) => codec.ssimulacra2(image, wrong),
  ],
  crc32c: [(wrong) => codec.crc32c(wrong)],
  Model: [
    (wrong) => new codec.Model(wrong, hash, runtime, read),
    (wrong) => new codec.Model(description, wrong, runtime, read),
    (wrong) => new codec.Model(description, hash, wrong, read),
    (wrong) => new codec.Model(description, hash, runtime, wrong),
    (wrong) => model.toLevel(wrong),
    (wrong) => model.toQuality(wrong),
    (wrong) => model.getHyperTableRows(wrong),
    (wrong) => model.loadGraph(wrong),
    (wrong) => model.run(wrong, {}, {}),
    (wrong) => model.run('scales', wrong, {}),
    (wrong) => model.run('scales', {}, wrong),
  ],
  FrequencyTables: [
    (wrong) => new codec.FrequencyTables(wrong),
    (wrong) => new codec.FrequencyTables([wrong]),
    (wrong) => new codec.FrequencyTables([[wrong, 1]]),
  ],
  RansEncoder: [
    (wrong) => new codec.RansEncoder(wrong),
    (wrong) => new codec.RansEncoder(tables).put(wrong, bytes),
    (wrong) => new codec.RansEncoder(tables).put(new Int32Array(8), wrong),
  ],
  RansDecoder: [
    (wrong) => new codec.RansDecoder(wrong, bytes),
    (wrong) => new codec.RansDecoder(tables, wrong),
    (wrong) =>
      new codec.RansDecoder(tables, Uint8Array.of(0, 0, 1, 0)).get(wrong, new Int32Array(8)),
    (wrong) => new codec.RansDecoder(tables, Uint8Array.of(0, 0, 1, 0)).get(bytes, wrong),
  ],
};

/** These take any value, or are called by this repository alone. */
const UNCHECKED =
  /^(check|expectedButReceived$|parseModel$|canonicalJson$|NcrFile$|countPixelsIn$|isOf16Bits$)/;

test('the public API is small', () => {
  expect(Object.keys(index).length).toBeLessThanOrEqual(20);
});

test('every function is here', () => {
  const functions = Object.entries(codec)
    .filter(([name, value]) => typeof value === 'function' && !name.endsWith('Error'))
    .map(([name]) => name);
  expect(Object.keys(CALLS).sort()).toEqual(functions.filter((f) => !UNCHECKED.test(f)).sort());
});

testWrongArguments(CALLS);

test('numbers out of range are RangeErrors', () => {
  for (const level of [-1, 100]) expect(() => model.getHyperTableRows(level)).toThrow(RangeError);
  for (const quality of [0, 101]) expect(() => model.toLevel(quality)).toThrow(RangeError);
});
