// The wall in front of the public functions: a wrong argument, in whatever place, is a TypeError that
// names it, before anything is done.

import * as codec from '@nacre/codec';
import * as internal from '@nacre/codec/internal';
import { expect, test } from 'vitest';
import { type Call, testWrongArguments } from '../../../test/wrong-arguments.js';
import * as node from './index.js';

const image = { width: 2, height: 1, channels: 3 as const, data: new Uint8Array(6) };
const bytes = new Uint8Array(8);

/** Every public function but codec's, once for each place of an argument and each option. */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
  encode: [
    (wrong) => node.encode(wrong),
    (wrong) => node.encode(image, wrong),
    (model) => node.encode('none.png', { model }),
    (quality) => node.encode('none.png', { quality }),
    (maxPixels) => node.encode(image, { maxPixels }),
    (windowPixels) => node.encode(image, { windowPixels }),
    (onNotice) => node.encode(image, { onNotice }),
    (strip) => node.encode(image, { strip }),
    (keepProfile) => node.encode('none.png', { keepProfile }),
    (width) => node.encode({ ...image, width }),
    (data) => node.encode({ ...image, data }),
  ],
  decode: [
    (wrong) => node.decode(wrong),
    (wrong) => node.decode('none.ncr', wrong),
    (model) => node.decode('none.ncr', { model }),
    (maxPixels) => node.decode('none.ncr', { maxPixels }),
    (region) => node.decode('none.ncr', { region }),
    (windowPixels) => node.decode(bytes, { windowPixels }),
    (partial) => node.decode('none.ncr', { partial }),
  ],
  measureBits: [
    (wrong) => node.measureBits(wrong),
    (wrong) => node.measureBits('none.ncr', wrong),
    (model) => node.measureBits('none.ncr', { model }),
    (maxPixels) => node.measureBits('none.ncr', { maxPixels }),
  ],
  readImage: [
    (wrong) => node.readImage(wrong),
    (wrong) => node.readImage('none.png', wrong),
    (maxPixels) => node.readImage('none.png', { maxPixels }),
    (onNotice) => node.readImage('none.png', { onNotice }),
    (strip) => node.readImage('none.png', { strip }),
    (keepProfile) => node.readImage('none.png', { keepProfile }),
  ],
  writeImage: [
    (wrong) => node.writeImage(wrong, image),
    (wrong) => node.writeImage('/none/a.png', wrong),
    (wrong) => node.writeImage('/none/a.png', image, wrong),
    (quality) => node.writeImage('/none/a.png', image, { quality }),
    (overwrite) => node.writeImage('/none/a.png', image, { overwrite }),
  ],
  toBuffer: [
    (wrong) => node.toBuffer(wrong, 'png'),
    (wrong) => node.toBuffer(image, wrong),
    (wrong) => node.toBuffer(image, 'png', wrong),
    (quality) => node.toBuffer(image, 'png', { quality }),
    (onNotice) => node.toBuffer(image, 'png', { onNotice }),
  ],
  flatten: [(wrong) => node.flatten(wrong), (data) => node.flatten({ ...image, data })],
  formatOf: [(wrong) => node.formatOf(wrong)],
  checkFormatSize: [
    (wrong) => node.checkFormatSize(wrong, 1, 1),
    (wrong) => node.checkFormatSize('png', wrong, 1),
    (wrong) => node.checkFormatSize('png', 1, wrong),
  ],
  checkSize: [
    (wrong) => node.checkSize(wrong, 1),
    (wrong) => node.checkSize(1, wrong),
    (wrong) => node.checkSize(1, 1, wrong),
  ],
  writeFileAtomic: [
    (wrong) => node.writeFileAtomic(wrong, bytes),
    (wrong) => node.writeFileAtomic('/none/a', wrong),
    (wrong) => node.writeFileAtomic('/none/a', bytes, wrong),
    (overwrite) => node.writeFileAtomic('/none/a', bytes, { overwrite }),
  ],
  loadModel: [
    (wrong) => node.loadModel(wrong),
    (device) => node.loadModel({ device }),
    (threads) => node.loadModel({ threads }),
  ],
  loadModelFor: [
    (wrong) => node.loadModelFor(wrong),
    (wrong) => node.loadModelFor(bytes, wrong),
    (device) => node.loadModelFor(bytes, { device }),
  ],
  listModels: [
    (wrong) => node.listModels(wrong),
    (root) => node.listModels({ root }),
    (onDamaged) => node.listModels({ onDamaged }),
  ],
  readModelFolder: [(wrong) => node.readModelFolder(wrong)],
  removeStaleTemporaries: [(wrong) => node.removeStaleTemporaries(wrong)],
  createRuntime: [
    (wrong) => node.createRuntime(wrong),
    (device) => node.createRuntime({ device }),
    (threads) => node.createRuntime({ threads }),
    (optimizationLevel) => node.createRuntime({ optimizationLevel }),
    (onNotice) => node.createRuntime({ onNotice }),
  ],
};

/** These take nothing, or make a sentence of anything. */
const TAKE_ANYTHING = ['defaultMaxPixels', 'outputExists'];

test('every public function is here', () => {
  const codecs = new Set<unknown>(Object.values({ ...codec, ...internal }));
  const own = Object.entries(node)
    .filter(([, value]) => !codecs.has(value))
    .filter(([name, value]) => typeof value === 'function' && !TAKE_ANYTHING.includes(name))
    .map(([name]) => name);
  expect(Object.keys(CALLS).sort()).toEqual(own.sort());
});

testWrongArguments(CALLS);

test('a forgotten source is named, and a number is no open file', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: that is the point.
  const [nothing, number]: any[] = [undefined, 0];
  await expect(node.encode(nothing)).rejects.toThrow(
    'Expected path, URL, Uint8Array or RawImage for source but received undefined of type undefined',
  );
  for (const read of [node.encode, node.decode, node.readImage]) {
    await expect(read(number)).rejects.toThrow(
      /^Expected path, URL.* but received 0 of type number/,
    );
  }
});
