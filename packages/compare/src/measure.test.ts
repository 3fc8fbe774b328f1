// Measuring on a made-up codec: what is counted, and what a metric that fails does.
import type { RawImage } from '@nacre/codec';
import { expect, test } from 'vitest';
import type { ImageCodec } from './image-codec.js';
import { measure } from './measure.js';

/** Files as long as the quality, which decode to samples one too high. */
const offByOne = (image: RawImage): ImageCodec => ({
  name: 'off-by-one',
  encode: async (_, quality) => new Uint8Array(quality),
  decode: async () => ({ ...image, data: image.data.map((sample) => sample + 1) }),
});

test('rate is that of the whole file over the pixels, distortion that of what it decodes to', async () => {
  const image: RawImage = {
    width: 4,
    height: 2,
    channels: 3 as const,
    data: new Uint8Array(24).fill(100),
  };
  const { values, failures, encodeMs, decodeMs, ...rest } = await measure(
    offByOne(image),
    'grey',
    image,
    12,
    ['psnr', 'ms-ssim'],
  );
  expect(rest).toEqual({
    image: 'grey',
    codec: 'off-by-one',
    quality: 12,
    width: 4,
    height: 2,
    bytes: 12,
    bpp: 12,
  });
  expect(values.psnr).toBeCloseTo(48.1308, 4); // 20·log10(255)
  // Too small an image for one metric is no reason to lose the others.
  expect(Object.keys(values)).toEqual(['psnr']);
  expect(failures['ms-ssim']).toContain('4×2');
  expect(encodeMs).toBeGreaterThanOrEqual(0);
  expect(decodeMs).toBeGreaterThanOrEqual(0);
});

test('what the codec throws is thrown', async () => {
  const image: RawImage = { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) };
  const broken = { ...offByOne(image), encode: () => Promise.reject(new Error('no memory')) };
  await expect(measure(broken, 'grey', image, 12, ['psnr'])).rejects.toThrow('no memory');
});
