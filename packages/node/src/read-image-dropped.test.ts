// What a file holds besides its pixels: kept, or named in the one notice that there is per file.

import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  exifWith,
  jpegSegment,
  jpegWith,
  pngChunk,
  pngWith,
  tiff,
  uint32,
} from '../testing/image-files.js';
import { readImage } from './read-image.js';

const SIDE = 16;
const RGB = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => (53 * i + (i >> 3)) & 255);
const RAW = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
const XMP_NAME = 'http://ns.adobe.com/xap/1.0/\0';

let png: Buffer;
let jpeg: Buffer;
beforeAll(async () => {
  png = await sharp(RGB, RAW).png().toBuffer();
  jpeg = await sharp(RGB, RAW).jpeg().toBuffer();
});

async function read(file: Uint8Array) {
  const notices: string[] = [];
  const image = await readImage(file, { onNotice: (notice) => notices.push(notice) });
  return { ...image, notices };
}

describe('JPEG', () => {
  const jumbf = (text: string): Buffer => jpegSegment(0xeb, `JP\0\x01\0\0\0\x01${text}`);
  test.each([
    ['a comment', [jpegSegment(0xfe, 'made by hand')], 'comments'],
    ['C2PA', [jumbf('jumb\0\0\0\x1ejumdc2pa')], 'C2PA data'],
    ['other JUMBF', [jumbf('jumb')], 'JUMBF data'],
    ['IPTC', [jpegSegment(0xed, 'Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\0')], 'IPTC'],
    [
      'Photoshop',
      [jpegSegment(0xed, 'Photoshop 3.0\x008BIM\x03\xed\0\0\0\0\0\0')],
      'Photoshop data',
    ],
    [
      'extended XMP',
      [jpegSegment(0xe1, 'http://ns.adobe.com/xmp/extension/\0GUID')],
      'extended XMP',
    ],
    [
      'a gain map of ISO 21496-1',
      [jpegSegment(0xe2, 'urn:iso:std:iso:ts:21496:-1\0\0')],
      'the HDR gain map',
    ],
    ['a thumbnail of JFIF', [jpegSegment(0xe0, 'JFXX\0\x10')], 'a thumbnail'],
    ['an unknown application', [jpegSegment(0xe7, 'secret')], 'APP7 data'],
    [
      'a scanner’s resolution',
      [jpegSegment(0xe0, 'JFIF\0\x01\x02\x01\x02\x58\x02\x58\0\0')],
      'the resolution of 600 dpi',
    ],
  ])('%s', async (_, segments, name) => {
    const { notices } = await read(jpegWith(jpeg, ...segments));
    expect(notices).toEqual([`Dropped ${name}.`]);
  });

  test('several things in one sentence', async () => {
    const segments = [
      jpegSegment(0xfe, 'a'),
      jpegSegment(0xfe, 'b'),
      jumbf('c2pa'),
      jpegSegment(0xe5, 'x'),
    ];
    const { notices } = await read(jpegWith(jpeg, ...segments));
    expect(notices).toEqual(['Dropped comments, C2PA data and APP5 data.']);
  });

  test.each([
    ['a further image', () => jpeg, 'further images'],
    [
      'a gain map',
      () => jpegWith(jpeg, jpegSegment(0xe1, `${XMP_NAME}<x hdrgm:Version="1.0"/>`)),
      'the HDR gain map',
    ],
    ['the video of a motion photo', () => Buffer.from('\0\0\0\x0cftypmp42'), 'a video'],
    ['anything else', () => Buffer.from('SEFT'), '4 bytes after the end of the image'],
  ])('%s behind the image', async (_, rest, name) => {
    const { notices, data } = await read(Buffer.concat([jpeg, rest()]));
    expect(notices).toEqual([`Dropped ${name}.`]);
    expect(data).toEqual((await read(jpeg)).data);
  });

  test('padding with zeros is nothing', async () => {
    expect((await read(Buffer.concat([jpeg, Buffer.alloc(100)]))).notices).toEqual([]);
  });

  test('a gain map leaves EXIF, XMP and the profile as they are', async () => {
    const { icc } = await sharp(
      await sharp(RGB, RAW).withIccProfile('p3').jpeg().toBuffer(),
    ).metadata();
    const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/" hdrgm:Version="1.0"/>';
    const exif = exifWith(0x112, 1);
    const primary = jpegWith(
      jpeg,
      jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif])),
      jpegSegment(0xe1, XMP_NAME + xmp),
      jpegSegment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), icc!])),
      jpegSegment(0xe2, 'MPF\0MM'),
    );
    const map = jpegWith(jpeg, jpegSegment(0xe1, `${XMP_NAME}<x hdrgm:Version="1.0"/>`));
    const image = await read(Buffer.concat([primary, map]));
    expect(Buffer.from(image.metadata!.xmp!).toString()).toBe(xmp);
    expect(Buffer.from(image.metadata!.exif!).equals(exif)).toBe(true);
    expect(image.notices).toEqual([
      'Converted the colours from the embedded ICC profile to sRGB; dropped the HDR gain map.',
    ]);
  });
});

describe('PNG', () => {
  test.each([
    ['tEXt', 'Comment\0hello', 'comments'],
    ['iTXt', 'Title\0\0\0\0\0hello', 'comments'],
    ['tIME', '\x07\xea\x01\x01\0\0\0', 'the time of the last change'],
    ['bKGD', '\0\0\0\0\0\0', 'the background colour'],
    ['caBX', 'jumb', 'C2PA data'],
    ['prVW', 'private', 'the chunk prVW'],
    [
      'pHYs',
      Buffer.concat([uint32(11_811), uint32(11_811), Buffer.of(1)]),
      'the resolution of 300 dpi',
    ],
  ])('%s', async (type, content, name) => {
    const file = Buffer.concat([png.subarray(0, 33), png.subarray(png.indexOf('IDAT') - 4)]);
    const { notices } = await read(pngWith(file, pngChunk(type, content)));
    expect(notices).toEqual([`Dropped ${name}.`]);
  });

  test('EXIF and XMP in text chunks, as ImageMagick and djxl write them, are kept', async () => {
    const hex = (bytes: Buffer): string => `\n${bytes.length}\n${bytes.toString('hex')}\n`;
    const exif = exifWith(0x112, 6);
    const packed = (kind: string, bytes: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from(`Raw profile type ${kind}\0\0`),
        deflateSync(Buffer.from(`\n${kind}${hex(bytes)}`)),
      ]);
    const xmp = Buffer.from('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
    const image = await read(
      pngWith(
        png,
        pngChunk('zTXt', packed('exif', Buffer.concat([Buffer.alloc(4), exif]))),
        pngChunk('zTXt', packed('xmp', xmp)),
      ),
    );
    expect(Buffer.from(image.metadata!.xmp!).equals(xmp)).toBe(true);
    expect(Buffer.from(image.metadata!.exif!).equals(exifWith(0x112, 1))).toBe(true);
    expect(image.notices).toEqual([]);
  });
});

test('WebP: unknown chunks', async () => {
  const webp = await sharp(RGB, RAW).webp().toBuffer();
  const more = Buffer.concat([webp, Buffer.from('abcd\x02\0\0\0xy')]);
  more.writeUInt32LE(more.length - 8, 4);
  expect((await read(more)).notices).toEqual(['Dropped the chunk abcd.']);
});

test('GIF: comments and XMP', async () => {
  const gif = await sharp(RGB, RAW).gif().toBuffer();
  const blocks = '\x21\xfe\x05hello\0\x21\xff\x0bXMP DataXMP\x03abc\0';
  const more = Buffer.concat([
    gif.subarray(0, -1),
    Buffer.from(blocks, 'latin1'),
    gif.subarray(-1),
  ]);
  expect((await read(more)).notices).toEqual([
    'Expanded the palette to RGB; dropped comments and XMP.',
  ]);
});

test('TIFF: what its fields say', async () => {
  const file = tiff({
    width: SIDE,
    height: SIDE,
    bits: 8,
    samples: 3,
    photometric: 2,
    fields: { 315: 0x41424300, 34853: 8 },
    data: RGB,
  });
  expect((await read(file)).notices).toEqual(['Dropped the artist and the place (GPS).']);
});

describe('more than one frame or page', () => {
  const two = new Uint8Array(2 * RGB.length).fill(200, RGB.length);
  const pages = { raw: { ...RAW.raw, height: 2 * SIDE, pageHeight: SIDE } };

  test.each(['gif', 'webp', 'tiff'] as const)('%s', async (format) => {
    const file = await sharp(two, pages)
      .toFormat(format, { delay: [50, 50] })
      .toBuffer();
    expect((await read(file)).notices).toEqual([
      expect.stringMatching(/^Kept 1 of 2 frames or pages/),
    ]);
  });

  test('APNG, of which sharp sees the first frame alone', async () => {
    const control = pngChunk('acTL', Buffer.concat([uint32(5), uint32(0)]));
    expect((await read(pngWith(png, control))).notices).toEqual(['Kept 1 of 5 frames or pages.']);
  });

  test('an AVIF sequence, whose brand libvips does not know', async () => {
    const file = await readFile(new URL('../testing/sequence.avif', import.meta.url));
    const { width, data, notices } = await read(file);
    expect([width, data[0]! > 150, data[1]! < 100]).toEqual([16, true, true]);
    expect(notices).toEqual(['Kept 1 of 2 frames or pages.']);
  });

  test('further images in a PNM file', async () => {
    const pgm = Buffer.from('P5 2 1 255\nab');
    expect((await read(pgm)).notices).toEqual([]);
    expect((await read(Buffer.concat([pgm, pgm]))).notices).toEqual(['Dropped further images.']);
  });
});

describe('the orientation, which EXIF and XMP may both say', () => {
  const exif = (value: number): Buffer =>
    jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exifWith(0x112, value)]));
  const rdf = (attributes: string, inside = ''): string =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
    `<rdf:Description ${attributes}>${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;
  const TIFF = 'http://ns.adobe.com/tiff/1.0/';
  const packets = (n: number): [string, string][] => [
    ['an attribute', rdf(`xmlns:tiff="${TIFF}" tiff:Orientation="${n}"`)],
    ['single quotes', rdf(`xmlns:tiff='${TIFF}' tiff:Orientation = '${n}'`)],
    ['an element', rdf(`xmlns:tiff="${TIFF}"`, `<tiff:Orientation>${n}</tiff:Orientation>`)],
    ['another prefix', rdf(`xmlns:t="${TIFF}"`, `<t:Orientation>\n${n}\n</t:Orientation>`)],
  ];

  test.each(packets(6))('both become upright with the pixels: %s', async (name, xmp) => {
    const image = await read(jpegWith(jpeg, exif(6), jpegSegment(0xe1, XMP_NAME + xmp)));
    const upright = packets(1).find(([other]) => other === name)![1];
    expect(Buffer.from(image.metadata!.xmp!).toString()).toBe(upright);
    expect(Buffer.from(image.metadata!.exif!).equals(exifWith(0x112, 1))).toBe(true);
  });

  test('nothing else in XMP changes', async () => {
    const xmp = rdf(
      'xmlns:a="urn:a" a:Orientation="6" note="tiff:Orientation 6"',
      '<a:Orientation>6</a:Orientation>',
    );
    const image = await read(jpegWith(jpeg, exif(6), jpegSegment(0xe1, XMP_NAME + xmp)));
    expect(Buffer.from(image.metadata!.xmp!).toString()).toBe(xmp);
  });
});
