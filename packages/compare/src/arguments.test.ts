// The wall in front of the public functions: a wrong argument, in whatever place, is a TypeError that
// names it, before anything is done.
import { expect, test } from 'vitest';
import { type Call, testWrongArguments } from '../../../test/wrong-arguments.js';
import * as compare from './index.js';

const image = { width: 2, height: 1, channels: 3 as const, data: new Uint8Array(6) };
const codec = compare.sharpJpeg;
const curve = { name: 'none', points: [] };
const points = [1, 2, 3, 4].map((n) => ({ bpp: n, psnr: 30 + n }));

/** Every public function, once for each place of an argument. */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
  readCurve: [(wrong) => compare.readCurve(wrong)],
  writeCurve: [
    (wrong) => compare.writeCurve(wrong, curve, ''),
    (wrong) => compare.writeCurve('/none/a.json', wrong, ''),
    (points) => compare.writeCurve('/none/a.json', { ...curve, points }, ''),
    (wrong) => compare.writeCurve('/none/a.json', curve, wrong),
  ],
  bdRate: [(wrong) => compare.bdRate(wrong, []), (wrong) => compare.bdRate(points, wrong)],
  besideJpeg: [
    (wrong) => compare.besideJpeg(wrong, image, 50),
    (code) => compare.besideJpeg({ ...codec, code }, image, 50),
    (wrong) => compare.besideJpeg(codec, wrong, 50),
    (wrong) => compare.besideJpeg(codec, image, wrong),
  ],
  formatBesideJpeg: [(wrong) => compare.formatBesideJpeg(wrong)],
  nacreCodec: [(wrong) => compare.nacreCodec(wrong)],
  jpegOfBytes: [
    (wrong) => compare.jpegOfBytes(wrong, 1000),
    (wrong) => compare.jpegOfBytes(image, wrong),
  ],
  jpegOfPsnr: [
    (wrong) => compare.jpegOfPsnr(wrong, 30),
    (wrong) => compare.jpegOfPsnr(image, wrong),
  ],
  meanSquaredError: [
    (wrong) => compare.meanSquaredError(wrong, image),
    (wrong) => compare.meanSquaredError(image, wrong),
  ],
  psnr: [(wrong) => compare.psnr(wrong, image), (wrong) => compare.psnr(image, wrong)],
  averageOverPictures: [(wrong) => compare.averageOverPictures(wrong)],
  firstStepNotUp: [
    (wrong) => compare.firstStepNotUp(wrong, 'bytes'),
    (wrong) => compare.firstStepNotUp([], wrong),
  ],
  measure: [
    (wrong) => compare.measure(wrong, 'a', image, 50),
    (wrong) => compare.measure(codec, wrong, image, 50),
    (wrong) => compare.measure(codec, 'a', wrong, 50),
    (wrong) => compare.measure(codec, 'a', image, wrong),
  ],
};

test('every public function is here', () => {
  const functions = Object.entries(compare).filter(([, value]) => typeof value === 'function');
  expect(Object.keys(CALLS).sort()).toEqual(functions.map(([name]) => name).sort());
});

testWrongArguments(CALLS);

test('values out of range are RangeErrors', async () => {
  expect(() => compare.formatBesideJpeg([])).toThrow(RangeError);
  await expect(compare.jpegOfPsnr(image, Number.NaN)).rejects.toThrow(RangeError);
  await expect(compare.measure(codec, 'a', image, 0)).rejects.toThrow(RangeError);
  expect(() => compare.psnr(image, { ...image, width: 1 })).toThrow(RangeError);
});
