// Previews: decode with scale 1/8 and onPreview, on a fake model whose images are squares of 8 pixels.
import { expect, test } from 'vitest';
import { FakeRuntime, fakeModel } from '../testing/fake-model.js';
import { retile } from '../testing/retile.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { ModelError } from './errors.js';
import type { RawImage } from './image.js';
import { Model } from './model.js';
import type { GraphFile } from './model-description.js';
import { openNcr } from './ncr-file.js';
import type { Region } from './region.js';

/** Colours that change from square to square. */
function testImage(width: number, height: number): RawImage {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    data[i] = (x / 3 + 2 * y + 70 * (i % 3)) % 200;
  }
  return { width, height, channels: 3, data };
}

const image = testImage(300, 141);
const file = encode(fakeModel(), image, { quality: 30 }).then((bytes) =>
  retile(fakeModel(), bytes, 7),
);
const whole = file.then((bytes) => decode(fakeModel(), bytes));

/** Every eighth pixel of a region: the fake synthesis fills squares of 8 pixels with one colour. */
const eighths = async ({ left, top, width, height }: Region): Promise<number[]> => {
  const { data } = await whole;
  const samples: number[] = [];
  for (let y = top - (top % 8); y < top + height; y += 8) {
    for (let x = left - (left % 8); x < left + width; x += 8) {
      samples.push(...data.subarray(3 * (300 * y + x), 3 * (300 * y + x) + 3));
    }
  }
  return samples;
};

test.each([
  { left: 0, top: 0, width: 300, height: 141, columns: 38, rows: 18 },
  { left: 0, top: 0, width: 1, height: 1, columns: 1, rows: 1 },
  { left: 299, top: 140, width: 1, height: 1, columns: 1, rows: 1 },
  { left: 63, top: 56, width: 2, height: 8, columns: 2, rows: 1 },
  { left: 199, top: 3, width: 101, height: 138, columns: 14, rows: 18 },
])('$width×$height at $left,$top is $columns×$rows', async ({ columns, rows, ...region }) => {
  for (const windowPixels of [1, undefined]) {
    const runtime = new FakeRuntime();
    const options = { region, windowPixels, scale: 1 / 8 };
    const preview = await decode(fakeModel(runtime), await file, options);
    expect([preview.width, preview.height]).toEqual([columns, rows]);
    expect([...preview.data]).toEqual(await eighths(region));
    expect(runtime.runs).not.toContain('synthesis');
  }
});

test('come before the image on request, from tiles that are decoded once', async () => {
  for (const windowPixels of [1, undefined]) {
    const runtime = new FakeRuntime();
    const given: RawImage[] = [];
    const decoded = await decode(fakeModel(runtime), await file, {
      windowPixels,
      onPreview: (preview) => {
        expect(runtime.runs).not.toContain('synthesis');
        given.push(preview);
      },
    });
    expect(given).toEqual([await decode(fakeModel(), await file, { scale: 1 / 8 })]);
    expect(decoded).toEqual(await whole);
    const tiles = openNcr(await file).tiles.length;
    expect(runtime.runs.filter((name) => name === 'scales').length).toBe(4 * tiles);
  }
});

test('alpha is the mean of each square, and what is damaged is grey', async () => {
  const { width, height } = { width: 70, height: 20 };
  const data = new Uint8Array(4 * width * height).map((_, i) => (i % 4 === 3 ? i % 251 : 90));
  const model = fakeModel();
  const bytes = await encode(model, { width, height, channels: 4, data }, { quality: 50 });
  const preview = await decode(model, bytes, { scale: 1 / 8 });
  expect([preview.width, preview.height, preview.channels]).toEqual([9, 3, 4]);
  let sum = 0;
  for (let y = 16; y < 20; y++) for (let x = 64; x < 70; x++) sum += data[4 * (70 * y + x) + 3]!;
  expect(preview.data.at(-1)).toBe(Math.round(sum / 24));

  const small = await retile(model, await encode(model, testImage(130, 64), { quality: 50 }), 6);
  // The streams of the tiles end the file.
  small[small.length - openNcr(small).tiles[2]!.byteLength - 1]! ^= 1;
  const part = await decode(model, small, { scale: 1 / 8, partial: true });
  expect(part.damaged).toEqual([{ left: 64, top: 0, width: 64, height: 64 }]);
  const row = Array.from(part.data.subarray(0, 3 * 17)).filter((_, i) => i % 3 === 0);
  expect(row.slice(8, 16)).toEqual(new Array(8).fill(128));
  expect(row[16]).not.toBe(128);
});

test('a model that makes none still decodes, and says so if one is asked for', async () => {
  const { preview: _, ...description } = fakeModel().description;
  const read = async ({ file }: GraphFile) => Uint8Array.from(file, (c) => c.charCodeAt(0));
  const model = new Model(description, fakeModel().hash, new FakeRuntime(), read);
  const onPreview = () => expect.unreachable();
  expect(await decode(model, await file, { onPreview })).toEqual(await whole);
  await expect(decode(model, await file, { scale: 1 / 8 })).rejects.toThrow(ModelError);
});

test('an image does not fail for want of its preview', async () => {
  const preview = () => {
    throw new Error('No such operator.');
  };
  const model = fakeModel(new FakeRuntime({ preview }));
  const onPreview = () => expect.unreachable();
  expect(await decode(model, await file, { onPreview })).toEqual(await whole);
  await expect(decode(model, await file, { scale: 1 / 8 })).rejects.toThrow('No such operator.');
});

test('other scales are refused', async () => {
  await expect(decode(fakeModel(), await file, { scale: 0.25 })).rejects.toThrow(
    'Expected 1 or 1/8 for scale but received 0.25 of type number',
  );
});
