// Colours: the same image described in other ways comes out the same, in 8 bits and in 16.

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
import { attachMetadata } from './attach-metadata.js';
import { readImage } from './read-image.js';

const SIDE = 24;
const PIXELS = SIDE * SIDE;
const RGB = Uint8Array.from({ length: 3 * PIXELS }, (_, i) => (29 * i + 7 * (i % 5)) & 255);

let png: Buffer;
let png16: Buffer;
let jpeg: Buffer;
let profiles: Record<'srgb' | 'p3' | 'cmyk', Buffer>;
beforeAll(async () => {
  const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
  png = await sharp(RGB, raw).png().toBuffer();
  const deep = Uint16Array.from(RGB, (v) => 257 * v);
  png16 = await sharp(deep, raw).toColourspace('rgb16').png().toBuffer();
  jpeg = await sharp(RGB, raw).jpeg({ quality: 95 }).toBuffer();
  const profile = async (name: string, space: string): Promise<Buffer> => {
    const tagged = await sharp(RGB, raw)
      .withIccProfile(name)
      .toColourspace(space)
      .jpeg()
      .toBuffer();
    return (await sharp(tagged).metadata()).icc!;
  };
  profiles = {
    srgb: await profile('srgb', 'srgb'),
    p3: await profile('p3', 'srgb'),
    cmyk: await profile('cmyk', 'cmyk'),
  };
});

async function read(file: Uint8Array, keepProfile = false) {
  const notices: string[] = [];
  const image = await readImage(file, { keepProfile, onNotice: (notice) => notices.push(notice) });
  return { ...image, notices };
}

/** The largest difference of two sample arrays of one length. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

const toLinear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const fromLinear = (v: number): number => {
  const light = Math.max(0, Math.min(1, v));
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
};

/** RGB through linear light and a matrix to that of sRGB. */
function converted(curve: (v: number) => number, matrix: readonly number[]): number[] {
  return Array.from(RGB, (_, i) => {
    const [row, pixel] = [3 * (i % 3), i - (i % 3)];
    const light = [0, 1, 2].map((c) => matrix[row + c]! * curve(RGB[pixel + c]! / 255));
    return fromLinear(light[0]! + light[1]! + light[2]!);
  });
}

/** From linear Display P3 and Adobe RGB to linear sRGB, as published by their authors' colour calculators. */
const P3_TO_SRGB = [1.22494, -0.22494, 0, -0.04206, 1.04206, 0, -0.01964, -0.07864, 1.09828];
const ADOBE_TO_SRGB = [1.39836, -0.39836, 0, 0, 1, 0, 0, -0.04293, 1.04293];
const SAME = [1, 0, 0, 0, 1, 0, 0, 0, 1];

const cicp = (...codes: number[]): Buffer => pngChunk('cICP', Buffer.from(codes));
const gama = (gamma: number): Buffer => pngChunk('gAMA', uint32(gamma));
const chrm = (...xy: number[]): Buffer => pngChunk('cHRM', Buffer.concat(xy.map(uint32)));
const CHRM_ADOBE = [31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000];
const CHRM_SRGB = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];

describe('PNG without an ICC profile', () => {
  test.each([
    ['cICP Display P3', [cicp(12, 13, 0, 1)], () => converted(toLinear, P3_TO_SRGB)],
    ['cICP linear sRGB', [cicp(1, 8, 0, 1)], () => converted((v) => v, SAME)],
    ['gAMA 1', [gama(100_000)], () => converted((v) => v, SAME)],
    ['gAMA 1/1.8', [gama(55_556)], () => converted((v) => v ** 1.8, SAME)],
    ['cHRM', [chrm(...CHRM_ADOBE)], () => converted(toLinear, ADOBE_TO_SRGB)],
    [
      'gAMA and cHRM',
      [gama(45_455), chrm(...CHRM_ADOBE)],
      () => converted((v) => v ** 2.2, ADOBE_TO_SRGB),
    ],
  ])('%s is converted, and reported', async (_, chunks, expected) => {
    const { data, notices } = await read(pngWith(png, ...chunks));
    expect(apart(data, expected())).toBeLessThanOrEqual(1);
    expect(notices).toEqual([expect.stringMatching(/^Converted the colours from .+ to sRGB\.$/)]);
  });

  test.each([
    ['cICP sRGB', [cicp(1, 13, 0, 1)]],
    ['cICP not specified', [cicp(2, 2, 0, 1)]],
    ['gAMA 1/2.2 with the primaries of sRGB', [gama(45_455), chrm(...CHRM_SRGB)]],
    ['sRGB, which counts before gAMA', [pngChunk('sRGB', Buffer.of(0)), gama(100_000)]],
    [
      'gAMA 0 and primaries on a line, which mean nothing',
      [gama(0), chrm(...Array(8).fill(30_000))],
    ],
  ])('%s changes nothing, in silence', async (_, chunks) => {
    const { data, notices } = await read(pngWith(png, ...chunks));
    expect(apart(data, RGB)).toBe(0);
    expect(notices).toEqual([]);
  });

  test.each([
    ['PQ', cicp(9, 16, 0, 1), /BT\.2020 with PQ \(HDR\)/],
    ['HLG', cicp(9, 18, 0, 1), /BT\.2020 with HLG \(HDR\)/],
    ['a narrow range', cicp(1, 13, 0, 0), /narrow-range/],
    ['unknown code points', cicp(77, 13, 0, 1), /77/],
  ])('%s cannot be converted, and is named', async (_, chunk, name) => {
    const { data, notices } = await read(pngWith(png, chunk));
    expect(apart(data, RGB)).toBe(0);
    expect(notices).toEqual([expect.stringMatching(name)]);
  });

  test('grey follows gAMA too', async () => {
    const grey = RGB.subarray(0, PIXELS);
    const file = await sharp(grey, { raw: { width: SIDE, height: SIDE, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const { data, channels } = await read(pngWith(file, gama(100_000)));
    expect(channels).toBe(1);
    expect(
      apart(
        data,
        Array.from(grey, (v) => fromLinear(v / 255)),
      ),
    ).toBeLessThanOrEqual(1);
  });

  test('of 16 bits', async () => {
    const { data } = await read(pngWith(png16, cicp(12, 13, 0, 1)));
    expect(apart(data, converted(toLinear, P3_TO_SRGB))).toBeLessThanOrEqual(1);
  });
});

describe('ICC profiles', () => {
  test('as Little CMS converts them, in 8 bits and in 16', async () => {
    const tagged = attachMetadata(png, 'png', { icc: profiles.p3 });
    const expected = await sharp(tagged).raw().toBuffer();
    expect(apart((await read(tagged)).data, expected)).toBeLessThanOrEqual(1);
    const deep = await read(attachMetadata(png16, 'png', { icc: profiles.p3 }));
    expect(apart(deep.data, expected)).toBeLessThanOrEqual(1);
    expect(deep.notices).toEqual([
      expect.stringMatching(/^Converted the colours from the embedded/),
    ]);
  });

  test('that of sRGB changes nothing, in silence, in 8 bits and in 16', async () => {
    const { data, notices } = await read(attachMetadata(png, 'png', { icc: profiles.srgb }));
    expect([apart(data, RGB), notices]).toEqual([0, []]);
    const deep = await read(attachMetadata(png16, 'png', { icc: profiles.srgb }));
    expect(apart(deep.data, RGB)).toBe(0);
  });

  test('with a table of colours', async () => {
    const cmyk = await sharp(png).withIccProfile('cmyk').toColourspace('cmyk').jpeg().toBuffer();
    const { data, notices } = await read(cmyk);
    expect(apart(data, await sharp(cmyk).toColourspace('srgb').raw().toBuffer())).toBe(0);
    expect(notices).toEqual(['Converted CMYK to sRGB by the embedded ICC profile.']);
  });

  const garbage = Buffer.from('garbage'.repeat(50));
  /** A good profile with other letters at a place. */
  const overwritten = (text: string, at: number): Buffer => {
    const icc = Buffer.from(profiles.p3);
    icc.write(text, at);
    return icc;
  };
  test.each([
    ['garbage', () => garbage, /it is damaged/],
    ['cut off', () => profiles.p3.subarray(0, 200), /it is damaged/],
    ['without a curve', () => overwritten('xxxx', profiles.p3.indexOf('rTRC')), /it is damaged/],
    ['of grey', () => overwritten('GRAY', 16), /it is for greyscale, not for RGB/],
    ['of CMYK', () => overwritten('CMYK', 16), /it is for CMYK, not for RGB/],
    ['of a device link', () => overwritten('link', 12), /does not describe/],
  ])('one that cannot be used is ignored, and said to be: %s', async (_, icc, why) => {
    const segment = jpegSegment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), icc()]));
    const plain = await read(jpeg);
    for (const file of [jpegWith(jpeg, segment), attachMetadata(png, 'png', { icc: icc() })]) {
      const { data, notices, ...image } = await read(file, true);
      expect(notices).toEqual([expect.stringMatching(/^Ignored the embedded ICC profile: /)]);
      expect(notices).toEqual([expect.stringMatching(why)]);
      expect(apart(data, file[0] === 0xff ? plain.data : RGB)).toBe(0);
      expect(image.metadata?.icc).toBeUndefined();
    }
  });

  test('one of which a part is missing', async () => {
    const part = Buffer.concat([
      Buffer.from('ICC_PROFILE\0\x01\x02'),
      profiles.p3.subarray(0, 300),
    ]);
    const { notices } = await read(jpegWith(jpeg, jpegSegment(0xe2, part)));
    expect(notices).toEqual(['Ignored the embedded ICC profile: it is damaged.']);
  });

  test('in place of one that cannot be used, what the file says besides', async () => {
    const tagged = attachMetadata(png, 'png', { icc: garbage });
    const { data, notices } = await read(pngWith(Buffer.from(tagged), gama(100_000)));
    expect(
      apart(
        data,
        converted((v) => v, SAME),
      ),
    ).toBeLessThanOrEqual(1);
    expect(notices[0]).toMatch(/^Ignored .*; converted the colours from gamma 1 to sRGB\.$/);
  });
});

test('AVIF says its colours in a box', async () => {
  const avif = await sharp(png).avif({ lossless: true }).toBuffer();
  const plain = (await read(avif)).data;
  const at = avif.indexOf('nclx') + 4;
  expect(at).toBeGreaterThan(4);
  avif.writeUInt16BE(12, at);
  const { data, notices } = await read(avif);
  expect(apart(data, plain)).toBeGreaterThan(3);
  expect(notices).toEqual(['Converted the colours from Display P3 to sRGB.']);
  avif.writeUInt16BE(16, at + 2);
  expect((await read(avif)).notices).toEqual([expect.stringContaining('PQ (HDR)')]);
});

test('a camera’s JPEG in Adobe RGB, which only EXIF says', async () => {
  // Directories: the first at 8, EXIF at 26, interoperability at 44 with the index R03.
  const exif = Buffer.alloc(62);
  exif.write('MM\0*\0\0\0\x08\0\x01', 'latin1');
  exif.set([0x87, 0x69, 0, 4, 0, 0, 0, 1, 0, 0, 0, 26], 10);
  exif.set([0, 1, 0xa0, 0x05, 0, 4, 0, 0, 0, 1, 0, 0, 0, 44], 26);
  exif.set([0, 1, 0, 1, 0, 2, 0, 0, 0, 4, 0x52, 0x30, 0x33, 0], 44);
  const tagged = jpegWith(jpeg, jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif])));
  const { data, notices } = await read(tagged);
  expect(apart(data, (await read(jpeg)).data)).toBeGreaterThan(3);
  expect(notices).toEqual(['Converted the colours from Adobe RGB to sRGB.']);
  expect(
    (
      await read(
        jpegWith(jpeg, jpegSegment(0xe1, `Exif\0\0${exifWith(0x112, 1).toString('latin1')}`)),
      )
    ).notices,
  ).toEqual([]);
});

describe('TIFF with samples that are not bytes', () => {
  const grey = Array.from(RGB.subarray(0, PIXELS));
  const size = { width: SIDE, height: SIDE };
  test.each([
    ['float 0..1', 32, 3, Float32Array.from(grey, (v) => v / 255)],
    ['float 0..255', 32, 3, Float32Array.from(grey)],
    ['float 0..65535', 32, 3, Float32Array.from(grey, (v) => 257 * v)],
    ['32-bit integers of 8 bits', 32, 1, Uint32Array.from(grey)],
    ['32-bit integers of 16 bits', 32, 2, Int32Array.from(grey, (v) => 257 * v)],
    ['32-bit integers', 32, 1, Uint32Array.from(grey, (v) => 0x1010101 * v)],
    ['16-bit integers', 16, 1, Uint16Array.from(grey, (v) => 257 * v)],
    ['with a sign, of 8 bits', 16, 2, Int16Array.from(grey)],
  ])('%s, in grey and in colour', async (_, bits, format, values) => {
    const one = await read(tiff({ ...size, bits, format, data: values }));
    expect(one.channels).toBe(1);
    expect(apart(one.data, grey)).toBeLessThanOrEqual(1);
    const triple = values.map((v) => v);
    const wide = new (values.constructor as Float32ArrayConstructor)(3 * PIXELS);
    for (let i = 0; i < wide.length; i++) wide[i] = triple[Math.floor(i / 3)]!;
    const three = await read(
      tiff({ ...size, bits, format, samples: 3, photometric: 2, data: wide }),
    );
    expect(three.channels).toBe(3);
    expect(
      apart(
        three.data,
        Array.from(wide, (__, i) => grey[Math.floor(i / 3)]!),
      ),
    ).toBeLessThanOrEqual(1);
  });

  test('half precision, in colour', async () => {
    // 0, 0.25, 0.5 and 1.
    const data = Uint16Array.from(
      { length: 3 * PIXELS },
      (_, i) => [0, 0x3400, 0x3800, 0x3c00][i & 3]!,
    );
    const image = await read(
      tiff({ ...size, bits: 16, format: 3, samples: 3, photometric: 2, data }),
    );
    expect([...image.data.subarray(0, 4)]).toEqual([0, 64, 128, 255]);
  });

  test.each([
    ['12-bit samples', { bits: 12 }],
    ['64-bit samples', { bits: 64, format: 3 }],
    ['complex numbers', { bits: 64, format: 6 }],
    ['half-precision grey', { bits: 16, format: 3 }],
    ['8-bit CIELAB', { bits: 8, samples: 3, photometric: 8 }],
    ['raw TIFF', { bits: 16, photometric: 32_803 }],
    ['preview', { bits: 8, fields: { 254: 1 } }],
  ])('what cannot be read is named: %s', async (kind, options) => {
    const file = tiff({ ...size, ...options, data: new Uint8Array(24 * PIXELS) });
    await expect(readImage(file)).rejects.toMatchObject({
      code: 'NOT_AN_IMAGE',
      message: expect.stringMatching(new RegExp(`${kind}.*, which is not supported: `)),
    });
  });

  test('highlights and numbers that are none are clipped, and that is said', async () => {
    const data = Float32Array.from(grey, (v, i) =>
      i === 0 ? 7.5 : i === 1 ? Number.NaN : i === 2 ? -1 : v / 255,
    );
    const image = await read(tiff({ ...size, bits: 32, format: 3, data }));
    expect([...image.data.subarray(0, 3)]).toEqual([255, 0, 0]);
    expect(apart(image.data.subarray(3), grey.slice(3))).toBeLessThanOrEqual(1);
    expect(image.notices[0]).toMatch(/^Read floating-point samples as sRGB in 0\.\.1, and clipped/);
  });

  test('transparency beside floats', async () => {
    const data = Float32Array.from({ length: 4 * PIXELS }, (_, i) => (i % 4 === 3 ? 0.5 : 0.25));
    const image = await read(
      tiff({ ...size, bits: 32, format: 3, samples: 4, photometric: 2, extra: [2], data }),
    );
    expect([image.channels, ...image.data.subarray(0, 4)]).toEqual([4, 64, 64, 64, 128]);
  });

  test('a spot colour is not transparency', async () => {
    const cmyk = { ...size, bits: 8, photometric: 5 };
    const ink = Uint8Array.from({ length: 5 * PIXELS }, (_, i) =>
      i % 5 === 4 ? 200 : 20 * (i % 5),
    );
    const four = ink.filter((_, i) => i % 5 !== 4);
    const spot = await read(tiff({ ...cmyk, samples: 5, extra: [0], data: ink }));
    const plain = await read(tiff({ ...cmyk, samples: 4, data: four }));
    expect([spot.channels, apart(spot.data, plain.data)]).toEqual([3, 0]);
    expect(spot.notices).toEqual(['Converted CMYK to sRGB; dropped 1 spot colour.']);
  });

  test('extra channels behind colours and alpha', async () => {
    const data = Uint8Array.from({ length: 6 * PIXELS }, (_, i) => 40 * (i % 6));
    const image = await read(
      tiff({ ...size, bits: 8, samples: 6, photometric: 2, extra: [2, 0, 0], data }),
    );
    expect([image.channels, ...image.data.subarray(0, 4)]).toEqual([4, 0, 40, 80, 120]);
    expect(image.notices).toEqual(['Dropped 2 extra channels.']);
  });
});
