// Images with all that belongs to them, through encode and decode on a fake model: grey, alpha, ICC,
// EXIF, XMP, and what an opaque image without metadata costs.
import { describe, expect, test } from 'vitest';
import { fakeModel } from '../testing/fake-model.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { readContainer, writeContainer } from './format.js';
import type { Channels, RawImage } from './image.js';
import { openNcr } from './ncr-file.js';
import { psnr } from './psnr.js';
import { writeTileSection } from './tile-section.js';
import { fillTransparent } from './transparency.js';

const model = fakeModel();
const [WIDTH, HEIGHT] = [600, 70];

/** Smooth colours, and as alpha a disc with a soft edge in the middle. */
function testImage(channels: Channels, alphaAt = disc): RawImage {
  const data = new Uint8Array(channels * WIDTH * HEIGHT);
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i += channels) {
      const grey = 60 + ((x + y) >> 3);
      const colours = channels < 3 ? [grey] : [grey, 200 - (x >> 2), 90 + y];
      data.set(channels % 2 === 0 ? [...colours, alphaAt(x, y)] : colours, i);
    }
  }
  return { width: WIDTH, height: HEIGHT, channels, data };
}

function disc(x: number, y: number): number {
  return Math.max(0, Math.min(255, 10 * (30 - Math.hypot(x - 300, y - 35))));
}

/** Every n-th sample, from the last of a pixel. */
function alphaOf({ channels, data }: RawImage): Uint8Array {
  return Uint8Array.from(
    { length: data.length / channels },
    (_, i) => data[channels * (i + 1) - 1]!,
  );
}

/** A file with more sections, and checksums that agree. */
function withSections(bytes: Uint8Array, ...types: string[]): Uint8Array {
  const container = readContainer(bytes);
  const more = types.map((type) => ({ type, payload: Uint8Array.of(1, 2, 3) }));
  return writeContainer({ ...container, sections: [...container.sections, ...more] });
}

describe.each([1, 2, 3, 4] as const)('%i channels', (channels) => {
  test('come back, alpha to the bit', async () => {
    const image = testImage(channels);
    const bytes = await encode(model, image, { quality: 100 });
    expect(openNcr(bytes).channels).toBe(channels);
    const decoded = await decode(model, bytes);
    expect([decoded.width, decoded.height, decoded.channels]).toEqual([WIDTH, HEIGHT, channels]);
    expect(decoded.data.length).toBe(image.data.length);
    if (channels % 2 === 0) expect(alphaOf(decoded)).toEqual(alphaOf(image));
    // The fake model keeps the means of blocks; in the middle all is visible.
    const middle = channels * (35 * WIDTH + 300);
    for (let c = 0; c < channels; c++) {
      expect(Math.abs(decoded.data[middle + c]! - image.data[middle + c]!)).toBeLessThan(12);
    }
  });

  test('a region has the same samples', async () => {
    const bytes = await encode(model, testImage(channels));
    const whole = await decode(model, bytes);
    const region = { left: 290, top: 8, width: 240, height: 40 };
    const part = await decode(model, bytes, { region });
    expect(part.channels).toBe(channels);
    for (let y = 0; y < region.height; y++) {
      const from = channels * (WIDTH * (region.top + y) + region.left);
      const length = channels * region.width;
      expect(part.data.subarray(y * length, (y + 1) * length)).toEqual(
        whole.data.subarray(from, from + length),
      );
    }
  });
});

test('an alpha channel that is opaque costs nothing', async () => {
  for (const channels of [2, 4] as const) {
    const opaque = testImage(channels, () => 255);
    const without = testImage((channels - 1) as Channels);
    expect(await encode(model, opaque)).toEqual(await encode(model, without));
  }
});

test('grey is the mean of the three planes, rounded', async () => {
  const greys = await decode(model, await encode(model, testImage(1)));
  const bytes = await encode(model, testImage(1));
  const colours = await decode(
    model,
    writeContainer({ ...readContainer(bytes), greyscale: false }),
  );
  expect(colours.channels).toBe(3);
  greys.data.forEach((grey, i) => {
    const [red = 0, green = 0, blue = 0] = colours.data.subarray(3 * i, 3 * i + 3);
    if (grey !== Math.round((red + green + blue) / 3)) {
      expect(grey, `${i}`).toBe([red, green, blue]);
    }
  });
});

test('colours that nobody sees change nothing, and the caller’s stay as they are', async () => {
  const alphaAt = (x: number) => (x < 64 ? 255 : 0);
  const smooth = testImage(4, alphaAt);
  const noisy = { ...smooth, data: smooth.data.slice() };
  for (let i = 0, pixel = 0; i < noisy.data.length; i += 4, pixel++) {
    // Squares of 16 pixels, which the fake model sees.
    const square = 38 * ((pixel / WIDTH) >> 4) + ((pixel % WIDTH) >> 4);
    if (noisy.data[i + 3] === 0) noisy.data.fill((square * square * 97) & 255, i, i + 3);
  }
  const before = noisy.data.slice();
  expect(await encode(model, { ...noisy, data: Buffer.from(noisy.data.buffer) })).toEqual(
    await encode(model, smooth),
  );
  expect(noisy.data).toEqual(before);
});

test('what is transparent takes the colours around it, smoothly; nothing else changes', () => {
  // Two colours at the ends, nothing between.
  const image = testImage(4, (x) => (x < 80 || x >= 520 ? 255 : 0));
  for (let i = 0; i < image.data.length; i += 4) {
    const colour = (i / 4) % WIDTH < 300 ? [250, 40, 0] : [10, 40, 200];
    image.data.set(image.data[i + 3] === 0 ? [0, 255, 0] : colour, i);
  }
  const { data } = fillTransparent(image);
  const row = 4 * WIDTH * 33;
  for (let x = 0; x < WIDTH; x++) {
    const [red, green, blue] = data.subarray(row + 4 * x);
    expect(green).toBe(40);
    if (x < 80) expect([red, blue]).toEqual([250, 0]);
    if (x >= 520) expect([red, blue]).toEqual([10, 200]);
    const [nextRed] = data.subarray(row + 4 * Math.min(x + 1, WIDTH - 1));
    expect(Math.abs(red! - nextRed!), `${x}`).toBeLessThanOrEqual(32);
  }
  expect(data.filter((_, i) => i % 4 === 3)).toEqual(image.data.filter((_, i) => i % 4 === 3));
});

test('an image with nothing visible is one too', async () => {
  const decoded = await decode(
    model,
    await encode(
      model,
      testImage(4, () => 0),
    ),
  );
  expect(alphaOf(decoded).every((value) => value === 0)).toBe(true);
});

describe('metadata', () => {
  const icc = Uint8Array.from({ length: 300 }, (_, i) => i & 255);
  const exif = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const xmp = Uint8Array.from('<x:xmpmeta/>', (c) => c.charCodeAt(0));
  const bare = testImage(3);

  test('comes back to the byte, and costs its bytes and a table entry', async () => {
    const file = await encode(model, { ...bare, metadata: { icc, exif, xmp } });
    expect(await decode(model, file)).toMatchObject({ metadata: { icc, exif, xmp } });
    expect(openNcr(file).metadata).toEqual({ icc, exif, xmp });
    const plain = await encode(model, bare);
    expect(file.length - plain.length).toBe(icc.length + exif.length + xmp.length + 3 * 12);
    expect(openNcr(file).sections.map(({ type }) => type)).toEqual([
      'TILE',
      'iccp',
      'exif',
      'xmpp',
    ]);
  });

  test('of missing or empty metadata there is no section and no property', async () => {
    const empty = new Uint8Array(0);
    const file = await encode(model, { ...bare, metadata: { icc: undefined, exif, xmp: empty } });
    expect(openNcr(file).sections.map(({ type }) => type)).toEqual(['TILE', 'exif']);
    expect(Object.keys((await decode(model, file)).metadata)).toEqual(['exif']);
  });
});

describe('files with more than this decoder knows', () => {
  test('an unknown optional section decodes to the same image', async () => {
    const bytes = await encode(model, testImage(4));
    const more = withSections(bytes, 'gain', 'prev', 'zzzz');
    expect(await decode(model, more)).toEqual(await decode(model, bytes));
    expect(openNcr(more).sections.map(({ type }) => type)).toContain('gain');
  });

  test('an unknown essential one is refused by name', async () => {
    const more = withSections(await encode(model, testImage(3)), 'Dept');
    await expect(decode(model, more)).rejects.toMatchObject({
      code: 'UNSUPPORTED_VERSION',
      message:
        'This .ncr file is newer than this decoder (it needs the section Dept): update Nacre.',
    });
    expect(() => openNcr(more)).toThrow(/Dept/);
  });

  test.each(['TILE', 'Alph', 'exif'])('two sections %s are one too many', async (type) => {
    const bytes = await encode(model, { ...testImage(4), metadata: { exif: Uint8Array.of(1) } });
    await expect(decode(model, withSections(bytes, type))).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
      message: expect.stringContaining(`2 sections ${type}`),
    });
  });
});

test('a tile of alpha that is too large is refused before anything is made of its size', async () => {
  const container = readContainer(await encode(model, testImage(4)));
  const tiles = { log2Side: 8, streams: new Array(256 * 256).fill(new Uint8Array(4)) };
  const alpha = { log2Side: 16, streams: [new Uint8Array(4)] };
  const sections = [
    { type: 'TILE', payload: writeTileSection(tiles) },
    { type: 'Alph', payload: writeTileSection(alpha) },
  ];
  const huge = writeContainer({ ...container, width: 65_535, height: 65_535, sections });
  const region = { left: 0, top: 0, width: 64, height: 64 };
  const before = process.memoryUsage().arrayBuffers;
  await expect(decode(model, huge, { region })).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e7);
});

test('a file that claims a million tiles is described in little memory', async () => {
  const container = readContainer(await encode(model, testImage(4)));
  const payload = new Uint8Array(1 + 5 * 1024 * 1024).fill(6, 0, 1);
  const sections = ['TILE', 'Alph'].map((type) => ({ type, payload }));
  const huge = writeContainer({ ...container, width: 65_535, height: 65_535, sections });
  const before = process.memoryUsage().heapUsed;
  expect(openNcr(huge).channels).toBe(4);
  // An object for each tile and section would take 200 MB, and a stream for each as much again.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(1e8);
});

test('a target PSNR is that of the colours, whatever the alpha', async () => {
  for (const channels of [1, 2, 4] as const) {
    const image = testImage(channels);
    const file = await encode(model, image, { targetPsnr: 30 });
    const decoded = await decode(model, file);
    const coloured = channels % 2 === 0 ? fillTransparent(image) : image;
    expect(psnr(coloured, decoded)).toBeGreaterThanOrEqual(30);
  }
});

test('damage of alpha is named, and no image comes of it', async () => {
  const container = readContainer(await encode(model, testImage(4)));
  const changed = (change: (payload: Uint8Array) => Uint8Array) =>
    writeContainer({
      ...container,
      sections: container.sections.map(({ type, payload }) =>
        type === 'Alph' ? { type, payload: change(payload.slice()) } : { type, payload },
      ),
    });
  for (const [change, message] of [
    [(p: Uint8Array) => p.subarray(0, p.length - 1), /^Section Alph: The index of tiles has sizes/],
    [(p: Uint8Array) => p.fill(7, p.length - 1), /^Section Alph: Tile 2 of 2 is damaged/],
    [(p: Uint8Array) => p.fill(5, 0, 1), /^Section Alph: The index of tiles has an impossible/],
  ] as const) {
    await expect(decode(model, changed(change))).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
      message: expect.stringMatching(message),
    });
  }
});
