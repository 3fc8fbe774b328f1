// Compares an image at one quality with the JPEG of the same PSNR and the JPEG of the same bytes, and prints such
// comparisons as a table.
import type { RawImage } from '@nacre/codec';
import { checkInteger, expectedButReceived } from '@nacre/codec/internal';
import { checkCodec, type ImageCodec } from './image-codec.js';
import { type Coded, code, codedOfBytes, codedOfPsnr } from './quality-search.js';
import { checkRgb } from './rgb.js';
import { sharpCodec } from './sharp-codecs.js';

/** A codec's file of an image, with the JPEGs that match it. */
export interface BesideJpeg extends Coded {
  /** Bits per pixel of the whole file. */
  readonly bpp: number;
  /** The JPEG whose PSNR is nearest. */
  readonly jpegOfSamePsnr: Coded;
  /** The JPEG whose size is nearest. */
  readonly jpegOfSameBytes: Coded;
}

/**
 * Codes an image, then searches the JPEG nearest in PSNR and the JPEG nearest in bytes.
 *
 * @throws TypeError or RangeError for a bad argument
 * @example
 * ```ts
 * const { bpp, jpegOfSamePsnr } = await besideJpeg(nacreCodec(model), image, 50);
 * ```
 */
export async function besideJpeg(
  codec: ImageCodec,
  image: RawImage,
  quality: number,
): Promise<BesideJpeg> {
  checkCodec(codec);
  checkRgb(image, 'image');
  checkInteger(quality, 1, 100, 'quality');
  const coded = await code(codec, image, quality);
  const jpeg = sharpCodec('jpeg');
  return {
    ...coded,
    bpp: (8 * coded.file.length) / (image.width * image.height),
    jpegOfSamePsnr: await codedOfPsnr(jpeg, image, coded.psnr),
    jpegOfSameBytes: await codedOfBytes(jpeg, image, coded.file.length),
  };
}

/**
 * Formats comparisons as a table for a terminal of 80 columns, with a sentence below it.
 *
 * @param rows - of one image, at least one
 * @throws TypeError or RangeError if they are not
 */
export function formatBesideJpeg(rows: readonly BesideJpeg[]): string {
  if (!Array.isArray(rows)) throw new TypeError(expectedButReceived('array', 'rows', rows));
  checkInteger(rows.length, 1, Number.MAX_SAFE_INTEGER, 'rows.length');
  const cells = rows.map((row) => [
    `${row.quality}`,
    thousands(row.file.length),
    row.bpp.toFixed(3),
    row.psnr.toFixed(2),
    thousands(row.jpegOfSamePsnr.file.length),
    row.jpegOfSamePsnr.psnr.toFixed(2),
    thousands(row.jpegOfSameBytes.file.length),
    row.jpegOfSameBytes.psnr.toFixed(2),
  ]);
  const head = ['quality', 'bytes', 'bpp', 'dB', 'bytes', 'dB', 'bytes', 'dB'];
  const widths = [7, 10, 7, 7, 13, 7, 13, 7];
  const line = (values: readonly string[]): string =>
    values.map((value, i) => value.padStart(widths[i]!)).join('');
  const savings = rows.map((row) => row.file.length / row.jpegOfSamePsnr.file.length - 1);
  const gains = rows.map((row) => row.psnr - row.jpegOfSameBytes.psnr);
  return [
    `${' '.repeat(26)}Nacre  JPEG of same PSNR  JPEG of same bytes`,
    line(head),
    ...cells.map(line),
    '',
    `Nacre against JPEG: ${list(savings.map((s) => signed(100 * s, 0)))} % bytes at about the same PSNR,`,
    `${list(gains.map((g) => signed(g, 1)))} dB at about the same bytes.`,
  ].join('\n');
}

function thousands(n: number): string {
  return n.toLocaleString('en');
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

function list(values: readonly string[]): string {
  return values.length < 2
    ? values.join()
    : `${values.slice(0, -1).join(', ')} and ${values.at(-1)}`;
}
