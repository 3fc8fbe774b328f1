// The searches against trying every quality, on a shipped photograph.
import { fileURLToPath } from 'node:url';
import { psnr, type RawImage } from '@nacre/codec';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { code, codedOfBytes, codedOfPsnr } from './quality-search.js';
import { sharpCodec } from './sharp-codecs.js';

const jpeg = sharpCodec('jpeg');
let image: RawImage;
const all: { quality: number; bytes: number; psnr: number }[] = [];

beforeAll(async () => {
  const { data, info } = await sharp(
    fileURLToPath(new URL('../../../samples/lake.png', import.meta.url)),
  )
    .extract({ left: 100, top: 200, width: 96, height: 80 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  image = { width: info.width, height: info.height, channels: 3, data };
  for (let quality = 1; quality <= 100; quality++) {
    const coded = await code(jpeg, image, quality);
    all.push({ quality, bytes: coded.file.length, psnr: coded.psnr });
  }
});

test.each([24, 30.5, 36, 41])('no JPEG is nearer to %f dB', async (target) => {
  const found = await codedOfPsnr(jpeg, image, target);
  const best = Math.min(...all.map((one) => Math.abs(one.psnr - target)));
  expect(Math.abs(found.psnr - target)).toBeCloseTo(best, 9);
  expect(found.psnr).toBe(psnr(image, found.image));
});

test.each([700, 1500, 3000, 6000])('no JPEG is nearer to %d bytes', async (target) => {
  const found = await codedOfBytes(jpeg, image, target);
  const best = Math.min(...all.map((one) => Math.abs(one.bytes - target)));
  expect(Math.abs(found.file.length - target)).toBe(best);
});

test('targets out of reach get the nearest end', async () => {
  expect((await codedOfPsnr(jpeg, image, 5)).quality).toBe(1);
  expect((await codedOfPsnr(jpeg, image, Infinity)).quality).toBe(100);
  expect((await codedOfBytes(jpeg, image, 1)).quality).toBe(1);
  expect((await codedOfBytes(jpeg, image, 1e9)).quality).toBe(100);
});
