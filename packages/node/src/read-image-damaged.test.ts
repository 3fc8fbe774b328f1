// Damaged files: refused, or read as far as they go.

import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { jpegWith, scansOf, tiff } from '../testing/image-files.js';
import { readImage } from './read-image.js';

const SIDE = 96;
const NOISE = Uint8Array.from(
  { length: 3 * SIDE * SIDE },
  (_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 255,
);
const image = (): Sharp => sharp(NOISE, { raw: { width: SIDE, height: SIDE, channels: 3 } });
const END = Buffer.of(0xff, 0xd9);

/** Each kind of damage that libjpeg would only warn of, or say nothing of at all. */
const JPEGS: readonly [string, () => Promise<Buffer>][] = [
  [
    'half a scan and an end marker',
    async () => {
      const jpeg = await image().jpeg().toBuffer();
      return Buffer.concat([jpeg.subarray(0, jpeg.length / 2), END]);
    },
  ],
  [
    'half a progressive file and an end marker',
    async () => {
      const jpeg = await image().jpeg({ progressive: true }).toBuffer();
      return Buffer.concat([jpeg.subarray(0, jpeg.length / 2), END]);
    },
  ],
  [
    'no last scan',
    async () => {
      const jpeg = await image().jpeg({ progressive: true }).toBuffer();
      const scans = scansOf(jpeg);
      expect(scans.length).toBeGreaterThan(3);
      return Buffer.concat([jpeg.subarray(0, scans.at(-1)), END]);
    },
  ],
  [
    'the first scan alone',
    async () => {
      const jpeg = await image().jpeg({ progressive: true }).toBuffer();
      return Buffer.concat([jpeg.subarray(0, scansOf(jpeg)[1]), END]);
    },
  ],
  [
    'no end at all',
    async () => {
      const jpeg = await image().jpeg().toBuffer();
      return jpeg.subarray(0, (2 * jpeg.length) / 3);
    },
  ],
  [
    'a hole in the middle',
    async () => {
      const jpeg = await image().jpeg().toBuffer();
      return Buffer.concat([
        jpeg.subarray(0, jpeg.length / 2),
        jpeg.subarray(jpeg.length / 2 + 500),
      ]);
    },
  ],
];

describe('JPEG', () => {
  test.each(JPEGS)('%s', async (_, make) => {
    const file = await make();
    await expect(readImage(file)).rejects.toMatchObject({
      code: 'TRUNCATED_IMAGE',
      message: expect.stringMatching(/^The input is cut short or damaged \(.+\): get a good copy/),
    });
    const notices: string[] = [];
    const onNotice = (notice: string) => notices.push(notice);
    const { width, height, data } = await readImage(file, { allowDamaged: true, onNotice });
    expect([width, height, data.length]).toEqual([SIDE, SIDE, NOISE.length]);
    expect(notices).toEqual(['Took what is there of a damaged file.']);
  });

  test('a whole progressive one is no such thing', async () => {
    for (const options of [
      { progressive: true },
      { mozjpeg: true },
      { mozjpeg: true, progressive: false },
    ]) {
      const jpeg = await image().jpeg(options).toBuffer();
      await expect(readImage(jpeg)).resolves.toMatchObject({ width: SIDE });
    }
    const grey = await image().toColourspace('b-w').jpeg({ progressive: true }).toBuffer();
    await expect(readImage(grey)).resolves.toMatchObject({ channels: 1 });
  });

  test.each([
    ['a 12-bit JPEG', 0xc1, 12],
    ['a lossless JPEG', 0xc3, 8],
    ['a hierarchical JPEG', 0xc5, 8],
    ['a JPEG-LS file', 0xf7, 8],
  ])('what cannot be read is named: %s', async (kind, marker, bits) => {
    const jpeg = await image().jpeg().toBuffer();
    const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
    jpeg[frame + 1] = marker;
    jpeg[frame + 4] = bits;
    await expect(readImage(jpeg)).rejects.toMatchObject({
      code: 'NOT_AN_IMAGE',
      message: `The input is ${kind}, which is not supported: convert it to PNG first.`,
    });
  });

  test('bytes that belong to no segment are walked over', async () => {
    const jpeg = await image().jpeg().toBuffer();
    const odd = jpegWith(jpeg, Buffer.of(0xff, 0xff, 0xff));
    await expect(readImage(odd, { allowDamaged: true })).resolves.toMatchObject({ width: SIDE });
  });
});

describe('other formats', () => {
  test.each(['png', 'gif'] as const)('%s cut off', async (format) => {
    const file = await image().toFormat(format).toBuffer();
    const cut = file.subarray(0, 0.7 * file.length);
    await expect(readImage(cut)).rejects.toMatchObject({ code: 'TRUNCATED_IMAGE' });
    await expect(readImage(cut, { allowDamaged: true })).resolves.toMatchObject({ width: SIDE });
  });

  test('tiff cut off', async () => {
    const size = { width: SIDE, height: SIDE };
    const file = tiff({ ...size, bits: 8, samples: 3, photometric: 2, data: NOISE });
    const cut = file.subarray(0, 0.7 * file.length);
    await expect(readImage(cut)).rejects.toMatchObject({ code: 'TRUNCATED_IMAGE' });
  });

  test.each(['webp', 'avif'] as const)('%s cut off: nothing of it can be taken', async (format) => {
    const file = await image().toFormat(format).toBuffer();
    const cut = file.subarray(0, 0.2 * file.length);
    for (const allowDamaged of [false, true]) {
      await expect(readImage(cut, { allowDamaged })).rejects.toMatchObject({
        code: 'TRUNCATED_IMAGE',
      });
    }
  });
});
