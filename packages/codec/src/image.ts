// The image types of the codec: interleaved samples of 8 or 16 bits and their metadata. Image files are read and
// written by the packages for Node and the web.
import type { Region } from './region.js';
import { checkBytes, checkInteger, checkObject, expectedButReceived } from './validate.js';

/** Largest width and height of an image: the header has 16 bits for each. */
export const MAX_SIDE = 65_535;

/** Samples of a pixel: 1 grey; 2 grey, alpha; 3 red, green, blue; 4 red, green, blue, alpha. */
export type Channels = 1 | 2 | 3 | 4;

/** What an image file says about its pixels. The codec keeps every byte of it and looks at none. */
export interface ImageMetadata {
  /** ICC profile of the colours; sRGB if missing. */
  readonly icc?: Uint8Array | undefined;
  /** EXIF, beginning with its byte order mark (`II` or `MM`). Its orientation is ignored: pixels are upright. */
  readonly exif?: Uint8Array | undefined;
  /** XMP packet, UTF-8. */
  readonly xmp?: Uint8Array | undefined;
}

/** An image in memory, with the property names of sharp's raw pixels. */
export interface RawImage {
  /** Pixels per row, 1..65535. */
  readonly width: number;
  /** Rows, 1..65535. */
  readonly height: number;
  /** Samples of a pixel. */
  readonly channels: Channels;
  /**
   * The samples of each pixel, 0..255, row by row from the top left: channels·width·height values.
   * Alpha is straight (not premultiplied), 255 opaque.
   */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** ICC profile, EXIF and XMP, those that the image has. */
  readonly metadata?: ImageMetadata | undefined;
}

/** An image with 16-bit samples, 0..65535; otherwise the same as {@link RawImage}. Alpha is coded with 8 bits. */
export interface RawImage16 extends Omit<RawImage, 'data'> {
  readonly data: Uint16Array;
}

/** What the codec says of an image that it has decoded. */
interface Decoded {
  /** ICC profile, EXIF and XMP, those that the file has. */
  readonly metadata: ImageMetadata;
  /**
   * With `partial`: the damaged tiles, in pixels of the whole image even if you decode a region of it. Their
   * colours are grey, or their alpha is opaque. Pixels up to the model's `halo` around them were computed
   * without them and may be slightly off. Missing if no tile was damaged.
   */
  readonly damaged?: readonly Region[];
  /** With `partial`: types of sections that were damaged and left out, such as `iccp`, if any. */
  readonly missing?: readonly string[];
}

/** An image that the codec has decoded. Its data is a plain `Uint8Array` in a buffer of its own. */
export interface DecodedImage extends Omit<RawImage, 'metadata'>, Decoded {
  readonly data: Uint8Array<ArrayBuffer>;
}

/** An image that the codec has decoded with `depth: 16`. */
export interface DecodedImage16 extends Omit<RawImage16, 'metadata'>, Decoded {
  readonly data: Uint16Array<ArrayBuffer>;
}

/** The names of all kinds of metadata. */
const METADATA_KINDS = ['icc', 'exif', 'xmp'] as const satisfies readonly (keyof ImageMetadata)[];

/**
 * Asserts that an argument is an image whose data has the length that its size asks for.
 *
 * @throws TypeError or RangeError naming the property that is wrong.
 */
export function checkImage(value: unknown, name: string): asserts value is RawImage {
  checkImageOf(value, name, [Uint8Array, Uint8ClampedArray]);
}

/**
 * Asserts that an argument is an image of 8 or 16 bits.
 *
 * @throws TypeError or RangeError naming the property that is wrong.
 */
export function checkImageOfAnyDepth(
  value: unknown,
  name: string,
): asserts value is RawImage | RawImage16 {
  checkImageOf(value, name, [Uint8Array, Uint8ClampedArray, Uint16Array]);
}

/** An image of 16 bits with samples rounded to 8; one of 8 bits itself. */
export function reduceTo8Bits(image: RawImage | RawImage16): RawImage {
  if (!isOf16Bits(image)) return image;
  return { ...image, data: Uint8Array.from(image.data, (sample) => Math.round(sample / 257)) };
}

/** Whether the samples of an image have 16 bits. */
export function isOf16Bits(image: RawImage | RawImage16): image is RawImage16 {
  return image.data instanceof Uint16Array;
}

function checkImageOf(
  value: unknown,
  name: string,
  arrays: readonly (new (length: number) => ArrayLike<number>)[],
): void {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(expectedButReceived('RawImage', name, value));
  }
  const { width, height, channels, data, metadata = {} } = value as Partial<RawImage>;
  checkInteger(width, 1, MAX_SIDE, `${name}.width`);
  checkInteger(height, 1, MAX_SIDE, `${name}.height`);
  checkInteger(channels, 1, 4, `${name}.channels`);
  if (data === undefined || !arrays.some((Samples) => data instanceof Samples)) {
    const expected = arrays.map((Samples) => Samples.name).join(' or ');
    throw new TypeError(expectedButReceived(expected, `${name}.data`, data));
  }
  const length = channels * width * height;
  if (data.length !== length) {
    throw new RangeError(
      expectedButReceived(
        `${length} (${channels} × ${width} × ${height})`,
        `${name}.data.length`,
        data.length,
      ),
    );
  }
  checkMetadata(metadata, `${name}.metadata`);
}

/**
 * Asserts that an argument is metadata.
 *
 * @throws TypeError naming the property that is wrong.
 */
export function checkMetadata(value: unknown, name: string): asserts value is ImageMetadata {
  checkObject(value, name);
  for (const kind of METADATA_KINDS) {
    const bytes = (value as ImageMetadata)[kind];
    if (bytes !== undefined) checkBytes(bytes, `${name}.${kind}`);
  }
}
