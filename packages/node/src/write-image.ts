// Image files out: PNG, JPEG, WebP and AVIF through sharp, with their metadata.

import { extname } from 'node:path';
import { type ImageMetadata, type RawImage, TooLargeError } from '@nacre/codec';
import {
  checkFunction,
  checkImage,
  checkInteger,
  checkObject,
  checkString,
  expectedButReceived,
  OutputError,
} from '@nacre/codec/internal';
import sharp, { type Sharp } from 'sharp';
import { checkWriteOptions, type WriteOptions, writeFileAtomic } from './atomic-write.js';
import { attachMetadata } from './attach-metadata.js';
import { flatten, isOpaque } from './flatten.js';

/** The image formats that are written, by their usual extension. */
export const IMAGE_FORMATS = ['png', 'jpg', 'webp', 'avif'] as const;

/** One of {@link IMAGE_FORMATS}. */
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** Options of {@link toBuffer}. */
export interface ImageOptions {
  /** 1..100 for the lossy formats, default 90; PNG is lossless and takes none. */
  readonly quality?: number | undefined;
  /** Called with one sentence for each thing that the format cannot hold. */
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
 * The format that a path's extension names (`.jpeg` too).
 *
 * @throws {@link OutputError} `UNKNOWN_EXTENSION` for any other.
 * @throws TypeError for anything but a string.
 * @example
 * ```ts
 * formatOf('out/photo.JPEG'); // 'jpg'
 * ```
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
 * @throws {@link TooLargeError} naming the limit.
 * @throws TypeError or RangeError for a bad argument.
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
 * @throws {@link TooLargeError} for sides that the format cannot hold.
 * @throws TypeError or RangeError for a wrong image, format or quality.
 * @example
 * ```ts
 * const bytes = await toBuffer(image, 'webp', { quality: 80 });
 * ```
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
      return attachMetadata(await toSharp(written).png().toBuffer(), format, image.metadata);
    case 'jpg': {
      const jpeg = toSharp(written).jpeg({ quality, chromaSubsampling: '4:4:4' });
      return attachMetadata(await jpeg.toBuffer(), format, image.metadata, onNotice);
    }
    case 'webp': {
      const webp = toSharp(written).webp({ quality, smartSubsample: true });
      return attachMetadata(await webp.toBuffer(), format, image.metadata);
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
  const { icc, exif, xmp }: ImageMetadata = image.metadata ?? {};
  if (!icc && !exif && !xmp) return toSharp(image);
  const png = await toSharp(image).png({ compressionLevel: 1 }).toBuffer();
  const tagged = attachMetadata(png, 'png', image.metadata);
  return sharp(tagged, { ignoreIcc: true, limitInputPixels: false }).keepMetadata();
}

/**
 * Writes an image file whose extension says the format, whole or not at all.
 *
 * @throws {@link OutputError} `UNKNOWN_EXTENSION`, or `OUTPUT_EXISTS` if `overwrite` is false; and as
 * {@link toBuffer} and {@link writeFileAtomic}.
 * @example
 * ```ts
 * await writeImage('photo.png', await decode('photo.ncr'));
 * ```
 */
export async function writeImage(
  path: string,
  image: RawImage,
  options: ImageOptions & WriteOptions = {},
): Promise<void> {
  checkWriteOptions(options);
  await writeFileAtomic(path, await toBuffer(image, formatOf(path), options), options);
}
