// encode and decode together, on a fake model: sizes, tiles, qualities, options, damaged files.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeRuntime, fakeModel, gainOf } from '../testing/fake-model.js';
import { retile } from '../testing/retile.js';
import { crc32c } from './crc32c.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import {
  CodecError,
  CorruptFileError,
  ModelError,
  ModelMismatchError,
  TargetError,
  TooLargeError,
} from './errors.js';
import { readContainer, writeContainer } from './format.js';
import type { RawImage } from './image.js';
import { measureBits } from './measure-bits.js';
import { Model } from './model.js';
import type { GraphFile } from './model-description.js';
import { openNcr } from './ncr-file.js';
import { pack } from './pack.js';
import { parse } from './parse.js';
import { psnr } from './psnr.js';
import type { Region } from './region.js';
import { ssimulacra2 } from './ssimulacra2.js';
import { decodeTile, encodeTile } from './tile-coding.js';
import { readTileSection, writeTileSection } from './tile-section.js';
import { copyCells, createTileGrid, getTile } from './tiles.js';

/** Smooth colour, so that block means say much about it, with a step in the middle. */
function testImage(width: number, height: number): RawImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const step = 2 * x > width ? 60 : 0;
      data[i++] = (x / 3 + step) % 200;
      data[i++] = 40 + ((y / 2) % 150);
      data[i++] = 90 + ((x + y) % 50) + step;
    }
  }
  return { width, height, channels: 3, data };
}

/** A file with its streams changed, and checksums that agree. */
function withStreams(bytes: Uint8Array, change: (streams: Uint8Array[]) => Uint8Array[]) {
  const container = readContainer(bytes);
  const { width, height, sections } = container;
  const section = readTileSection(sections[0]!.payload, width, height);
  const streams = Array.from(section.sizes, (_, i) => section.get(i).slice());
  const payload = writeTileSection({ log2Side: section.log2Side, streams: change(streams) });
  return writeContainer({ ...container, sections: [{ type: 'TILE', payload }] });
}

const SIZES = [
  [1, 1],
  [1, 2],
  [2, 1],
  [63, 65],
  [64, 64],
  [65, 63],
  [513, 7],
  [7, 513],
  [1100, 1030],
  [1100, 530],
] as const;

describe.each(SIZES)('%i×%i', (width, height) => {
  const image = testImage(width, height);
  const model = fakeModel();

  test.each([1, 40, 100])('quality %i comes back in its size and close to it', async (quality) => {
    const bytes = await encode(model, image, { quality });
    const decoded = await decode(model, bytes);
    expect([decoded.width, decoded.height]).toEqual([width, height]);
    expect(decoded.data.length).toBe(image.data.length);
    const { hyper, latent } = createTileGrid(width, height, 10);
    // Compare the blocks that lie wholly within the image; a pixel is a latent plus or minus
    // another, each off by half a quantiser step.
    const step = 1 / gainOf(quality - 1);
    let worst = 0;
    for (let row = 0; row < Math.floor(height / 16); row++) {
      for (let column = 0; column < Math.floor(width / 16); column++) {
        for (let channel = 0; channel < 3; channel++) {
          const meanOf = ({ data }: RawImage) => {
            let sum = 0;
            for (let i = 0; i < 256; i++) {
              const y = 16 * row + (i >> 4);
              sum += data[3 * (width * y + 16 * column + (i & 15)) + channel]!;
            }
            return sum / 256;
          };
          worst = Math.max(worst, Math.abs(meanOf(decoded) - meanOf(image)));
        }
      }
    }
    // At quality 1 the step is 32 and values leave 0..255, where they are clamped.
    if (quality > 1) expect(worst).toBeLessThanOrEqual(step / 2 + 0.51);
    const parsed = await parse(model, bytes);
    expect(parsed.symbols.length).toBe(4 * latent.rows * latent.columns);
    expect(parsed.hyperSymbols.length).toBe(2 * hyper.rows * hyper.columns);
  });
});

test('a flat image comes back exactly at the finest level', async () => {
  const model = fakeModel();
  const data = new Uint8Array(3 * 70 * 90).map((_, i) => [12, 200, 255][i % 3]!);
  const image = { width: 70, height: 90, channels: 3 as const, data };
  const decoded = await decode(model, await encode(model, image, { quality: 100 }));
  expect(decoded).toEqual({ ...image, metadata: {} });
});

test('the file says what it holds', async () => {
  const model = fakeModel();
  const bytes = await encode(model, testImage(1100, 1030), { quality: 7 });
  const info = openNcr(bytes);
  expect(info).toMatchObject({ version: 1, width: 1100, height: 1030, level: 6, tileSide: 1024 });
  expect(info.byteLength).toBe(bytes.length);
  expect(info.modelHash).toEqual(model.hash.subarray(0, 8));
  expect(info.tiles.map(({ left, top, width, height }) => [left, top, width, height])).toEqual([
    [0, 0, 1024, 1024],
    [1024, 0, 76, 1024],
    [0, 1024, 1024, 6],
    [1024, 1024, 76, 6],
  ]);
  const streams = info.tiles.reduce((sum, tile) => sum + tile.byteLength, 0);
  expect(info.sections).toEqual([{ type: 'TILE', byteLength: bytes.length - 36 }]);
  // Header, table and index: 36 + 1 + 4 entries of 4 bytes of checksum and 1 to 3 of size.
  expect(bytes.length - streams).toBeLessThanOrEqual(36 + 1 + 4 * 7);
});

test('an image of one tile carries at most 48 bytes that are not entropy-coded', async () => {
  for (const side of [1, 1024]) {
    const bytes = await encode(fakeModel(), testImage(side, side), { quality: 100 });
    expect(bytes.length - openNcr(bytes).tiles[0]!.byteLength).toBeLessThanOrEqual(48);
  }
});

test('encoding is deterministic', async () => {
  const image = testImage(1100, 530);
  const bytes = await encode(fakeModel(), image, { quality: 60 });
  expect(await encode(fakeModel(), image, { quality: 60 })).toEqual(bytes);
});

test('the quality is 50 unless said otherwise', async () => {
  const image = testImage(100, 80);
  expect(await encode(fakeModel(), image)).toEqual(
    await encode(fakeModel(), image, { quality: 50 }),
  );
});

test('an encoder runs the means once a step, and the scales once a step and tile', async () => {
  const runtime = new FakeRuntime();
  const bytes = await encode(fakeModel(runtime), testImage(1100, 20));
  const [means, scales] = [new Array(4).fill('means'), new Array(8).fill('scales')];
  expect(runtime.runs).toEqual(['analysis', ...means, ...scales]);
  runtime.runs.length = 0;
  await decode(fakeModel(runtime), bytes);
  expect(runtime.runs).toEqual([...scales, 'synthesis']);
});

test('tiles of any side decode to the same symbols', async () => {
  const model = fakeModel();
  const parsed = await parse(model, await encode(model, testImage(300, 200), { quality: 30 }));
  const { scaleIndices: _, ...same } = parsed;
  for (const tileSide of [64, 128, 65_536]) {
    const packed = await pack(model, { ...parsed, tileSide });
    // Only the tables depend on the tile.
    const { scaleIndices: _, ...rest } = await parse(model, packed);
    expect({ ...rest, tileSide: 1024 }).toEqual(same);
  }
});

test('a tile is decoded from its own stream alone, in any order', async () => {
  const model = fakeModel();
  const bytes = await encode(model, testImage(1100, 1030), { quality: 30 });
  const { symbols } = await parse(model, bytes);
  const section = readTileSection(readContainer(bytes).sections[0]!.payload, 1100, 1030);
  const grid = createTileGrid(1100, 1030, 10);
  for (let i = grid.count - 1; i >= 0; i--) {
    const tile = getTile(grid, i);
    const { latent } = tile;
    const decoded = await decodeTile(model, tile, 29, section.get(i));
    const expected = new Int32Array(4 * latent.rows * latent.columns);
    copyCells(symbols, { top: 0, left: 0, ...grid.latent }, expected, latent);
    expect(decoded.symbols).toEqual(expected);
  }

  // A file whose second tile is that of another image: as its neighbours are not looked at, it fits.
  const mirrored = testImage(1100, 1030);
  mirrored.data.reverse();
  const other = await encode(model, mirrored, { quality: 30 });
  const mixed = withStreams(bytes, ([one, , ...rest]) => {
    const payload = readContainer(other).sections[0]!.payload;
    return [one!, readTileSection(payload, 1100, 1030).get(1), ...rest];
  });
  const [here, there, both] = [symbols, (await parse(model, other)).symbols].concat(
    (await parse(model, mixed)).symbols,
  );
  const { top, left, rows, columns } = getTile(grid, 1).latent;
  const { rows: height, columns: width } = grid.latent;
  both!.forEach((symbol, i) => {
    const [row, column] = [Math.floor(i / width) % height, i % width];
    const within = row >= top && row < top + rows && column >= left && column < left + columns;
    if (symbol !== (within ? there : here)![i]) expect(symbol, `${i}`).toBe('another');
  });
  expect(here).not.toEqual(there);
});

describe('windows', () => {
  const image = testImage(1100, 300);

  test('the file is the same however small they are, and so is the image', async () => {
    const runtime = new FakeRuntime();
    const whole = await encode(fakeModel(), image, { quality: 30 });
    const bytes = await encode(fakeModel(runtime), image, { quality: 30, windowPixels: 1 });
    expect(runtime.runs.filter((run) => run === 'analysis').length).toBe(2);
    expect(bytes).toEqual(whole);
    runtime.runs.length = 0;
    const decoded = await decode(fakeModel(runtime), bytes, { windowPixels: 1 });
    // Windows of 256 pixels; each tile is decoded once.
    expect(runtime.runs.filter((run) => run === 'synthesis').length).toBe(10);
    expect(runtime.runs.filter((run) => run === 'scales').length).toBe(8);
    const expected = await decode(fakeModel(), bytes);
    expect(Buffer.compare(decoded.data, expected.data)).toBe(0);
  });

  test('an aborted signal stops the job between two of them', async () => {
    const bytes = await encode(fakeModel(), testImage(1100, 64));
    const runtime = new FakeRuntime();
    const controller = new AbortController();
    const onProgress = () => {
      if (runtime.runs.includes('synthesis')) controller.abort(new Error('enough'));
    };
    const options = { windowPixels: 1, signal: controller.signal, onProgress };
    await expect(decode(fakeModel(runtime), bytes, options)).rejects.toThrow('enough');
    expect(runtime.runs.filter((run) => run === 'synthesis').length).toBeLessThan(3);
  });

  test('a model without a halo sees the whole image at once', async () => {
    const runtime = new FakeRuntime();
    const { description, hash } = fakeModel();
    const { halo: _, ...bitstream } = description.bitstream;
    const read = async ({ file }: GraphFile) => Uint8Array.from(file, (c) => c.charCodeAt(0));
    const model = new Model({ ...description, bitstream }, hash, runtime, read);
    await decode(model, await encode(model, image, { windowPixels: 1 }), { windowPixels: 1 });
    for (const name of ['analysis', 'synthesis']) {
      expect(runtime.runs.filter((run) => run === name).length).toBe(1);
    }
  });
});

describe('regions', () => {
  const image = testImage(1100, 300);
  const file = encode(fakeModel(), image, { quality: 30 });
  const whole = file.then((bytes) => decode(fakeModel(), bytes));

  const cropped = async ({ left, top, width, height }: Region) => {
    const { data } = await whole;
    const rows = Array.from({ length: height }, (_, row) => {
      const start = 3 * (1100 * (top + row) + left);
      return data.subarray(start, start + 3 * width);
    });
    return Buffer.concat(rows);
  };

  test.each([
    { left: 0, top: 0, width: 1100, height: 300 },
    { left: 0, top: 0, width: 1, height: 1 },
    { left: 1099, top: 299, width: 1, height: 1 },
    { left: 63, top: 50, width: 2, height: 240 },
    { left: 1000, top: 270, width: 100, height: 30 },
  ])('$width×$height at $left,$top is what it is in the whole image', async (region) => {
    for (const windowPixels of [1, undefined]) {
      const decoded = await decode(fakeModel(), await file, { region, windowPixels });
      expect([decoded.width, decoded.height]).toEqual([region.width, region.height]);
      expect(Buffer.compare(decoded.data, await cropped(region))).toBe(0);
    }
  });

  test('only the tiles within the margin are decoded', async () => {
    const bytes = await encode(fakeModel(), testImage(2300, 20), { quality: 30 });
    const damaged = withStreams(bytes, ([, , last]) => [Uint8Array.of(), Uint8Array.of(), last!]);
    const runtime = new FakeRuntime();
    const region = { left: 2048 + 64, top: 3, width: 100, height: 9 };
    const decoded = await decode(fakeModel(runtime), damaged, { region });
    expect(runtime.runs).toEqual([...new Array(4).fill('scales'), 'synthesis']);
    expect(decoded).toEqual(await decode(fakeModel(), bytes, { region }));
    const nearer = { ...region, left: 2048 + 63 };
    await expect(decode(fakeModel(), damaged, { region: nearer })).rejects.toThrow(
      /^Tile 2 of 3: /,
    );
  });

  test('one that is not within the image is a RangeError', async () => {
    const region = { left: 1000, top: 0, width: 101, height: 1 };
    await expect(decode(fakeModel(), await file, { region })).rejects.toThrow(
      'Expected a region within 1100×300 pixels for region but received 1000,0,101,1 of type object',
    );
    const wrong = { left: 0, top: 0, width: 0, height: 1 };
    await expect(decode(fakeModel(), await file, { region: wrong })).rejects.toThrow(RangeError);
  });

  test('maxPixels counts the region, not the image', async () => {
    const region = { left: 5, top: 5, width: 20, height: 20 };
    await expect(
      decode(fakeModel(), await file, { region, maxPixels: 400 }),
    ).resolves.toBeDefined();
    await expect(decode(fakeModel(), await file, { region, maxPixels: 399 })).rejects.toThrow(
      TooLargeError,
    );
  });
});

describe('options', () => {
  const image = testImage(20, 20);

  test('progress rises from 0 to 1', async () => {
    for (const work of [
      (onProgress: (f: number) => void) => encode(fakeModel(), image, { onProgress }),
      async (onProgress: (f: number) => void) =>
        decode(fakeModel(), await encode(fakeModel(), image), { onProgress }),
    ]) {
      const fractions: number[] = [];
      await work((fraction) => fractions.push(fraction));
      expect(fractions[0]).toBe(0);
      expect(fractions.at(-1)).toBe(1);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    }
  });

  test('an aborted signal stops the job with its reason, before or within', async () => {
    const reason = new Error('enough');
    const runtime = new FakeRuntime();
    const signal = AbortSignal.abort(reason);
    await expect(encode(fakeModel(runtime), image, { signal })).rejects.toBe(reason);
    expect(runtime.runs).toEqual([]);
    const bytes = await encode(fakeModel(), image);
    await expect(decode(fakeModel(runtime), bytes, { signal })).rejects.toBe(reason);
    const controller = new AbortController();
    const onProgress = () => controller.abort(reason);
    const running = encode(fakeModel(runtime), image, { signal: controller.signal, onProgress });
    await expect(running).rejects.toBe(reason);
    expect(runtime.runs).not.toContain('means');
  });

  test('a target score is reached, and one beyond reach is an error', async () => {
    const model = fakeModel();
    const blocks = testImage(64, 48);
    // What the fake model can show: blocks of one colour.
    blocks.data.forEach((_, i, data) => {
      const [x, y] = [((i / 3) % 64) >> 4, Math.floor(i / 3 / 64) >> 4];
      data[i] = (70 + 40 * x + 13 * y + 20 * (i % 3)) % 256;
    });
    const bytes = await encode(model, blocks, { targetSsimulacra2: 70 });
    expect(ssimulacra2(blocks, await decode(model, bytes))).toBeGreaterThanOrEqual(70);
    expect(openNcr(bytes).level).toBeLessThan(99);
    const noise = { ...blocks, data: blocks.data.map((_, i) => (i * i * 31) % 256) };
    await expect(encode(model, noise, { targetSsimulacra2: 90 })).rejects.toThrow(TargetError);
    await expect(encode(model, testImage(7, 9), { targetSsimulacra2: 50 })).rejects.toThrow(
      'Expected image of 8×8 or more for targetSsimulacra2 but received 7×9',
    );
  });

  test('a target size is kept, a target PSNR reached', async () => {
    const model = fakeModel();
    const large = testImage(300, 200);
    const file = await encode(model, large, { targetSize: 2000 });
    expect(file.length).toBeLessThanOrEqual(2000);
    expect(file.length).toBeGreaterThanOrEqual(0.95 * 2000);
    const flat = { ...large, data: new Uint8Array(large.data.length).fill(77) };
    const bytes = await encode(model, flat, { targetPsnr: 45 });
    expect(psnr(flat, await decode(model, bytes))).toBeGreaterThanOrEqual(45);
  });

  test.each([0, 101, 2.5, Number.NaN])('quality %d is a RangeError', async (quality) => {
    await expect(encode(fakeModel(), image, { quality })).rejects.toThrow(RangeError);
  });

  test('arguments of the wrong type are TypeErrors', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: that is the point.
    const wrong: any = 'x';
    await expect(encode(wrong, image)).rejects.toThrow(TypeError);
    await expect(encode(fakeModel(), wrong)).rejects.toThrow(TypeError);
    await expect(encode(fakeModel(), image, { quality: wrong })).rejects.toThrow(TypeError);
    await expect(decode(wrong, Uint8Array.of())).rejects.toThrow(TypeError);
    await expect(decode(fakeModel(), wrong)).rejects.toThrow(TypeError);
    expect(() => openNcr(wrong)).toThrow(TypeError);
  });

  test('maxPixels bounds what is decoded', async () => {
    const bytes = await encode(fakeModel(), image);
    await expect(decode(fakeModel(), bytes, { maxPixels: 399 })).rejects.toThrow(TooLargeError);
    await expect(decode(fakeModel(), bytes, { maxPixels: 400 })).resolves.toBeDefined();
    await expect(decode(fakeModel(), bytes, { maxPixels: 0 })).rejects.toThrow(RangeError);
  });

  test('by default 2^28 pixels, refused before anything is allocated or run', async () => {
    const runtime = new FakeRuntime();
    const streams = [new Uint8Array(4)];
    const payload = writeTileSection({ log2Side: 16, streams });
    const bytes = writeContainer({
      width: 65_535,
      height: 65_535,
      level: 0,
      greyscale: false,
      modelHash: fakeModel().hash,
      sections: [{ type: 'TILE', payload }],
    });
    const before = process.memoryUsage().arrayBuffers;
    await expect(decode(fakeModel(runtime), bytes)).rejects.toThrow(TooLargeError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
    expect(runtime.loaded).toEqual([]);
  });
});

describe('files and models that do not fit', () => {
  test('another model', async () => {
    const bytes = await encode(fakeModel(), testImage(5, 5));
    const { description, runtime } = fakeModel();
    const other = new Model(description, new Uint8Array(32), runtime, async () => bytes);
    await expect(decode(other, bytes)).rejects.toThrow(ModelMismatchError);
    await expect(decode(other, bytes)).rejects.toThrow(/a0a1a2a3a4a5a6a7.*0000000000000000/);
  });

  test('a level the model does not have', async () => {
    const bytes = await encode(fakeModel(), testImage(5, 5));
    const changed = writeContainer({ ...readContainer(bytes), level: 100 });
    await expect(decode(fakeModel(), changed)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });

  test.each([Number.NaN, 0.5, -1, 64, 2 ** 32])('a scale index of %d', async (value) => {
    const scales = () => ({
      scale_index: { data: new Float32Array(64).fill(value), dims: [1, 4, 4, 4] },
    });
    const model = fakeModel(new FakeRuntime({ scales }));
    await expect(encode(model, testImage(5, 5))).rejects.toThrow(ModelError);
    const bytes = await encode(fakeModel(), testImage(5, 5));
    await expect(decode(model, bytes)).rejects.toThrow(ModelError);
  });
});

describe('damaged files', () => {
  const model = fakeModel();

  test('cut off anywhere, and any bit flipped', async () => {
    const bytes = await encode(model, testImage(30, 70), { quality: 20 });
    for (let length = 0; length < bytes.length; length++) {
      await expect(decode(model, bytes.subarray(0, length))).rejects.toThrow(CodecError);
    }
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const copy = Uint8Array.from(bytes);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      await expect(decode(model, copy), `bit ${bit}`).rejects.toThrow(CodecError);
    }
  });

  test('streams that a careful forger changed: an error that names a tile, or some image', async () => {
    const bytes = await encode(model, testImage(1100, 20), { quality: 20 });
    const place = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 4 }), async (places) => {
        const forged = withStreams(bytes, (streams) => {
          for (const { at, value } of places) streams[1]![at % streams[1]!.length] = value;
          return streams;
        });
        const outcome = await decode(model, forged).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toMatchObject({ code: 'CORRUPT_FILE' });
          expect(outcome.message).toMatch(/^Tile 2 of 2: /);
        } else {
          expect((outcome as RawImage).data.length).toBe(3 * 1100 * 20);
        }
      }),
    );
  });

  test.each([
    ['empty', () => new Uint8Array(0)],
    ['of odd length', (stream: Uint8Array) => stream.subarray(1)],
    ['longer than its symbols', (stream: Uint8Array) => Uint8Array.from([...stream, 0, 0])],
    ['shorter than its symbols', (stream: Uint8Array) => stream.subarray(0, -2)],
  ])('a stream that is %s', async (_, change) => {
    const bytes = await encode(model, testImage(1100, 20), { quality: 20 });
    const forged = withStreams(bytes, ([one, two]) => [one!, change(two!)]);
    await expect(decode(model, forged)).rejects.toThrow(/^Tile 2 of 2: /);
  });

  test('a hyper-latent beyond ±127 is refused, as the exact network counts on it', async () => {
    const image = testImage(5, 5);
    const bytes = await encode(model, image, { quality: 20 });
    const parsed = await parse(model, bytes);
    const hyperSymbols = parsed.hyperSymbols.slice().fill(128);
    const tile = getTile(createTileGrid(5, 5, 10), 0);
    const stream = await encodeTile(model, tile, 19, { ...parsed, hyperSymbols });
    const forged = withStreams(bytes, () => [stream]);
    await expect(decode(model, forged)).rejects.toThrow(/^Tile 1 of 1: A hyper-latent is beyond/);
  });
});

describe('partial', () => {
  const model = fakeModel();
  const damaged = [{ left: 64, top: 0, width: 64, height: 64 }];

  /** A file of 5×3 tiles, and where the stream of each begins. */
  async function manyTiles() {
    const bytes = await retile(model, await encode(model, testImage(260, 130)), 6);
    const starts: number[] = [];
    let at = bytes.length;
    for (const tile of openNcr(bytes).tiles.toReversed()) {
      at -= tile.byteLength;
      starts.unshift(at);
    }
    return { bytes, starts };
  }

  test('a damaged tile is grey and named, the others are what they were', async () => {
    const { bytes, starts } = await manyTiles();
    const whole = await decode(model, bytes);
    expect(await decode(model, bytes, { partial: true })).toEqual(whole);
    bytes[starts[1]!]! ^= 1;
    await expect(decode(model, bytes)).rejects.toThrow('section TILE is damaged');
    const part = await decode(model, bytes, { partial: true });
    expect(part.damaged).toEqual(damaged);
    const different: string[] = [];
    for (const [i, value] of part.data.entries()) {
      const [x, y] = [Math.floor(i / 3) % 260, Math.floor(i / 3 / 260)];
      const isDamaged = x >= 64 && x < 128 && y < 64;
      // The fake networks look one tile to the left and up.
      const isNear = x >= 64 && x < 192 && y < 128;
      const right = isDamaged ? 128 : isNear ? value : whole.data[i];
      if (value !== right) different.push(`${x}, ${y}`);
    }
    expect(different).toEqual([]);
  });

  test('a region is grey where it shares a damaged tile, which is in pixels of the image', async () => {
    const { bytes, starts } = await manyTiles();
    bytes[starts[1]!]! ^= 1;
    const region = { left: 60, top: 60, width: 10, height: 8 };
    const part = await decode(model, bytes, { partial: true, region });
    expect(part.damaged).toEqual(damaged);
    const isGrey = (x: number, y: number) =>
      part.data.subarray(3 * (10 * y + x), 3 * (10 * y + x) + 3).every((value) => value === 128);
    expect([isGrey(4, 0), isGrey(9, 3)]).toEqual([true, true]);
    expect([isGrey(3, 0), isGrey(4, 4)]).toEqual([false, false]);
  });

  test('a file cut short keeps the tiles before', async () => {
    const { bytes, starts } = await manyTiles();
    const parsed = await parse(model, bytes);
    const cut = bytes.subarray(0, starts[10]! + 3);
    const part = await parse(model, cut, { partial: true });
    expect(part.damagedTiles).toEqual([10, 11, 12, 13, 14]);
    // Of 12 rows of latents, 8 are whole.
    const right = parsed.symbols.map((symbol, i) => (Math.floor(i / 20) % 12 < 8 ? symbol : 0));
    expect(part.symbols).toEqual(right);
    const bytesOf = openNcr(cut, { partial: true }).tiles.map((tile) => tile.byteLength);
    expect(bytesOf.indexOf(0)).toBe(10);
  });

  test('a tile that only its decoding shows to be wrong', async () => {
    const forged = withStreams((await manyTiles()).bytes, ([one, two, ...rest]) => [
      one!,
      two!.subarray(0, -2),
      ...rest,
    ]);
    await expect(decode(model, forged)).rejects.toThrow(/^Tile 2 of 15: /);
    expect((await parse(model, forged, { partial: true })).damagedTiles).toEqual([1]);
  });

  test('alpha is opaque where it is damaged, and metadata that is damaged is missing', async () => {
    const image = {
      ...testImage(20, 10),
      channels: 4 as const,
      data: new Uint8Array(4 * 20 * 10).map((_, i) => (i % 4 === 3 ? i % 251 : 90)),
      metadata: { icc: Uint8Array.of(1, 2, 3), exif: Uint8Array.of(4, 5, 6) },
    };
    const bytes = await encode(model, image);
    const { sections } = openNcr(bytes);
    let at = bytes.length;
    for (const { type, byteLength: length } of sections.toReversed()) {
      at -= length;
      if (type === 'Alph' || type === 'iccp') bytes[at + length - 1]! ^= 1;
    }
    await expect(decode(model, bytes)).rejects.toThrow('section Alph is damaged');
    const part = await decode(model, bytes, { partial: true });
    expect(part).toMatchObject({
      channels: 4,
      metadata: { exif: image.metadata.exif },
      damaged: [{ left: 0, top: 0, width: 20, height: 10 }],
      missing: ['iccp'],
    });
    expect(part.metadata.icc).toBeUndefined();
    expect(part.data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
  });

  test('nothing is made of a file without a whole tile, header or index', async () => {
    const bytes = await encode(model, testImage(30, 20));
    const { length } = bytes;
    for (const size of [length - 1, length - 20, 37, 36, 30, 10, 0]) {
      const cut = decode(model, bytes.subarray(0, size), { partial: true });
      await expect(cut, `${size} bytes`).rejects.toThrow(CodecError);
    }
    await expect(decode(model, bytes.subarray(0, -1), { partial: true })).rejects.toThrow(
      'Every tile that is needed is damaged',
    );
    const longer = Uint8Array.from([...bytes, 0]);
    expect(await decode(model, longer, { partial: true })).toEqual(await decode(model, bytes));
  });

  test('measureBits measures no part', async () => {
    const cut = (await manyTiles()).bytes.subarray(0, -1);
    await expect(measureBits(model, cut)).rejects.toThrow(CorruptFileError);
    const opened = openNcr(cut, { partial: true });
    await expect(measureBits(model, opened)).rejects.toThrow(CorruptFileError);
  });
});

test('checksums are what RFC 3720 calls CRC-32C, in the header and in the index', async () => {
  const bytes = await encode(fakeModel(), testImage(3, 3));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  expect(view.getUint32(32, true)).toBe(crc32c(bytes.subarray(0, 32)));
  expect(view.getUint32(28, true)).toBe(crc32c(bytes.subarray(36)));
  const stream = (bytes[37]! < 128 ? 38 : 39) + 4; // behind k, a varint of one or two bytes, a checksum
  expect(view.getUint32(stream - 4, true)).toBe(crc32c(bytes.subarray(stream)));
});
