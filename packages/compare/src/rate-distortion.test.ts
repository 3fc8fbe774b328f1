// Measuring and averaging on a made-up codec, and sharp's JPEG against its published curve on Kodak.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RawImage } from '@nacre/codec';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { readCurve } from './anchor.js';
import { type PictureCodec, sharpJpeg } from './codecs.js';
import {
  averageOverPictures,
  firstStepNotUp,
  type Measurement,
  measure,
} from './rate-distortion.js';

test('rate is that of the whole file over the pixels, distortion that of what it decodes to', async () => {
  const image: RawImage = { width: 4, height: 2, channels: 3, data: new Uint8Array(24).fill(100) };
  const codec: PictureCodec = {
    name: 'off-by-one',
    code: async (picture, quality) => ({
      file: new Uint8Array(quality),
      image: { ...picture, data: picture.data.map((sample) => sample + 1) },
    }),
  };
  const { psnr, ...rest } = await measure(codec, 'grey', image, 12);
  expect(rest).toEqual({
    picture: 'grey',
    codec: 'off-by-one',
    quality: 12,
    width: 4,
    height: 2,
    bytes: 12,
    bpp: 12,
  });
  expect(psnr).toBeCloseTo(48.1308, 4); // 20·log10(255)
});

const one: Measurement = {
  picture: 'a',
  codec: 'c',
  quality: 2,
  width: 10,
  height: 10,
  bytes: 100,
  bpp: 8,
  psnr: 40,
};

test('means are taken picture by picture, and sorted by quality', () => {
  // A second picture of another size: bits per pixel and decibels are averaged, not pooled.
  const two = { ...one, picture: 'b', width: 20, height: 10, bytes: 300, bpp: 12, psnr: 30 };
  const low = { ...one, quality: 1, bytes: 50, bpp: 4, psnr: 20 };
  expect(averageOverPictures([one, two, low])).toEqual([
    { quality: 1, bytes: 50, bpp: 4, psnr: 20 },
    { quality: 2, bytes: 200, bpp: 10, psnr: 35 },
  ]);
});

test('a mean that stands still or falls is found', () => {
  const points = [1, 2, 3].map((quality) => ({
    quality,
    bytes: 10 * quality,
    bpp: 1,
    psnr: 30 + quality,
  }));
  expect(firstStepNotUp(points, 'bytes')).toBeUndefined();
  points[2]!.bytes = 20;
  expect(firstStepNotUp(points, 'bytes')).toEqual([points[1], points[2]]);
  expect(firstStepNotUp(points, 'psnr')).toBeUndefined();
});

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url));
test.skipIf(!existsSync(shared))('sharp’s JPEG lies on its published curve on Kodak', async () => {
  const curve = await readCurve(`${shared}anchors/kodak_rd/m-sharp-jpeg-420-prog.json`);
  const measurements: Measurement[] = [];
  for (const name of await readdir(`${shared}data/kodak`)) {
    if (!name.endsWith('.png')) continue;
    const { data, info } = await sharp(`${shared}data/kodak/${name}`)
      .raw()
      .toBuffer({ resolveWithObject: true });
    measurements.push(await measure(sharpJpeg, name, { ...info, data }, 30));
  }
  expect(measurements).toHaveLength(24);
  const [mean] = averageOverPictures(measurements);
  // The fifth point is that of quality 30, rounded to five and four digits.
  expect(mean!.bpp).toBeCloseTo(curve.points[4]!.bpp, 4);
  expect(mean!.psnr).toBeCloseTo(curve.points[4]!.psnr, 3);
});
