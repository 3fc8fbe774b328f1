// Averaging over images, and sharp's codecs against their published curves on Kodak.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { readCurve } from './anchor.js';
import { type Measurement, measure } from './measure.js';
import { averageOverImages, firstStepNotUp, ratePoints } from './rate-distortion.js';
import { sharpCodec } from './sharp-codecs.js';

const one: Measurement = {
  image: 'a',
  codec: 'c',
  quality: 2,
  width: 10,
  height: 10,
  bytes: 100,
  bpp: 8,
  values: { psnr: 40, 'ms-ssim': 0.9 },
  failures: {},
  encodeMs: 10,
  decodeMs: 2,
};
// A second image of another size: bits per pixel and decibels are averaged, not pooled.
const two: Measurement = {
  ...one,
  image: 'b',
  width: 20,
  bytes: 300,
  bpp: 12,
  values: { psnr: 30, 'ms-ssim': 0.99 },
  encodeMs: 30,
};
const low: Measurement = { ...one, quality: 1, bytes: 50, bpp: 4, values: { psnr: 20 } };

test('means are taken image by image, and sorted by quality', () => {
  expect(averageOverImages([one, two, low], 'psnr')).toEqual([
    { quality: 1, bytes: 50, bpp: 4, value: 20, encodeMs: 10, decodeMs: 2 },
    { quality: 2, bytes: 200, bpp: 10, value: 35, encodeMs: 20, decodeMs: 2 },
  ]);
});

test('measurements without the metric are passed over', () => {
  const [mean, ...more] = averageOverImages([one, two, low], 'ms-ssim');
  expect([mean!.quality, more]).toEqual([2, []]);
  expect(mean!.value).toBeCloseTo(0.945, 10);
});

test('MS-SSIM becomes decibels after the mean, and points without loss are left out', () => {
  const points = averageOverImages([one, two], 'ms-ssim');
  expect(ratePoints(points, 'ms-ssim')[0]!.score).toBeCloseTo(-10 * Math.log10(0.055), 10);
  expect(ratePoints([{ ...points[0]!, value: 1 }], 'ms-ssim')).toEqual([]);
  expect(ratePoints([{ ...points[0]!, value: Infinity }], 'psnr')).toEqual([]);
});

test('a mean that stands still or falls is found', () => {
  const points = averageOverImages(
    [1, 2, 3].map((quality) => ({ ...one, quality, bytes: 10 * Math.min(quality, 2) })),
    'psnr',
  );
  expect(firstStepNotUp(points, ({ quality }) => quality)).toBeUndefined();
  expect(firstStepNotUp(points, ({ bytes }) => bytes)).toEqual([points[1], points[2]]);
});

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url));
describe.skipIf(!existsSync(shared))('sharp on Kodak', () => {
  test('JPEG lies on its published curve', async () => {
    const { points } = await readCurve(`${shared}anchors/kodak_rd/m-sharp-jpeg-420-prog.json`);
    const measurements: Measurement[] = [];
    for (const name of await readdir(`${shared}data/kodak`)) {
      if (!name.endsWith('.png')) continue;
      const { data, info } = await sharp(`${shared}data/kodak/${name}`)
        .raw()
        .toBuffer({ resolveWithObject: true });
      const image = { ...info, data };
      measurements.push(await measure(sharpCodec('jpeg'), name, image, 30, ['psnr']));
    }
    expect(measurements).toHaveLength(24);
    const [mean] = averageOverImages(measurements, 'psnr');
    // The fifth point is that of quality 30, rounded to five and four digits.
    expect(mean!.bpp).toBeCloseTo(points.psnr![4]!.bpp, 4);
    expect(mean!.value).toBeCloseTo(points.psnr![4]!.score, 3);
  });
});
if (!existsSync(shared)) {
  console.warn(`sharp is NOT compared with published curves: ${shared} is not there.`);
}
