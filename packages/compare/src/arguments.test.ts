// The wall in front of the public functions: a wrong argument, in whatever place, is a TypeError that
// names it, before anything is done.
import { expect, test } from 'vitest';
import { type Call, testWrongArguments } from '../../../test/wrong-arguments.js';
import * as compare from './index.js';

const image = { width: 2, height: 1, channels: 3 as const, data: new Uint8Array(6) };
const codec = compare.sharpCodec('jpeg');
const curve = { name: 'none', points: {} };
const points = [1, 2, 3, 4].map((n) => ({ bpp: n, score: 30 + n }));
const options = { images: [] };

/** Every public function, once for each place of an argument. */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
  readCurve: [(wrong) => compare.readCurve(wrong)],
  writeCurve: [
    (wrong) => compare.writeCurve(wrong, curve, ''),
    (wrong) => compare.writeCurve('/none/a.json', wrong, ''),
    (points) => compare.writeCurve('/none/a.json', { ...curve, points }, ''),
    (wrong) => compare.writeCurve('/none/a.json', curve, wrong),
  ],
  bdRate: [
    (wrong) => compare.bdRate(wrong, []),
    (wrong) => compare.bdRate(points, wrong),
    (wrong) => compare.bdRate(points, points, wrong),
  ],
  bdScore: [(wrong) => compare.bdScore(wrong, []), (wrong) => compare.bdScore(points, wrong)],
  besideJpeg: [
    (wrong) => compare.besideJpeg(wrong, image, 50),
    (encode) => compare.besideJpeg({ ...codec, encode }, image, 50),
    (decode) => compare.besideJpeg({ ...codec, decode }, image, 50),
    (wrong) => compare.besideJpeg(codec, wrong, 50),
    (wrong) => compare.besideJpeg(codec, image, wrong),
  ],
  formatBesideJpeg: [(wrong) => compare.formatBesideJpeg(wrong)],
  nacreCodec: [(wrong) => compare.nacreCodec(wrong)],
  sharpCodec: [(wrong) => compare.sharpCodec(wrong)],
  openCodec: [(wrong) => compare.openCodec(wrong)],
  isCodecName: [], // accepts anything
  colourError: [
    (wrong) => compare.colourError(wrong, image),
    (wrong) => compare.colourError(image, wrong),
  ],
  cropsBeside: [
    (wrong) => compare.cropsBeside(wrong, 2),
    (wrong) => compare.cropsBeside([image], wrong),
  ],
  prepareBlindTest: [
    (wrong) => compare.prepareBlindTest(wrong),
    (images) => compare.prepareBlindTest({ images }),
    (codecs) => compare.prepareBlindTest({ ...options, codecs: ['jpeg', codecs] }),
  ],
  writeBlindTest: [
    (wrong) => compare.writeBlindTest(wrong, {} as compare.BlindTest),
    (wrong) => compare.writeBlindTest('/none', wrong),
    (wrong) => compare.writeBlindTest('/none', {} as compare.BlindTest, wrong),
  ],
  checkFree: [(wrong) => compare.checkFree(wrong), (wrong) => compare.checkFree('/none', wrong)],
  codedOfBytes: [
    (wrong) => compare.codedOfBytes(wrong, image, 1000),
    (wrong) => compare.codedOfBytes(codec, wrong, 1000),
    (wrong) => compare.codedOfBytes(codec, image, wrong),
  ],
  codedOfPsnr: [
    (wrong) => compare.codedOfPsnr(wrong, image, 30),
    (wrong) => compare.codedOfPsnr(codec, wrong, 30),
    (wrong) => compare.codedOfPsnr(codec, image, wrong),
  ],
  hasButteraugli: [], // takes nothing
  butteraugli: [
    (wrong) => compare.butteraugli(wrong, image),
    (wrong) => compare.butteraugli(image, wrong),
  ],
  compare: [
    (wrong) => compare.compare(wrong),
    (images) => compare.compare({ images }),
    (codecs) => compare.compare({ ...options, codecs: [codecs] }),
    (metrics) => compare.compare({ ...options, metrics: [metrics] }),
    (anchors) => compare.compare({ ...options, anchors }),
  ],
  writeReport: [
    (wrong) => compare.writeReport(wrong, {} as compare.Comparison),
    (wrong) => compare.writeReport('/none', wrong),
    (wrong) => compare.writeReport('/none', {} as compare.Comparison, wrong),
  ],
  summaryOf: [(wrong) => compare.summaryOf(wrong)],
  parseQualities: [(wrong) => compare.parseQualities(wrong)],
  msSsim: [(wrong) => compare.msSsim(wrong, image), (wrong) => compare.msSsim(image, wrong)],
  averageOverImages: [
    (wrong) => compare.averageOverImages(wrong, 'psnr'),
    (wrong) => compare.averageOverImages([], wrong),
  ],
  measure: [
    (wrong) => compare.measure(wrong, 'a', image, 50, ['psnr']),
    (wrong) => compare.measure(codec, wrong, image, 50, ['psnr']),
    (wrong) => compare.measure(codec, 'a', wrong, 50, ['psnr']),
    (wrong) => compare.measure(codec, 'a', image, wrong, ['psnr']),
    (wrong) => compare.measure(codec, 'a', image, 50, wrong),
    (wrong) => compare.measure(codec, 'a', image, 50, [wrong]),
  ],
};

test('every public function is here', () => {
  const functions = Object.entries(compare).filter(([, value]) => typeof value === 'function');
  expect(Object.keys(CALLS).sort()).toEqual(functions.map(([name]) => name).sort());
});

testWrongArguments(CALLS);

test('values out of range are RangeErrors', async () => {
  expect(() => compare.formatBesideJpeg([])).toThrow(RangeError);
  await expect(compare.codedOfPsnr(codec, image, Number.NaN)).rejects.toThrow(RangeError);
  await expect(compare.measure(codec, 'a', image, 0, ['psnr'])).rejects.toThrow(RangeError);
  expect(() => compare.msSsim(image, image)).toThrow('161 pixels or more');
  await expect(compare.compare({ ...options, codecs: [] })).rejects.toThrow(RangeError);
  await expect(compare.compare({ ...options, qualities: [0] })).rejects.toThrow(RangeError);
});
