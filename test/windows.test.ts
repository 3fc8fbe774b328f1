// Windows do not show: with the shipped model, images encoded and decoded in several windows are those
// encoded and decoded whole, at low, middle and high quality.

import { fileURLToPath } from 'node:url';
import { decode, encode, type Model, openNcr, psnr, type RawImage } from '@nacre/codec';
import { loadModel, readImage } from '@nacre/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { SHIPPED } from './runtimes.js';

/** So small that an image of 1600×320 becomes 2 windows for the encoder, and 4 for the decoder. */
const SMALL = 2 ** 18;

let model: Model;
let image: RawImage;
beforeAll(async () => {
  model = await loadModel({ model: SHIPPED });
  image = wide(await readImage(fileURLToPath(new URL('../samples/tulips.png', import.meta.url))));
});

/** An image of 1600×320, made of one mirrored side by side. */
function wide({ width, height, data }: RawImage): RawImage {
  const mirrored = (i: number, size: number) => {
    const at = i % (2 * size);
    return at < size ? at : 2 * size - 1 - at;
  };
  const out = new Uint8Array(3 * 1600 * 320);
  for (let y = 0, to = 0; y < 320; y++) {
    for (let x = 0; x < 1600; x++, to += 3) {
      const from = 3 * (width * mirrored(y, height) + mirrored(x, width));
      out.set(data.subarray(from, from + 3), to);
    }
  }
  return { width: 1600, height: 320, channels: 3, data: out };
}

describe.each([1, 50, 95])('quality %i', (quality) => {
  let file: Uint8Array;
  let whole: RawImage;
  beforeAll(async () => {
    file = await encode(model, image, { quality });
    whole = await decode(model, file);
  }, 120_000);

  test('an image decoded in windows differs nowhere by more than 1/255', async () => {
    const decoded = await decode(model, file, { windowPixels: SMALL });
    const differences = [0, 0];
    decoded.data.forEach((value, i) => {
      const difference = Math.abs(value - whole.data[i]!);
      if (difference > 1) expect(difference, `sample ${i}`).toBeLessThanOrEqual(1);
      differences[difference]!++;
    });
    // Only where rounding decides between two neighbours.
    expect(differences[1]).toBeLessThan(image.data.length / 10_000);
  }, 120_000);

  test('one encoded in windows is as short and as good', async () => {
    const windowed = await encode(model, image, { quality, windowPixels: SMALL });
    expect(openNcr(windowed).tiles.length).toBe(2);
    expect(Math.abs(windowed.length / file.length - 1)).toBeLessThan(0.001);
    const difference = psnr(image, await decode(model, windowed)) - psnr(image, whole);
    expect(Math.abs(difference)).toBeLessThan(0.01);
  }, 120_000);
});
