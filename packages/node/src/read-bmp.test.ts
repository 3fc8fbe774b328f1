// Bitmaps of every kind, written by hand.

import { describe, expect, test } from 'vitest';
import { readImage } from './read-image.js';

const WIDTH = 5;
const HEIGHT = 3;

interface Bmp {
  readonly bits: number;
  readonly header?: number;
  readonly compression?: number;
  readonly palette?: readonly (readonly [number, number, number])[];
  readonly masks?: readonly number[];
  readonly pixels: Uint8Array;
  readonly topDown?: boolean;
}

function bmp({
  bits,
  header = 40,
  compression = 0,
  palette = [],
  masks = [],
  pixels,
  topDown,
}: Bmp): Buffer {
  const entry = header === 12 ? 3 : 4;
  const head = Buffer.alloc(
    14 + header + (header === 40 ? 4 * masks.length : 0) + entry * palette.length,
  );
  head.write('BM');
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(header, 14);
  if (header === 12) {
    head.writeUInt16LE(WIDTH, 18);
    head.writeUInt16LE(HEIGHT, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt16LE(bits, 24);
  } else {
    head.writeInt32LE(WIDTH, 18);
    head.writeInt32LE(topDown ? -HEIGHT : HEIGHT, 22);
    head.writeUInt16LE(1, 26);
    head.writeUInt16LE(bits, 28);
    head.writeUInt32LE(compression, 30);
    for (const [i, mask] of masks.entries()) head.writeUInt32LE(mask, 54 + 4 * i);
  }
  const start = head.length - entry * palette.length;
  for (const [i, [r, g, b]] of palette.entries()) head.set([b, g, r], start + entry * i);
  return Buffer.concat([head, pixels]);
}

/** Rows padded to four bytes, the lowest first. */
function rows(bytesOf: (row: number) => readonly number[]): Buffer {
  const lines = Array.from({ length: HEIGHT }, (_, i) => bytesOf(HEIGHT - 1 - i));
  return Buffer.concat(
    lines.map((line) => Buffer.from([...line, ...Array((4 - (line.length % 4)) % 4).fill(0)])),
  );
}

const columns = Array.from({ length: WIDTH }, (_, x) => x);
const colour = (x: number, y: number): [number, number, number] => [40 * x, 100 * y, 255 - 10 * x];
const RGB = Array.from({ length: HEIGHT }, (_, y) => columns.flatMap((x) => colour(x, y))).flat();
const PALETTE = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [9, 8, 7],
] as const;
const index = (x: number, y: number): number => (x + y) % 4;
const INDEXED = Array.from({ length: HEIGHT }, (_, y) =>
  columns.flatMap((x) => [...PALETTE[index(x, y)]!]),
).flat();

async function read(file: Uint8Array, allowDamaged = false) {
  const notices: string[] = [];
  const image = await readImage(file, { allowDamaged, onNotice: (notice) => notices.push(notice) });
  return { ...image, data: [...image.data], notices };
}

const plain24 = (): Buffer => rows((y) => columns.flatMap((x) => colour(x, y).reverse()));

describe('pixels', () => {
  test.each([
    ['24 bits', bmp({ bits: 24, pixels: plain24() })],
    ['24 bits of OS/2', bmp({ bits: 24, header: 12, pixels: plain24() })],
    [
      '32 bits',
      bmp({
        bits: 32,
        pixels: rows((y) => columns.flatMap((x) => [...colour(x, y).reverse(), 7])),
      }),
    ],
    [
      'masks in another order',
      bmp({
        bits: 32,
        compression: 3,
        masks: [0xff, 0xff00, 0xff0000],
        pixels: rows((y) => columns.flatMap((x) => [...colour(x, y), 0])),
      }),
    ],
  ])('%s', async (_, file) => {
    expect(await read(file)).toMatchObject({
      width: WIDTH,
      height: HEIGHT,
      channels: 3,
      data: RGB,
      notices: [],
    });
  });

  test('from the top down', async () => {
    const pixels = Buffer.concat(
      [0, 1, 2].map((y) => Buffer.from([...columns.flatMap((x) => colour(x, y).reverse()), 0])),
    );
    expect((await read(bmp({ bits: 24, topDown: true, pixels }))).data).toEqual(RGB);
  });

  test.each([
    ['555', undefined, [31 << 10, 31 << 5, 31], 0],
    ['565', [0xf800, 0x7e0, 0x1f], [31 << 11, 63 << 5, 31], 3],
  ])('16 bits, %s', async (_, masks, primaries, compression) => {
    const pixels = rows(() =>
      columns.flatMap((x) => [primaries[x % 3]! & 255, primaries[x % 3]! >> 8]),
    );
    const { data } = await read(
      bmp({ bits: 16, compression, ...(masks ? { masks } : {}), pixels }),
    );
    expect(data.slice(0, 9)).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255]);
  });

  test('alpha by its mask, and none where all of it is 0', async () => {
    const file = (alpha: number): Buffer =>
      bmp({
        bits: 32,
        header: 56,
        compression: 3,
        masks: [0xff0000, 0xff00, 0xff, 0xff000000],
        pixels: rows((y) => columns.flatMap((x) => [...colour(x, y).reverse(), alpha])),
      });
    expect((await read(file(77))).data.slice(0, 4)).toEqual([...colour(0, 0), 77]);
    expect(await read(file(0))).toMatchObject({ channels: 3, data: RGB });
  });

  test.each([
    [1, (y: number) => [columns.reduce((byte, x) => byte | ((index(x, y) & 1) << (7 - x)), 0)]],
    [
      4,
      (y: number) =>
        [0, 2, 4].map((x) => (index(x, y) << 4) | (x + 1 < WIDTH ? index(x + 1, y) : 0)),
    ],
    [8, (y: number) => columns.map((x) => index(x, y))],
  ])('a palette of %i bits', async (bits, line) => {
    const palette = bits === 1 ? PALETTE.slice(0, 2) : PALETTE;
    const { data, notices } = await read(bmp({ bits, palette, pixels: rows(line) }));
    const expected =
      bits === 1
        ? INDEXED.map(
            (_, i) =>
              PALETTE[index(Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH)) & 1]![i % 3]!,
          )
        : INDEXED;
    expect(data).toEqual(expected);
    expect(notices).toEqual(['Expanded the palette to RGB.']);
  });

  test('a palette of greys is grey', async () => {
    const palette = [
      [0, 0, 0],
      [80, 80, 80],
      [160, 160, 160],
      [255, 255, 255],
    ] as const;
    const image = await read(
      bmp({ bits: 8, palette, pixels: rows((y) => columns.map((x) => index(x, y))) }),
    );
    expect([image.channels, ...image.data.slice(0, 4)]).toEqual([1, 0, 80, 160, 255]);
  });

  test('run-length encoding of 8 bits: runs, literals, a jump, ends', async () => {
    // Lowest row: a run of three 1, literals 2 3; middle: a jump over two, a run of two 2; top: five 3.
    const pixels = Uint8Array.of(3, 1, 0, 2, 0, 0, 2, 2, 0, 0, 0, 2, 2, 0, 2, 2, 0, 0, 5, 3, 0, 1);
    const palette = [
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, 2],
      [3, 3, 3],
    ] as const;
    const { data } = await read(bmp({ bits: 8, compression: 1, palette, pixels }));
    expect(data.slice(0, 5)).toEqual([3, 3, 3, 3, 3]);
  });

  test('run-length encoding of 4 bits', async () => {
    const row = [5, 0x12, 0, 0];
    const pixels = Uint8Array.from([...row, ...row, 0, 5, 0x12, 0x12, 0x10, 0, 0, 0, 0, 1]);
    const palette = [
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, 2],
    ] as const;
    const { data } = await read(bmp({ bits: 4, compression: 2, palette, pixels }));
    expect(data).toEqual([1, 2, 1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 1, 2, 1]);
  });
});

describe('what is wrong with a file', () => {
  test('pixels that are missing', async () => {
    const file = bmp({ bits: 24, pixels: plain24().subarray(0, 20) });
    await expect(read(file)).rejects.toMatchObject({ code: 'TRUNCATED_IMAGE' });
    expect((await read(file, true)).data.slice(-WIDTH * 3)).toEqual(RGB.slice(-WIDTH * 3));
  });

  test('runs that end too early', async () => {
    const file = bmp({
      bits: 8,
      compression: 1,
      palette: [[0, 0, 0]],
      pixels: Uint8Array.of(5, 0, 0, 0),
    });
    await expect(read(file)).rejects.toMatchObject({ code: 'TRUNCATED_IMAGE' });
  });

  test.each([
    ['64 bits', { bits: 64 }],
    ['a JPEG inside', { bits: 24, compression: 4 }],
    ['compression method 3', { bits: 1, compression: 3 }],
  ])('%s is not supported', async (kind, options) => {
    const file = bmp({ ...options, pixels: new Uint8Array(200) });
    await expect(read(file)).rejects.toMatchObject({
      code: 'NOT_AN_IMAGE',
      message: expect.stringContaining(kind),
    });
  });

  test('a size that would take all memory', async () => {
    const file = bmp({ bits: 24, pixels: plain24() });
    file.writeInt32LE(2 ** 30, 18);
    await expect(read(file)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });

  test('a header that is cut short, at any byte', async () => {
    const file = bmp({
      bits: 8,
      palette: PALETTE,
      pixels: rows((y) => columns.map((x) => index(x, y))),
    });
    for (let length = 1; length < file.length; length++) {
      await expect(read(file.subarray(0, length)), `${length}`).rejects.toMatchObject({
        code: expect.stringMatching(/^(NOT_AN_IMAGE|TRUNCATED_IMAGE)$/),
      });
    }
  });
});
