// Picture files in and out through sharp: whatever comes in becomes 8-bit sRGB, and everything that
// is dropped or converted on the way is said. It knows nothing of .ncr files.

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import {
  checkFunction,
  checkImage,
  checkInteger,
  checkObject,
  checkString,
  expectedButReceived,
  InputError,
  OutputError,
  type RgbImage,
  TooLargeError,
} from '@nacre/codec';
import sharp, { type Metadata } from 'sharp';
import { checkWriteOptions, type WriteOptions, writeFileAtomic } from './atomic-write.js';
import { checkSize, defaultMaxPixels } from './limits.js';

/** A picture file: its path, its `file:` URL, or its bytes. */
export type PictureSource = string | URL | Uint8Array;

/** The picture formats that are written, by their usual extension. */
export const PICTURE_FORMATS = ['png', 'jpg', 'webp', 'avif'] as const;

/** One of {@link PICTURE_FORMATS}. */
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** What {@link readImage} takes; all of it optional. */
export interface ReadOptions {
  /** Refuse more pixels than this; by default what fits in memory, see `defaultMaxPixels`. */
  readonly maxPixels?: number | undefined;
  /** Told, one sentence each, of everything that is dropped or converted. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** What {@link toBuffer} takes; all of it optional. */
export interface PictureQuality {
  /** 1..100 for the lossy formats, default 90; PNG is lossless and takes none. */
  readonly quality?: number | undefined;
}

/** The longest side that each format, or sharp's encoder for it, can hold. */
const MAX_SIDE: Readonly<Record<PictureFormat, number>> = {
  png: 65_535,
  jpg: 65_500,
  webp: 16_383,
  avif: 16_384,
};

/** A file of each format, as a sentence begins with it. */
const A_FILE: Readonly<Record<PictureFormat, string>> = {
  png: 'A PNG file',
  jpg: 'A JPEG file',
  webp: 'A WebP file',
  avif: 'An AVIF file',
};

/**
 * Reads a picture file (JPEG, PNG, WebP, AVIF, GIF, TIFF, SVG) as 8-bit sRGB: the EXIF orientation
 * applied, transparency composited over white, the first frame of an animation, colours converted
 * by the embedded profile, all other metadata dropped.
 *
 * @throws {InputError} `NOT_A_PICTURE`, or `TRUNCATED_PICTURE` if it is cut short or damaged.
 * @throws {TooLargeError} before any pixel is decoded; system errors (`ENOENT`, …) as Node throws them.
 * @throws {TypeError | RangeError} for a bad argument.
 * @example
 * const image = await readImage('photo.jpg', { onNotice: console.warn });
 * console.log(image.width, image.height, image.data.length); // 768 512 1179648
 */
export async function readImage(
  source: PictureSource,
  options: ReadOptions = {},
): Promise<RgbImage> {
  checkSource(source, 'source');
  checkReadOptions(options);
  const { maxPixels = defaultMaxPixels(), onNotice } = options;
  const bytes = source instanceof Uint8Array ? source : await readFile(source);
  const name = source instanceof Uint8Array ? 'The input' : String(source);
  const metadata = await readMetadata(bytes, name);
  const { width, height } = metadata.autoOrient;
  checkSize(width, height, maxPixels);

  const { data, info } = await sharp(bytes, {
    // Cut-off and damaged pixels are an error; a mere oddity in a header is not.
    failOn: 'error',
    autoOrient: true,
    limitInputPixels: false,
    page: metadata.pagePrimary ?? 0,
  })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      throw truncated(name, error);
    });
  const rgb = info.channels === 4 ? flattenOverWhite(data) : { data, transparent: false };
  for (const notice of noticesOf(metadata, rgb.transparent)) onNotice?.(notice);
  return { width: info.width, height: info.height, data: rgb.data };
}

/** Whether a value is a picture file as {@link readImage} takes it. */
export function isPictureSource(value: unknown): value is PictureSource {
  return typeof value === 'string' || value instanceof URL || value instanceof Uint8Array;
}

/**
 * Asserts that an argument is a file: a number, say, Node would take for an open one.
 *
 * @throws {TypeError} if it is not.
 */
export function checkSource(value: unknown, name: string): asserts value is PictureSource {
  if (!isPictureSource(value)) {
    throw new TypeError(expectedButReceived('path, URL or Uint8Array', name, value));
  }
}

/**
 * Asserts that options are such as {@link readImage} takes.
 *
 * @throws {TypeError | RangeError} naming the one that is wrong.
 */
export function checkReadOptions(options: ReadOptions): void {
  checkObject(options, 'options');
  const { maxPixels, onNotice } = options;
  if (maxPixels !== undefined) checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  if (onNotice !== undefined) checkFunction(onNotice, 'onNotice');
}

async function readMetadata(bytes: Uint8Array, name: string): Promise<Metadata> {
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    // libvips knew the format by its first bytes, yet could not read the header behind them.
    if ((error as Error).message.includes('corrupt header')) throw truncated(name, error as Error);
    throw new InputError(
      'NOT_A_PICTURE',
      `${name} is not a picture: give a JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG file.`,
      { cause: error },
    );
  }
  if (metadata.compression === 'hevc') {
    throw new InputError(
      'NOT_A_PICTURE',
      `${name} is a HEIC picture, which cannot be read here: convert it to JPEG or PNG first.`,
    );
  }
  return metadata;
}

function truncated(name: string, cause: Error): InputError {
  // libvips says many lines, of which the last with words in it tells most, and may not say any.
  const lines = cause.message.replace(/^Input buffer has corrupt header:/, '').split('\n');
  const detail = lines.findLast((line) => /[a-z]{2}/i.test(line))?.trim();
  return new InputError(
    'TRUNCATED_PICTURE',
    `${name} is cut short or damaged${detail ? ` (${detail})` : ''}: fetch it again, or repair it in a picture editor.`,
    { cause },
  );
}

/** One sentence for each thing about the file that the 8-bit sRGB pixels no longer show. */
function noticesOf(metadata: Metadata, transparent: boolean): string[] {
  const notices: string[] = [];
  const { space, depth, pages = 1, orientation = 1, isPalette } = metadata;
  if (pages > 1) notices.push(`Kept 1 of ${pages} frames or pages.`);
  if (metadata.format === 'svg') notices.push('Drew the vector picture at its nominal size.');
  if (transparent) notices.push('Composited the transparency over white.');
  const bits = metadata.bitsPerSample ?? (depth === 'ushort' ? 16 : 8);
  if (depth === 'float' || depth === 'double') {
    notices.push('Reduced floating-point samples to 8 bits.');
  } else if (depth !== 'uchar') {
    notices.push(`Reduced ${bits}-bit samples to 8 bits.`);
  }
  if (isPalette) notices.push('Expanded the palette to RGB.');
  if (space === 'b-w' || space === 'grey16') {
    notices.push('Converted greyscale to RGB.');
  } else if (space !== 'srgb' && space !== 'rgb16' && space !== 'rgb') {
    notices.push(`Converted ${space.toUpperCase()} to sRGB.`);
  }
  if (metadata.hasProfile) {
    notices.push('Converted the colours from the embedded ICC profile to sRGB.');
  }
  if (orientation > 1)
    notices.push(`Turned the picture as its EXIF orientation ${orientation} says.`);
  const dropped = [
    metadata.exif && 'EXIF',
    metadata.xmp && 'XMP',
    metadata.iptc && 'IPTC',
    metadata.comments && 'text comments',
    metadata.gainMap && 'the HDR gain map',
  ].filter(Boolean);
  if (dropped.length > 0) notices.push(`Dropped metadata: ${dropped.join(', ')}.`);
  return notices;
}

/** RGBA over white, rounding to nearest, moved together at the front of the same buffer. */
function flattenOverWhite(rgba: Uint8Array): { data: Uint8Array; transparent: boolean } {
  let transparent = false;
  let to = 0;
  for (let from = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3]!;
    if (alpha !== 255) transparent = true;
    const white = 255 * (255 - alpha);
    for (let c = 0; c < 3; c++) rgba[to++] = Math.round((rgba[from + c]! * alpha + white) / 255);
  }
  return { data: rgba.subarray(0, to), transparent };
}

/**
 * The format that a path's extension names (`.jpeg` too).
 *
 * @throws {OutputError} `UNKNOWN_EXTENSION` for any other.
 * @throws {TypeError} for anything but a string.
 * @example
 * formatOf('out/photo.JPEG'); // 'jpg'
 */
export function formatOf(path: string): PictureFormat {
  checkString(path, 'path');
  const extension = extname(path).slice(1).toLowerCase();
  const format = extension === 'jpeg' ? 'jpg' : extension;
  if (isPictureFormat(format)) return format;
  throw new OutputError(
    'UNKNOWN_EXTENSION',
    `${path} does not say a picture format: end it in ${PICTURE_FORMATS.map((f) => `.${f}`).join(', ')}.`,
  );
}

function checkFormat(format: unknown): asserts format is PictureFormat {
  if (typeof format !== 'string' || !isPictureFormat(format)) {
    throw new TypeError(expectedButReceived(PICTURE_FORMATS.join(' | '), 'format', format));
  }
}

function isPictureFormat(format: string): format is PictureFormat {
  return (PICTURE_FORMATS as readonly string[]).includes(format);
}

/**
 * Refuses a size that a format cannot hold, so that it can be known before the work is done.
 *
 * @throws {TooLargeError} naming the limit.
 * @throws {TypeError | RangeError} for a bad argument.
 */
export function checkFormatSize(format: PictureFormat, width: number, height: number): void {
  checkFormat(format);
  checkInteger(width, 1, Number.MAX_SAFE_INTEGER, 'width');
  checkInteger(height, 1, Number.MAX_SAFE_INTEGER, 'height');
  if (Math.max(width, height) > MAX_SIDE[format]) {
    throw new TooLargeError(
      `${A_FILE[format]} holds sides up to ${MAX_SIDE[format]}, the picture is ${width}×${height}: write a PNG.`,
    );
  }
}

/**
 * A picture file in memory: PNG lossless; JPEG and AVIF lossy with full-resolution colour;
 * WebP lossy with colour at half the resolution, as it always is.
 *
 * @throws {TooLargeError} for sides that the format cannot hold.
 * @throws {TypeError | RangeError} for a wrong picture, format or quality.
 * @example
 * const bytes = await toBuffer(image, 'webp', { quality: 80 });
 */
export async function toBuffer(
  image: RgbImage,
  format: PictureFormat,
  options: PictureQuality = {},
): Promise<Uint8Array> {
  checkImage(image, 'image');
  checkFormat(format);
  checkObject(options, 'options');
  const { quality = 90 } = options;
  checkInteger(quality, 1, 100, 'quality');
  const { width, height, data } = image;
  checkFormatSize(format, width, height);
  const pixels = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  switch (format) {
    case 'png':
      return await pixels.png().toBuffer();
    case 'jpg':
      return await pixels.jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
    case 'webp':
      return await pixels.webp({ quality, smartSubsample: true }).toBuffer();
    case 'avif':
      return await pixels.avif({ quality }).toBuffer();
  }
}

/**
 * Writes a picture file whose extension says the format, whole or not at all.
 *
 * @throws {OutputError} `UNKNOWN_EXTENSION`, or `OUTPUT_EXISTS` if `overwrite` is false; and as
 * {@link toBuffer} and {@link writeFileAtomic}.
 * @example
 * await writeImage('photo.png', await decode('photo.ncr'));
 */
export async function writeImage(
  path: string,
  image: RgbImage,
  options: PictureQuality & WriteOptions = {},
): Promise<void> {
  checkWriteOptions(options);
  await writeFileAtomic(path, await toBuffer(image, formatOf(path), options), options);
}
