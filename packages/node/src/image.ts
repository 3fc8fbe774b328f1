// Image files in and out through sharp: whatever comes in becomes 8-bit pixels with their metadata, and
// everything that is dropped or converted on the way is said. It knows nothing of .ncr files.

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type ImageMetadata, type RawImage, TooLargeError } from '@nacre/codec';
import {
  checkFunction,
  checkImage,
  checkInteger,
  checkObject,
  checkString,
  expectedButReceived,
  InputError,
  OutputError,
} from '@nacre/codec/internal';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { checkWriteOptions, type WriteOptions, writeFileAtomic } from './atomic-write.js';
import { attachMetadata } from './attach-metadata.js';
import { upright, withoutPrefix } from './exif.js';
import { checkSize, defaultMaxPixels } from './limits.js';

/** An image file: its path, its `file:` URL, or its bytes. */
export type ImageSource = string | URL | Uint8Array;

/** The image formats that are written, by their usual extension. */
export const IMAGE_FORMATS = ['png', 'jpg', 'webp', 'avif'] as const;

/** One of {@link IMAGE_FORMATS}. */
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** What {@link readImage} takes; all of it optional. */
export interface ReadOptions {
  /** Refuse more pixels than this; by default what fits in memory, see `defaultMaxPixels`. */
  readonly maxPixels?: number | undefined;
  /**
   * Leaves the colours in the space of the embedded ICC profile, and keeps that; by default they are
   * converted to sRGB. Profiles of anything but RGB are converted anyway.
   */
  readonly keepProfile?: boolean | undefined;
  /** Drops EXIF and XMP; not a profile that is kept, without which colours would be wrong. */
  readonly strip?: boolean | undefined;
  /** Told, one sentence each, of everything that is dropped or converted. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** What {@link toBuffer} takes; all of it optional. */
export interface ImageOptions {
  /** 1..100 for the lossy formats, default 90; PNG is lossless and takes none. */
  readonly quality?: number | undefined;
  /** Told, one sentence each, of everything that the format cannot hold. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** The longest side that each format, or sharp's encoder for it, can hold. */
const MAX_SIDE: Readonly<Record<ImageFormat, number>> = {
  png: 65_535,
  jpg: 65_500,
  webp: 16_383,
  avif: 16_384,
};

/** A file of each format, as a sentence begins with it. */
const A_FILE: Readonly<Record<ImageFormat, string>> = {
  png: 'A PNG file',
  jpg: 'A JPEG file',
  webp: 'A WebP file',
  avif: 'An AVIF file',
};

/**
 * Reads an image file (JPEG, PNG, WebP, AVIF, GIF, TIFF, SVG) as 8-bit pixels, grey where the file is:
 * the EXIF orientation applied, the first frame of an animation, colours converted to sRGB by the embedded
 * profile. Alpha is kept unless all is opaque, EXIF and XMP to the byte but for the orientation, which
 * becomes upright as the pixels do.
 *
 * @throws {InputError} `NOT_AN_IMAGE`, or `TRUNCATED_IMAGE` if it is cut short or damaged.
 * @throws {TooLargeError} before any pixel is decoded; system errors (`ENOENT`, …) as Node throws them.
 * @throws {TypeError | RangeError} for a bad argument.
 * @example
 * const image = await readImage('photo.jpg', { onNotice: console.warn });
 * console.log(image.width, image.height, image.channels); // 768 512 3
 */
export async function readImage(source: ImageSource, options: ReadOptions = {}): Promise<RawImage> {
  checkSource(source, 'source');
  checkReadOptions(options);
  const { maxPixels = defaultMaxPixels(), keepProfile = false, strip = false, onNotice } = options;
  const bytes = source instanceof Uint8Array ? source : await readFile(source);
  const name = source instanceof Uint8Array ? 'The input' : String(source);
  const metadata = await readMetadata(bytes, name);
  const { width, height } = metadata.autoOrient;
  checkSize(width, height, maxPixels);
  const profile = keepProfile ? rgbProfile(metadata) : undefined;

  const { data, info } = await sharp(bytes, {
    // Cut-off and damaged pixels are an error; a mere oddity in a header is not.
    failOn: 'error',
    autoOrient: true,
    limitInputPixels: false,
    ignoreIcc: profile !== undefined,
    page: metadata.pagePrimary ?? 0,
  })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      throw truncated(name, error);
    });
  const isGrey = metadata.space === 'b-w' || metadata.space === 'grey16';
  const pixels = pickChannels(data, info.channels, isGrey);
  const exif = metadata.exif && withoutPrefix(new Uint8Array(metadata.exif));
  for (const notice of noticesOf(metadata, profile, exif)) onNotice?.(notice);
  return {
    width: info.width,
    height: info.height,
    ...pixels,
    ...(profile && { icc: profile }),
    ...(exif && !strip && { exif: upright(exif) }),
    ...(metadata.xmp && !strip && { xmp: new Uint8Array(metadata.xmp) }),
  };
}

/** The profile that colours can stay in: one of RGB, of an image that is stored as RGB. */
function rgbProfile({ icc, space }: Metadata): Uint8Array | undefined {
  // Bytes 16 to 19 of a profile are the signature of its colour space (ICC.1, section 7.2.8).
  const isRgb =
    ['srgb', 'rgb', 'rgb16'].includes(space) && icc?.toString('latin1', 16, 20) === 'RGB ';
  return isRgb ? new Uint8Array(icc) : undefined;
}

/**
 * Leaves out the alpha of what is opaque, and two of three equal samples of what is grey.
 *
 * @param samples of sRGB as sharp gives it, with or without alpha; changed in place.
 */
function pickChannels(
  samples: Uint8Array,
  count: number,
  isGrey: boolean,
): Pick<RawImage, 'channels' | 'data'> {
  const hasAlpha = count % 2 === 0 && !isOpaque(samples, count);
  const colours = isGrey ? 1 : 3;
  const channels = (colours + (hasAlpha ? 1 : 0)) as 1 | 2 | 3 | 4;
  if (channels === count) return { channels, data: samples };
  let to = 0;
  for (let from = 0; from < samples.length; from += count) {
    for (let c = 0; c < colours; c++) samples[to++] = samples[from + c]!;
    if (hasAlpha) samples[to++] = samples[from + count - 1]!;
  }
  return { channels, data: samples.subarray(0, to) };
}

function isOpaque(samples: ArrayLike<number>, channels: number): boolean {
  for (let i = channels - 1; i < samples.length; i += channels) {
    if (samples[i] !== 255) return false;
  }
  return true;
}

/** Whether a value is an image file as {@link readImage} takes it. */
export function isImageSource(value: unknown): value is ImageSource {
  return typeof value === 'string' || value instanceof URL || value instanceof Uint8Array;
}

/**
 * Asserts that an argument is a file: a number, say, Node would take for an open one.
 *
 * @throws {TypeError} if it is not.
 */
export function checkSource(value: unknown, name: string): asserts value is ImageSource {
  if (!isImageSource(value)) {
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
  const { maxPixels, keepProfile, strip, onNotice } = options;
  if (maxPixels !== undefined) checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  for (const [name, value] of Object.entries({ keepProfile, strip })) {
    if (value !== undefined && typeof value !== 'boolean') {
      throw new TypeError(expectedButReceived('boolean', name, value));
    }
  }
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
      'NOT_AN_IMAGE',
      `${name} is not an image: give a JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG file.`,
      { cause: error },
    );
  }
  if (metadata.compression === 'hevc') {
    throw new InputError(
      'NOT_AN_IMAGE',
      `${name} is a HEIC image, which cannot be read here: convert it to JPEG or PNG first.`,
    );
  }
  return metadata;
}

function truncated(name: string, cause: Error): InputError {
  // libvips says many lines, of which the last with words in it tells most, and may not say any.
  const lines = cause.message.replace(/^Input buffer has corrupt header:/, '').split('\n');
  const detail = lines.findLast((line) => /[a-z]{2}/i.test(line))?.trim();
  return new InputError(
    'TRUNCATED_IMAGE',
    `${name} is cut short or damaged${detail ? ` (${detail})` : ''}: fetch it again, or repair it in an image editor.`,
    { cause },
  );
}

/** One sentence for each thing about the file that is not kept. */
function noticesOf(
  metadata: Metadata,
  profile: Uint8Array | undefined,
  exif: Uint8Array | undefined,
): string[] {
  const notices: string[] = [];
  const { space, depth, pages = 1, orientation = 1, isPalette } = metadata;
  if (pages > 1) notices.push(`Kept 1 of ${pages} frames or pages.`);
  if (metadata.format === 'svg') notices.push('Drew the vector image at its nominal size.');
  const bits = metadata.bitsPerSample ?? (depth === 'ushort' ? 16 : 8);
  if (depth === 'float' || depth === 'double') {
    notices.push('Reduced floating-point samples to 8 bits.');
  } else if (depth !== 'uchar') {
    notices.push(`Reduced ${bits}-bit samples to 8 bits.`);
  }
  if (isPalette) notices.push('Expanded the palette to RGB.');
  if (!['srgb', 'rgb', 'rgb16', 'b-w', 'grey16'].includes(space)) {
    notices.push(`Converted ${space.toUpperCase()} to sRGB.`);
  }
  if (metadata.hasProfile && !profile) {
    notices.push('Converted the colours from the embedded ICC profile to sRGB.');
  }
  if (orientation > 1)
    notices.push(`Turned the image as its EXIF orientation ${orientation} says.`);
  const dropped = [
    metadata.exif && !exif && 'EXIF',
    metadata.iptc && 'IPTC',
    metadata.comments && 'text comments',
    metadata.gainMap && 'the HDR gain map',
  ].filter(Boolean);
  if (dropped.length > 0) notices.push(`Dropped metadata: ${dropped.join(', ')}.`);
  return notices;
}

/**
 * An image as red, green and blue alone: over white where it is transparent, rounding to nearest. For
 * formats and measurements that know no other images.
 *
 * @returns `image` itself if it is that already.
 * @throws {TypeError | RangeError} for anything but an image.
 * @example
 * const opaque = flatten(await readImage('logo.png'));
 */
export function flatten(image: RawImage): RawImage {
  checkImage(image, 'image');
  const { width, height, channels, data: from } = image;
  if (channels === 3) return image;
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const data = new Uint8Array(3 * width * height);
  for (let i = 0, to = 0; i < from.length; i += channels, to += 3) {
    const alpha = channels === 1 ? 255 : from[i + channels - 1]!;
    const over = (sample: number): number =>
      Math.round((sample * alpha + 255 * (255 - alpha)) / 255);
    data[to] = over(from[i]!);
    data[to + 1] = over(from[i + green]!);
    data[to + 2] = over(from[i + blue]!);
  }
  return { ...image, channels: 3, data };
}

/**
 * The format that a path's extension names (`.jpeg` too).
 *
 * @throws {OutputError} `UNKNOWN_EXTENSION` for any other.
 * @throws {TypeError} for anything but a string.
 * @example
 * formatOf('out/photo.JPEG'); // 'jpg'
 */
export function formatOf(path: string): ImageFormat {
  checkString(path, 'path');
  const extension = extname(path).slice(1).toLowerCase();
  const format = extension === 'jpeg' ? 'jpg' : extension;
  if (isImageFormat(format)) return format;
  throw new OutputError(
    'UNKNOWN_EXTENSION',
    `${path} does not say an image format: end it in ${IMAGE_FORMATS.map((f) => `.${f}`).join(', ')}.`,
  );
}

function checkFormat(format: unknown): asserts format is ImageFormat {
  if (typeof format !== 'string' || !isImageFormat(format)) {
    throw new TypeError(expectedButReceived(IMAGE_FORMATS.join(' | '), 'format', format));
  }
}

function isImageFormat(format: string): format is ImageFormat {
  return (IMAGE_FORMATS as readonly string[]).includes(format);
}

/**
 * Refuses a size that a format cannot hold, so that it can be known before the work is done.
 *
 * @throws {TooLargeError} naming the limit.
 * @throws {TypeError | RangeError} for a bad argument.
 */
export function checkFormatSize(format: ImageFormat, width: number, height: number): void {
  checkFormat(format);
  checkInteger(width, 1, Number.MAX_SAFE_INTEGER, 'width');
  checkInteger(height, 1, Number.MAX_SAFE_INTEGER, 'height');
  if (Math.max(width, height) > MAX_SIDE[format]) {
    throw new TooLargeError(
      `${A_FILE[format]} holds sides up to ${MAX_SIDE[format]}, the image is ${width}×${height}: write a PNG.`,
    );
  }
}

/**
 * An image file in memory: PNG lossless; JPEG and AVIF lossy with full-resolution colour;
 * WebP lossy with colour at half the resolution, as it always is. Metadata goes with it to the byte (in
 * AVIF, EXIF says the same in bytes that may differ), alpha too, except in JPEG: that is over white.
 *
 * @throws {TooLargeError} for sides that the format cannot hold.
 * @throws {TypeError | RangeError} for a wrong image, format or quality.
 * @example
 * const bytes = await toBuffer(image, 'webp', { quality: 80 });
 */
export async function toBuffer(
  image: RawImage,
  format: ImageFormat,
  options: ImageOptions = {},
): Promise<Uint8Array> {
  checkImage(image, 'image');
  checkFormat(format);
  checkObject(options, 'options');
  const { quality = 90, onNotice } = options;
  checkInteger(quality, 1, 100, 'quality');
  if (onNotice !== undefined) checkFunction(onNotice, 'onNotice');
  const { width, height, channels } = image;
  checkFormatSize(format, width, height);
  const isTransparent = channels % 2 === 0 && !isOpaque(image.data, channels);
  if (format === 'jpg' && isTransparent) {
    onNotice?.('Composited the transparency over white, as JPEG has none.');
  }
  const written = format === 'jpg' && isTransparent ? flatten(image) : image;
  switch (format) {
    case 'png':
      return attachMetadata(await toSharp(written).png().toBuffer(), format, image);
    case 'jpg': {
      const jpeg = toSharp(written).jpeg({ quality, chromaSubsampling: '4:4:4' });
      return attachMetadata(await jpeg.toBuffer(), format, image, onNotice);
    }
    case 'webp': {
      const webp = toSharp(written).webp({ quality, smartSubsample: true });
      return attachMetadata(await webp.toBuffer(), format, image);
    }
    case 'avif':
      return await (await withMetadata(written)).avif({ quality }).toBuffer();
  }
}

function toSharp({ width, height, channels, data }: RawImage): Sharp {
  const pixels = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  return channels < 3 ? pixels.toColourspace('b-w') : pixels;
}

/** An image that sharp writes with its metadata: by way of a PNG, as it takes none with raw pixels. */
async function withMetadata(image: RawImage): Promise<Sharp> {
  const { icc, exif, xmp }: ImageMetadata = image;
  if (!icc && !exif && !xmp) return toSharp(image);
  const png = await toSharp(image).png({ compressionLevel: 1 }).toBuffer();
  const tagged = attachMetadata(png, 'png', image);
  return sharp(tagged, { ignoreIcc: true, limitInputPixels: false }).keepMetadata();
}

/**
 * Writes an image file whose extension says the format, whole or not at all.
 *
 * @throws {OutputError} `UNKNOWN_EXTENSION`, or `OUTPUT_EXISTS` if `overwrite` is false; and as
 * {@link toBuffer} and {@link writeFileAtomic}.
 * @example
 * await writeImage('photo.png', await decode('photo.ncr'));
 */
export async function writeImage(
  path: string,
  image: RawImage,
  options: ImageOptions & WriteOptions = {},
): Promise<void> {
  checkWriteOptions(options);
  await writeFileAtomic(path, await toBuffer(image, formatOf(path), options), options);
}
