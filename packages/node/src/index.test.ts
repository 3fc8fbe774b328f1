// The friendly door: image files in, images out, and sizes refused before anything is allocated.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkSize,
  decode,
  defaultMaxPixels,
  encode,
  loadModel,
  type Model,
  openNcr,
  toBuffer,
  writeFileAtomic,
} from './index.js';

const TINY = fileURLToPath(new URL('../../../test/fixtures/tiny', import.meta.url));
const data = new Uint8Array(3600).map((_, i) => i & 255);
const image = { width: 40, height: 30, channels: 3 as const, data };

let folder: string;
let model: Model;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-index-'));
  model = await loadModel({ model: TINY });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('encode and decode', () => {
  test('take pixels, image files and their bytes alike', async () => {
    const png = await toBuffer(image, 'png');
    const path = join(folder, 'in.png');
    await writeFile(path, png);
    const file = await encode(image, { model, quality: 70 });
    expect(await encode(png, { model, quality: 70 })).toEqual(file);
    expect(await encode(path, { model, quality: 70 })).toEqual(file);
    await writeFileAtomic(join(folder, 'out.ncr'), file);
    const decoded = await decode(file, { model });
    expect([decoded.width, decoded.height]).toEqual([40, 30]);
    expect((await decode(join(folder, 'out.ncr'), { model })).data).toEqual(decoded.data);
  });

  test('refuse more than maxPixels on the way in and on the way out', async () => {
    const file = await encode(image, { model, maxPixels: 1200 });
    const png = await toBuffer(image, 'png');
    const tooLarge = { code: 'IMAGE_TOO_LARGE' };
    await expect(encode(image, { model, maxPixels: 1199 })).rejects.toMatchObject(tooLarge);
    await expect(encode(png, { model, maxPixels: 1199 })).rejects.toMatchObject(tooLarge);
    await expect(decode(file, { model, maxPixels: 1199 })).rejects.toMatchObject(tooLarge);
  });

  test('a region is that part of the image, and counts against maxPixels alone', async () => {
    const file = await encode(image, { model });
    const whole = await decode(file, { model });
    const region = { left: 5, top: 7, width: 11, height: 3 };
    const part = await decode(file, { model, region, maxPixels: 33 });
    expect([part.width, part.height]).toEqual([11, 3]);
    expect(part.data.subarray(33, 66)).toEqual(whole.data.subarray(3 * 325, 3 * 336));
    await expect(decode(file, { model, region, maxPixels: 32 })).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
    });
  });

  test('take a model by its name or folder, and an opened file', async () => {
    const file = await encode(image, { model: TINY });
    expect(file).toEqual(await encode(image, { model }));
    const { data } = await decode(openNcr(file), { model: TINY });
    expect(data).toEqual((await decode(file, { model })).data);
    await expect(encode(image, { model: 'no-such-model' })).rejects.toMatchObject({
      code: 'MODEL_MISSING',
    });
  });

  test('stop when they are told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(encode(image, { model, signal })).rejects.toThrow('enough');
  });
});

describe('the size limit', () => {
  test('fits the memory of this machine and the numbers of a tensor', () => {
    expect(defaultMaxPixels()).toBeGreaterThan(0);
    expect(defaultMaxPixels()).toBeLessThanOrEqual(2 ** 29);
  });

  test('a header that claims the largest size is refused before anything is allocated', () => {
    expect(() => checkSize(65_535, 65_535)).toThrow(
      expect.objectContaining({ code: 'IMAGE_TOO_LARGE', message: expect.stringMatching(/GiB/) }),
    );
    expect(() => checkSize(65_536, 1)).toThrow(
      expect.objectContaining({ code: 'IMAGE_TOO_LARGE' }),
    );
  });
});
