// Every kind of image file that may come in, made with sharp on the spot, and what goes out.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flatten } from './flatten.js';
import { readImage } from './read-image.js';
import { checkFormatSize, formatOf, IMAGE_FORMATS, toBuffer, writeImage } from './write-image.js';

const WIDTH = 33;
const HEIGHT = 21;
const RGB = Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => (37 * i + 5 * (i % 7)) & 255);
const GREY = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (11 * i) & 255);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-image-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Raw samples as a sharp image. */
function raw(data: Uint8Array | Uint16Array, channels: 1 | 2 | 3 | 4, height = HEIGHT): Sharp {
  return sharp(data, { raw: { width: WIDTH, height, channels } });
}

/** Reads bytes and gives the image with the notices. */
async function read(bytes: Uint8Array) {
  const notices: string[] = [];
  const image = await readImage(bytes, { onNotice: (notice) => notices.push(notice) });
  return { image, notices };
}

/** The largest difference of two sample arrays of one length. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

describe('what comes in as 8-bit sRGB already', () => {
  test.each(['png', 'tiff', 'webp'] as const)(
    'lossless %s: the same pixels, no notice',
    async (format) => {
      const bytes = await raw(RGB, 3)
        .toFormat(format, { lossless: true, compression: 'none' })
        .toBuffer();
      const { image, notices } = await read(bytes);
      expect([image.width, image.height]).toEqual([WIDTH, HEIGHT]);
      expect(Buffer.from(image.data).equals(RGB)).toBe(true);
      expect(notices).toEqual([]);
    },
  );

  test.each(['jpeg', 'avif'] as const)('%s: no notice', async (format) => {
    const { image, notices } = await read(await raw(RGB, 3).toFormat(format).toBuffer());
    expect([image.width, image.height, image.channels]).toEqual([WIDTH, HEIGHT, 3]);
    expect(image.data.length).toBe(RGB.length);
    expect(notices).toEqual([]);
  });

  test('a path, a file: URL and bytes give the same', async () => {
    const bytes = await raw(RGB, 3).png().toBuffer();
    const path = join(folder, 'a b.png');
    await writeFile(path, bytes);
    for (const source of [path, pathToFileURL(path), new Uint8Array(bytes)]) {
      expect(Buffer.from((await readImage(source)).data).equals(RGB)).toBe(true);
    }
  });
});

describe('what is kept', () => {
  const rgba = Uint8Array.from({ length: 4 * WIDTH * HEIGHT }, (_, i) => (53 * i + (i >> 5)) & 255);

  test.each(['png', 'tiff'] as const)('greyscale, as one channel: %s', async (format) => {
    const bytes = await raw(GREY, 1)
      .toColourspace('b-w')
      .toFormat(format, { compression: 'none' })
      .toBuffer();
    const { image, notices } = await read(bytes);
    expect(image.channels).toBe(1);
    expect(Buffer.from(image.data).equals(GREY)).toBe(true);
    expect(notices).toEqual([]);
  });

  test('16-bit greyscale, with a notice of its depth', async () => {
    const wide = Uint16Array.from(GREY, (value) => 257 * value);
    const bytes = await raw(wide, 1).toColourspace('grey16').png().toBuffer();
    const { image, notices } = await read(bytes);
    expect(image.channels).toBe(1);
    expect(largestDifference(image.data, GREY)).toBeLessThanOrEqual(1);
    expect(notices).toEqual(['Reduced 16-bit samples to 8 bits.']);
  });

  test('greyscale with alpha, as two channels', async () => {
    const grey = rgba.subarray(0, 2 * GREY.length);
    const { image } = await read(await raw(grey, 2).toColourspace('b-w').png().toBuffer());
    expect(image.channels).toBe(2);
    expect(Buffer.from(image.data).equals(grey)).toBe(true);
  });

  test.each(['png', 'webp', 'tiff'] as const)('alpha, to the bit: %s', async (format) => {
    const options = { lossless: true, exact: true, compression: 'none' };
    const { image, notices } = await read(await raw(rgba, 4).toFormat(format, options).toBuffer());
    expect(image.channels).toBe(4);
    expect(Buffer.from(image.data).equals(rgba)).toBe(true);
    expect(notices).toEqual([]);
  });

  test('a wide-gamut profile, on request, with the colours as they are', async () => {
    const red = RGB.map((_, i) => [200, 80, 60][i % 3]!);
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      const tagged = await raw(red, 3).withIccProfile('p3').toFormat(format).toBuffer();
      const stored = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
      const { icc } = await sharp(tagged).metadata();
      const image = await readImage(tagged, { keepProfile: true });
      expect(Buffer.from(image.data).equals(stored)).toBe(true);
      expect(icc!.equals(image.metadata!.icc!)).toBe(true);
    }
  });
});

describe('what is converted or dropped, with a notice', () => {
  test('a palette', async () => {
    const { notices } = await read(await raw(RGB, 3).png({ palette: true }).toBuffer());
    expect(notices).toEqual(['Expanded the palette to RGB.']);
  });

  test('16 bits per sample', async () => {
    const wide = Uint16Array.from(RGB, (value, i) => 256 * value + (i & 255));
    const { image, notices } = await read(
      await raw(wide, 3).toColourspace('rgb16').png().toBuffer(),
    );
    expect(largestDifference(image.data, RGB)).toBeLessThanOrEqual(1);
    expect(notices).toEqual(['Reduced 16-bit samples to 8 bits.']);
  });

  test('CMYK', async () => {
    const { image, notices } = await read(
      await raw(new Uint8Array(RGB.length).fill(200), 3).toColourspace('cmyk').jpeg().toBuffer(),
    );
    expect(largestDifference(image.data, new Uint8Array(RGB.length).fill(200))).toBeLessThan(20);
    expect(notices).toEqual(['Converted CMYK to sRGB.']);
  });

  test('an ICC profile: the colours are converted, not only the tag dropped', async () => {
    const red = RGB.map((_, i) => [200, 80, 60][i % 3]!);
    const tagged = await raw(red, 3).withIccProfile('p3').png().toBuffer();
    const untagged = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    const { image, notices } = await read(tagged);
    expect(largestDifference(untagged, red)).toBeGreaterThan(3);
    expect(largestDifference(image.data, red)).toBeLessThanOrEqual(3);
    expect(image.metadata?.icc).toBeUndefined();
    expect(notices).toEqual(['Converted the colours from the embedded ICC profile to sRGB.']);
  });

  test('a profile that is not of RGB, whatever is asked for', async () => {
    const bytes = await raw(RGB, 3).withIccProfile('cmyk').toColourspace('cmyk').jpeg().toBuffer();
    const image = await readImage(bytes, { keepProfile: true });
    expect([image.channels, image.metadata?.icc]).toEqual([3, undefined]);
  });

  test('an alpha channel that is opaque everywhere is dropped without one', async () => {
    const { image, notices } = await read(await raw(RGB, 3).ensureAlpha(1).png().toBuffer());
    expect(Buffer.from(image.data).equals(RGB)).toBe(true);
    expect(notices).toEqual([]);
  });

  test.each(['gif', 'webp'] as const)('an animated %s: the first frame', async (format) => {
    const frames = new Uint8Array(2 * RGB.length).fill(250);
    frames.fill(10, 0, RGB.length);
    const bytes = await sharp(frames, {
      raw: { width: WIDTH, height: 2 * HEIGHT, channels: 3, pageHeight: HEIGHT },
    })
      .toFormat(format, { delay: [100, 100], lossless: true })
      .toBuffer();
    const { image, notices } = await read(bytes);
    expect([image.width, image.height]).toEqual([WIDTH, HEIGHT]);
    expect(largestDifference(image.data, new Uint8Array(RGB.length).fill(10))).toBe(0);
    expect(notices[0]).toMatch(/^Kept 1 of 2 frames or pages/);
  });

  test('the EXIF orientation is applied, and the EXIF says so', async () => {
    const wide = new Uint8Array(RGB.length).fill(255);
    for (let i = 0; i < WIDTH * HEIGHT; i++) if (i % WIDTH < 8) wide.fill(0, 3 * i, 3 * i + 3);
    // Orientation 6: turned clockwise to be seen upright, so the black left edge comes to the top.
    const bytes = await raw(wide, 3)
      .withExif({ IFD0: { Orientation: '6', Copyright: 'nobody' } })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const { image, notices } = await read(
      await sharp(bytes).withMetadata({ orientation: 6 }).toBuffer(),
    );
    expect([image.width, image.height]).toEqual([HEIGHT, WIDTH]);
    expect(image.data[0]).toBeLessThan(20);
    expect(image.data.at(-1)).toBeGreaterThan(235);
    expect(notices).toContain('Turned the image as its EXIF orientation 6 says.');
    const { orientation } = await sharp(await toBuffer(image, 'jpg')).metadata();
    expect(orientation).toBe(1);
  });

  test('a vector image', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="5"><rect width="9" height="5"/></svg>';
    const { image, notices } = await read(Buffer.from(svg));
    expect([image.width, image.height, ...image.data.subarray(0, 3)]).toEqual([9, 5, 0, 0, 0]);
    expect(notices).toEqual(['Drew the vector image at its nominal size.']);
  });
});

describe('what is no image, or not a whole one', () => {
  test.each([
    ['text', Buffer.from('hello, this is no image')],
    ['nothing', new Uint8Array(0)],
    ['a .ncr file', Uint8Array.of(0x89, 0x4e, 0x43, 0x52, 1, 0, 1, 0, 1, 0)],
  ])('%s', async (_, bytes) => {
    await expect(readImage(bytes)).rejects.toMatchObject({
      name: 'InputError',
      code: 'NOT_AN_IMAGE',
      message: expect.stringMatching(/^The input .*: give a JPEG.*\.$/),
    });
  });

  test.each(['png', 'jpeg', 'webp', 'avif', 'gif'] as const)('%s cut off', async (format) => {
    const noise = Uint8Array.from({ length: 3 * 100 * 100 }, (_, i) => (i * i * 31) >> 3);
    const bytes = await sharp(noise, { raw: { width: 100, height: 100, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    for (const part of [0.2, 0.5, 0.9]) {
      const cut = bytes.subarray(0, Math.floor(part * bytes.length));
      await expect(readImage(cut), `${part}`).rejects.toMatchObject({
        code: 'TRUNCATED_IMAGE',
        message: expect.stringMatching(
          /^The input is cut short or damaged \(\w+: .*[a-z]{3}.*\): /,
        ),
      });
    }
  });

  test('a header cut so early that nothing more can be said of it', async () => {
    const png = await raw(RGB, 3).png().toBuffer();
    await expect(readImage(png.subarray(0, 20))).rejects.toThrow(
      'The input is cut short or damaged: get a good copy',
    );
  });

  test('a missing file is the system’s own error', async () => {
    await expect(readImage(join(folder, 'none.png'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('what is too large', () => {
  test('a side that the format cannot hold', async () => {
    const bytes = await sharp({
      create: { width: 65_536, height: 1, channels: 3, background: 'red' },
    })
      .png()
      .toBuffer();
    await expect(readImage(bytes)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });

  test('more pixels than allowed, before they are decoded', async () => {
    const bytes = await raw(RGB, 3).png().toBuffer();
    await expect(readImage(bytes, { maxPixels: WIDTH * HEIGHT })).resolves.toBeDefined();
    // Cut in half: whoever decoded pixels would find it truncated instead.
    const half = bytes.subarray(0, bytes.length / 2);
    await expect(readImage(half, { maxPixels: WIDTH * HEIGHT - 1 })).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: expect.stringContaining(`${WIDTH}×${HEIGHT}`),
    });
  });

  test.each([
    ['jpg', 65_500],
    ['webp', 16_383],
    ['avif', 16_384],
    ['png', 65_535],
  ] as const)('%s: the limit named is the limit of the encoder', async (format, side) => {
    expect(() => checkFormatSize(format, side, 1)).not.toThrow();
    const fits = { width: side, height: 1, channels: 3 as const, data: new Uint8Array(3 * side) };
    if (format !== 'avif') expect((await toBuffer(fits, format)).length).toBeGreaterThan(0);
    if (format === 'png') return;
    const data = new Uint8Array(3 * side + 3);
    const over = { width: 1, height: side + 1, channels: 3 as const, data };
    await expect(toBuffer(over, format)).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: expect.stringMatching(new RegExp(`^An? (JPEG|WebP|AVIF) file holds .* ${side},`)),
    });
  });
});

describe('what goes out', () => {
  const image = { width: WIDTH, height: HEIGHT, channels: 3 as const, data: RGB };

  test.each(IMAGE_FORMATS)('%s is written whole, with the right size', async (format) => {
    const path = join(folder, `out.${format}`);
    await writeImage(path, image);
    const { width, height } = await readImage(path);
    expect([width, height]).toEqual([WIDTH, HEIGHT]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('PNG loses nothing', async () => {
    expect(Buffer.from((await readImage(await toBuffer(image, 'png'))).data).equals(RGB)).toBe(
      true,
    );
  });

  test.each([1, 2, 4] as const)('PNG loses nothing of %i channels', async (channels) => {
    const data = Uint8Array.from(
      { length: channels * WIDTH * HEIGHT },
      (_, i) => (29 * i + (i >> 4)) & 255,
    );
    const image = { width: WIDTH, height: HEIGHT, channels, data };
    const read = await readImage(await toBuffer(image, 'png'));
    expect(read.channels).toBe(channels);
    expect(Buffer.from(read.data).equals(data)).toBe(true);
  });

  test.each(['webp', 'avif'] as const)('%s keeps alpha', async (format) => {
    const data = new Uint8Array(4 * WIDTH * HEIGHT).fill(255, 0, 2 * WIDTH * HEIGHT);
    const image = { width: WIDTH, height: HEIGHT, channels: 4 as const, data };
    const read = await readImage(await toBuffer(image, format));
    expect([read.channels, read.data[3], read.data.at(-1)]).toEqual([4, 255, 0]);
  });

  test('JPEG has transparency over white, and says so', async () => {
    const data = new Uint8Array(4 * WIDTH * HEIGHT);
    for (let i = 0; i < data.length; i += 4) data.set([200, 100, 0, i % 8 === 0 ? 0 : 128], i);
    const image = { width: WIDTH, height: HEIGHT, channels: 4 as const, data };
    expect([...flatten(image).data.subarray(0, 6)]).toEqual([255, 255, 255, 227, 177, 127]);
    const notices: string[] = [];
    const onNotice = (notice: string) => notices.push(notice);
    expect((await readImage(await toBuffer(image, 'jpg', { onNotice }))).channels).toBe(3);
    expect(notices).toEqual(['Composited the transparency over white, as JPEG has none.']);
  });

  test('flatten makes colours of grey, and leaves colours alone', () => {
    const grey = { width: 2, height: 1, channels: 2 as const, data: Uint8Array.of(9, 255, 9, 0) };
    expect(flatten(grey)).toMatchObject({
      channels: 3,
      data: Uint8Array.of(9, 9, 9, 255, 255, 255),
    });
    expect(flatten(image)).toBe(image);
  });

  test('quality makes lossy files larger', async () => {
    for (const format of ['jpg', 'webp', 'avif'] as const) {
      const [low, high] = [10, 95].map((quality) => toBuffer(image, format, { quality }));
      expect((await high!).length).toBeGreaterThan((await low!).length);
    }
  });

  test('an existing file is kept if it is not to be overwritten', async () => {
    const path = join(folder, 'kept.png');
    await writeFile(path, 'mine');
    await expect(writeImage(path, image, { overwrite: false })).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
    });
    expect(await readFile(path, 'utf8')).toBe('mine');
    await writeImage(path, image);
    expect((await readFile(path)).length).toBeGreaterThan(100);
  });

  test('formatOf knows extensions by any case, and no others', () => {
    expect(formatOf('a/b.PNG')).toBe('png');
    expect(formatOf('photo.jpeg')).toBe('jpg');
    for (const path of ['photo', 'photo.bmp', 'photo.ncr', 'png']) {
      expect(() => formatOf(path)).toThrow(expect.objectContaining({ code: 'UNKNOWN_EXTENSION' }));
    }
  });

  test('wrong arguments are named', async () => {
    await expect(toBuffer(image, 'bmp' as 'png')).rejects.toThrow(/^Expected png \| jpg/);
    await expect(toBuffer(image, 'jpg', { quality: 0 })).rejects.toThrow(
      'Expected integer in 1..100 for quality but received 0 of type number',
    );
    await expect(toBuffer({ ...image, width: 3 }, 'png')).rejects.toThrow(RangeError);
  });
});
