// The demo's core on the tiny model: real files, whose figures can be worked out again from them.
import { fileURLToPath } from 'node:url';
import { decode, type Model, psnr, type RawImage } from '@nacre/codec';
import { loadModel, readImage } from '@nacre/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BesideJpeg, besideJpeg, formatBesideJpeg } from './beside-jpeg.js';
import { nacreCodec } from './nacre-codec.js';

const root = new URL('../../../', import.meta.url);
let model: Model;
let image: RawImage;
let row: BesideJpeg;

beforeAll(async () => {
  model = await loadModel({ model: fileURLToPath(new URL('test/fixtures/tiny', root)) });
  image = await readImage(fileURLToPath(new URL('samples/tiny.png', root)));
  row = await besideJpeg(nacreCodec(model), image, 80);
});

afterAll(async () => {
  await model.release();
});

test('the figures are those of the file itself', async () => {
  const decoded = await decode(model, row.file);
  expect(row.psnr).toBe(psnr(image, decoded));
  expect(row.bpp).toBe((8 * row.file.length) / (24 * 16));
});

test('both JPEGs are whole files of the same image', () => {
  for (const { file, image: decoded, psnr: decibels } of [
    row.jpegOfSamePsnr,
    row.jpegOfSameBytes,
  ]) {
    expect([...file.subarray(0, 2)]).toEqual([0xff, 0xd8]);
    expect(decibels).toBe(psnr(image, decoded));
  }
});

test('the table shows every figure and signs the differences', () => {
  const jpeg = { file: new Uint8Array(2000), image, quality: 30, psnr: 30.04 };
  const better: BesideJpeg = {
    file: new Uint8Array(1000),
    image,
    quality: 20,
    bpp: 0.25,
    psnr: 30,
    jpegOfSamePsnr: jpeg,
    jpegOfSameBytes: { ...jpeg, file: new Uint8Array(1010), psnr: 27.5 },
  };
  const worse: BesideJpeg = {
    ...better,
    quality: 50,
    file: new Uint8Array(3000),
    jpegOfSameBytes: { ...jpeg, psnr: 31 },
  };
  const lines = formatBesideJpeg([better, worse]).split('\n');
  expect(lines[2]!.trim().split(/\s+/)).toEqual([
    '20',
    '1,000',
    '0.250',
    '30.00',
    '2,000',
    '30.04',
    '1,010',
    '27.50',
  ]);
  expect(lines.slice(-2)).toEqual([
    'Nacre against JPEG: −50 and +50 % bytes at about the same PSNR,',
    '+2.5 and −1.0 dB at about the same bytes.',
  ]);
});
