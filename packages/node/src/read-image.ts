// Image files in: upright pixels in sRGB with their metadata. Everything that is dropped or converted on the way
// is reported. It knows nothing of .ncr files.

import { readFile } from 'node:fs/promises';
import type { RawImage } from '@nacre/codec';
import {
  checkFunction,
  checkInteger,
  checkObject,
  expectedButReceived,
} from '@nacre/codec/internal';
import sharp from 'sharp';
import { attachMetadata } from './attach-metadata.js';
import { upright } from './exif.js';
import { decodeExternally, externalFormat } from './external-decoders.js';
import { isOpaque } from './flatten.js';
import { ignoredProfile, readProfile } from './icc-profile.js';
import type { DecodedFile, ImageFile } from './image-file.js';
import { checkSize, defaultMaxPixels } from './limits.js';
import { noticeOf } from './notices.js';
import { isBmp, openBmp } from './read-bmp.js';
import { isPnm, openPnm } from './read-pnm.js';
import { openWithSharp } from './read-with-sharp.js';
import { toSrgb } from './to-srgb.js';
import { uprightXmp } from './xmp.js';

/** An image file: its path, its `file:` URL, or its bytes. */
export type ImageSource = string | URL | Uint8Array;

/** Options of {@link readImage}. */
export interface ReadOptions {
  /** Refuse more pixels than this; by default what fits in memory, see `defaultMaxPixels`. */
  readonly maxPixels?: number | undefined;
  /**
   * Leaves the colours in the space of the embedded ICC profile, and keeps the profile; by default they are
   * converted to sRGB. Colours other than RGB, and those described without a profile, are converted anyway.
   */
  readonly keepProfile?: boolean | undefined;
  /** Drops EXIF and XMP; not a profile that is kept, without which colours would be wrong. */
  readonly strip?: boolean | undefined;
  /** Decodes what is there of a damaged file, and reports it; false by default, which refuses it. */
  readonly allowDamaged?: boolean | undefined;
  /** Called with one sentence that names everything that was dropped or converted. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/**
 * Reads an image file as 8-bit sRGB pixels, grey where the file is: JPEG, PNG, WebP, AVIF, GIF, TIFF, SVG, BMP, PNM;
 * JPEG XL and HEIC where a program that decodes them is installed. The EXIF orientation is applied, of an animation
 * the first frame is read, and colours are converted to sRGB. Alpha is kept unless all is opaque, EXIF and XMP to
 * the byte but for the orientation, which becomes upright as the pixels do.
 *
 * @throws InputError `NOT_AN_IMAGE`, or `TRUNCATED_IMAGE` if it is cut short or damaged.
 * @throws TooLargeError before any pixel is decoded; system errors (`ENOENT`, …) as Node throws them.
 * @throws TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * const image = await readImage('photo.jpg', { onNotice: console.warn });
 * console.log(image.width, image.height, image.channels); // 768 512 3
 * ```
 */
export async function readImage(source: ImageSource, options: ReadOptions = {}): Promise<RawImage> {
  checkSource(source, 'source');
  checkReadOptions(options);
  const { maxPixels = defaultMaxPixels(), keepProfile = false, strip = false, onNotice } = options;
  const bytes = source instanceof Uint8Array ? source : await readFile(source);
  const name = source instanceof Uint8Array ? 'The input' : String(source);
  const file = await openImage(bytes, name);
  checkSize(file.width, file.height, maxPixels);
  const { decoded, damage } = await readWhatIsThere(file, options.allowDamaged ?? false);
  const { pixels, icc, changes: conversions } = await convertColours(decoded, keepProfile);
  const { width, height, exif, xmp, changes, dropped } = decoded;
  const done = [damage, ...changes, ...conversions].filter((what) => what !== undefined);
  const data = pixels.samples instanceof Uint16Array ? toEightBits(pixels.samples) : pixels.samples;
  if (pixels.samples instanceof Uint16Array) done.push('Reduced 16-bit samples to 8 bits');
  const notice = noticeOf(done, dropped);
  if (notice !== undefined) onNotice?.(notice);
  return {
    width,
    height,
    ...pickChannels({ ...decoded, ...pixels, samples: data }),
    metadata: {
      ...(icc && { icc }),
      ...(exif && !strip && { exif: upright(exif) }),
      ...(xmp && !strip && { xmp: uprightXmp(xmp) }),
    },
  };
}

/** Reads the header of an image file of any format. */
async function openImage(file: Uint8Array, name: string): Promise<ImageFile> {
  if (isBmp(file)) return openBmp(file, name);
  if (isPnm(file)) return openPnm(file, name);
  const format = externalFormat(file);
  if (!format) return await openWithSharp(file, name);
  // In these formats EXIF only repeats the orientation, which the program has applied.
  return await openWithSharp(await decodeExternally(file, format, name), name, true);
}

/** Reads a file, and only if it is damaged what is there of it. */
async function readWhatIsThere(
  file: ImageFile,
  allowDamaged: boolean,
): Promise<{ readonly decoded: DecodedFile; readonly damage?: string }> {
  try {
    return { decoded: await file.read(false) };
  } catch (error) {
    if (!allowDamaged) throw error;
    return { decoded: await file.read(true), damage: 'Took what is there of a damaged file' };
  }
}

interface Converted {
  readonly pixels: Pick<DecodedFile, 'samples' | 'channels' | 'isGrey'>;
  /** The profile that the colours are left in. */
  readonly icc?: Uint8Array | undefined;
  readonly changes: readonly string[];
}

/** Makes the colours sRGB, or leaves them in the space of their profile. */
async function convertColours(decoded: DecodedFile, keepProfile: boolean): Promise<Converted> {
  const { icc, space } = decoded;
  if (!icc) return convertDescribed(decoded);
  const profile = readProfile(icc, space);
  if (profile.kind === 'unusable') {
    const { changes, pixels } = convertDescribed(decoded);
    return { pixels, changes: [ignoredProfile(profile.reason), ...changes] };
  }
  if (keepProfile && space === 'RGB ') return { pixels: decoded, icc, changes: [] };
  if (profile.kind === 'srgb') return { pixels: decoded, changes: [] };
  const changes = ['Converted the colours from the embedded ICC profile to sRGB'];
  if (profile.kind === 'table') return { pixels: await convertByTable(decoded, icc), changes };
  toSrgb(decoded.samples, decoded.channels, decoded.isGrey, profile.space);
  return { pixels: decoded, changes };
}

/** Converts colours that the file describes without a profile. */
function convertDescribed(decoded: DecodedFile): Converted {
  const { samples, channels, isGrey, colours } = decoded;
  if (!colours) return { pixels: decoded, changes: [] };
  if (typeof colours === 'string') {
    return { pixels: decoded, changes: [`Read ${colours} as sRGB: the colours will look wrong`] };
  }
  toSrgb(samples, channels, isGrey, colours);
  return { pixels: decoded, changes: [`Converted the colours from ${colours.name} to sRGB`] };
}

/** Colours by a profile with a table, in 8 bits: libvips converts PNG files with their profile. */
async function convertByTable(decoded: DecodedFile, icc: Uint8Array): Promise<Converted['pixels']> {
  const { width, height, samples, isGrey } = decoded;
  const bytes = samples instanceof Uint16Array ? toEightBits(samples) : samples;
  const { channels, data } = pickChannels({ ...decoded, samples: bytes });
  const image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  const png = await image
    .toColourspace(isGrey ? 'b-w' : 'srgb')
    .png({ compressionLevel: 0 })
    .toBuffer();
  const converted = await sharp(attachMetadata(png, 'png', { icc }), { limitInputPixels: false })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  return { samples: converted, channels: channels % 2 === 0 ? 4 : 3, isGrey };
}

/** 16-bit samples rounded to 8 bits. */
function toEightBits(samples: Uint16Array): Uint8Array {
  return Uint8Array.from(samples, (sample) => Math.round(sample / 257));
}

/** Leaves out the alpha of what is opaque, two of three equal samples of what is grey, and what is not used. */
function pickChannels({
  samples,
  channels: count,
  isGrey,
  hasAlpha,
}: Pick<DecodedFile, 'channels' | 'isGrey' | 'hasAlpha'> & { readonly samples: Uint8Array }): Pick<
  RawImage,
  'channels' | 'data'
> {
  const colours = isGrey ? 1 : 3;
  // What is not used follows alpha, which follows the colours that there are: 3 of grey, too, at times.
  const alphaAt = count === 2 ? 1 : 3;
  const keepsAlpha = hasAlpha && !isOpaque(samples, count, alphaAt);
  const channels = (colours + (keepsAlpha ? 1 : 0)) as 1 | 2 | 3 | 4;
  if (channels === count) return { channels, data: samples };
  let to = 0;
  for (let from = 0; from < samples.length; from += count) {
    for (let c = 0; c < colours; c++) samples[to++] = samples[from + c]!;
    if (keepsAlpha) samples[to++] = samples[from + alphaAt]!;
  }
  return { channels, data: samples.subarray(0, to) };
}

/** Whether a value is an image file as {@link readImage} takes it. */
export function isImageSource(value: unknown): value is ImageSource {
  return typeof value === 'string' || value instanceof URL || value instanceof Uint8Array;
}

/**
 * Asserts that an argument is a file: a number, say, Node would take for an open one.
 *
 * @throws TypeError if it is not.
 */
export function checkSource(value: unknown, name: string): asserts value is ImageSource {
  if (!isImageSource(value)) {
    throw new TypeError(expectedButReceived('path, URL or Uint8Array', name, value));
  }
}

/**
 * Asserts that options are such as {@link readImage} takes.
 *
 * @throws TypeError or RangeError naming the one that is wrong.
 */
export function checkReadOptions(options: ReadOptions): void {
  checkObject(options, 'options');
  const { maxPixels, keepProfile, strip, allowDamaged, onNotice } = options;
  if (maxPixels !== undefined) checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  for (const [name, value] of Object.entries({ keepProfile, strip, allowDamaged })) {
    if (value !== undefined && typeof value !== 'boolean') {
      throw new TypeError(expectedButReceived('boolean', name, value));
    }
  }
  if (onNotice !== undefined) checkFunction(onNotice, 'onNotice');
}
