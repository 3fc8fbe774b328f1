// What files made by hand say beside their pixels; those of real programs are in test/viewer.test.ts.
import { expect, test } from 'vitest';
import { inspectImageFile } from './inspect-image-file.js';

const text = (string: string): number[] => [...string].map((character) => character.charCodeAt(0));
const uint32 = (n: number): number[] => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];

/** EXIF with one entry: the orientation, turned. */
const exif = (orientation: number): number[] => [
  ...text('MM'),
  ...[0, 42, 0, 0, 0, 8],
  ...[0, 1],
  ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
  ...[0, 0, 0, 0],
];

const segment = (marker: number, content: readonly number[]): number[] => {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...content];
};
const chunk = (type: string, content: readonly number[]): number[] => [
  ...uint32(content.length),
  ...text(type),
  ...content,
  ...uint32(0),
];
const riff = (type: string, content: readonly number[]): number[] => [
  ...text(type),
  ...uint32(content.length).reverse(),
  ...content,
  ...(content.length % 2 ? [0] : []),
];

const inspect = (...bytes: readonly number[]) =>
  inspectImageFile(new Blob([Uint8Array.from(bytes)]));

test('JPEG', async () => {
  const facts = await inspect(
    ...[0xff, 0xd8],
    ...segment(0xe1, [...text('Exif\0\0'), ...exif(6)]),
    ...segment(0xe1, text('http://ns.adobe.com/xap/1.0/\0<x/>')),
    ...segment(0xc0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
    ...segment(0xda, [0]),
    ...segment(0xe1, text('http://ns.adobe.com/xap/1.0/\0<of the pixels/>')),
  );
  expect(facts.kind).toBe('jpeg');
  expect([...facts.metadata.exif!]).toEqual(exif(1));
  expect(String.fromCharCode(...facts.metadata.xmp!)).toBe('<x/>');
  expect(facts.bitDepth).toBe(8);
});

test('PNG', async () => {
  const facts = await inspect(
    ...[0x89, ...text('PNG\r\n\x1a\n')],
    ...chunk('IHDR', [...uint32(1), ...uint32(1), 16, 2, 0, 0, 0]),
    ...chunk('acTL', [...uint32(3), ...uint32(0)]),
    ...chunk('eXIf', exif(3)),
    ...chunk('iTXt', text('XML:com.adobe.xmp\0\0\0\0\0<x/>')),
    ...chunk('IEND', []),
  );
  expect(facts).toMatchObject({ kind: 'png', bitDepth: 16, frames: 3 });
  expect([...facts.metadata.exif!]).toEqual(exif(1));
  expect(String.fromCharCode(...facts.metadata.xmp!)).toBe('<x/>');
});

test('WebP', async () => {
  const facts = await inspect(
    ...text('RIFF\0\0\0\0WEBP'),
    ...riff('ANMF', [1, 2, 3]),
    ...riff('ANMF', [1]),
    ...riff('EXIF', exif(8)),
    ...riff('XMP ', text('<x/>')),
  );
  expect(facts).toMatchObject({ kind: 'webp', frames: 2 });
  expect([...facts.metadata.exif!]).toEqual(exif(1));
});

test('GIF', async () => {
  const image = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0x80, ...Array(6).fill(9), 2, 1, 7, 0];
  const facts = await inspect(
    ...text('GIF89a'),
    ...[1, 0, 1, 0, 0x80, 0, 0, ...Array(6).fill(9)],
    ...[0x21, 0xf9, 4, 0, 0, 0, 0, 0],
    ...image,
    ...image,
    0x3b,
  );
  expect(facts).toMatchObject({ kind: 'gif', frames: 2, metadata: {} });
});

test.each([
  ['heic', '\0\0\0\x18ftypheic'],
  ['avif', '\0\0\0\x18ftypavif'],
  ['jxl', '\xff\x0a'],
  ['tiff', 'II*\0'],
  ['unknown', 'no image'],
])('%s', async (kind, start) => {
  expect((await inspect(...text(start))).kind).toBe(kind);
});

test('files that end anywhere, or lie about lengths, are no failure', async () => {
  const png = [
    ...[0x89, ...text('PNG\r\n\x1a\n')],
    ...chunk('eXIf', exif(3)),
    ...chunk('iTXt', text('XML:com.adobe.xmp\0\0\0\0\0<x/>')),
  ];
  for (let length = 0; length < png.length; length++) await inspect(...png.slice(0, length));
  await inspect(0xff, 0xd8, 0xff, 0xe1, 0, 0, 0xff, 0xe1, 0xff, 0xff, 1);
  await inspect(...text('GIF89a'), ...Array(9).fill(0x2c));
  await inspect(...text('RIFF\0\0\0\0WEBPEXIF'), 255, 255, 255, 255, 1);
});
