// The one image type of the codec: 8-bit samples, interleaved, with what belongs to them. Reading and
// writing image files is not done here.
import type { Region } from './region.js';
import { checkBytes, checkInteger, expectedButReceived } from './validate.js';

/** Largest width and height of an image: the header has 16 bits for each. */
export const MAX_SIDE = 65_535;

/** Samples of a pixel: 1 grey; 2 grey, alpha; 3 red, green, blue; 4 red, green, blue, alpha. */
export type Channels = 1 | 2 | 3 | 4;

/** What belongs to an image beside its pixels, each as its own standard has it, to the byte. */
export interface ImageMetadata {
  /** ICC profile that the colours are in; sRGB if there is none. */
  readonly icc?: Uint8Array | undefined;
  /** EXIF from its byte order mark on (`II` or `MM`). Pixels are upright whatever orientation it says. */
  readonly exif?: Uint8Array | undefined;
  /** XMP packet, UTF-8. */
  readonly xmp?: Uint8Array | undefined;
}

/** An image; with the properties that sharp's raw pixels have. */
export interface RawImage extends ImageMetadata {
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
}

/** An image that the codec has made: its data can be handed to any interface that takes bytes. */
export interface DecodedImage extends RawImage {
  readonly data: Uint8Array<ArrayBuffer>;
  /**
   * With `partial`: the damaged tiles, in pixels of the whole image even where a region of it was
   * asked for. Their colours are grey, or their alpha is opaque; pixels up to the model's `halo` around
   * them were made without them, and may be a little off. Missing if no tile was damaged.
   */
  readonly damaged?: readonly Region[];
  /** With `partial`: types of sections that were damaged and left out, such as `iccp`; if there are any. */
  readonly missing?: readonly string[];
}

/**
 * Asserts that an argument is an image whose data has the length its size asks for.
 *
 * @throws {TypeError | RangeError} naming the property that is not so.
 */
export function checkImage(value: unknown, name: string): asserts value is RawImage {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(expectedButReceived('RawImage', name, value));
  }
  const { width, height, channels, data, icc, exif, xmp } = value as Partial<RawImage>;
  checkInteger(width, 1, MAX_SIDE, `${name}.width`);
  checkInteger(height, 1, MAX_SIDE, `${name}.height`);
  checkInteger(channels, 1, 4, `${name}.channels`);
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw new TypeError(
      expectedButReceived('Uint8Array or Uint8ClampedArray', `${name}.data`, data),
    );
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
  for (const [kind, bytes] of Object.entries({ icc, exif, xmp })) {
    if (bytes !== undefined) checkBytes(bytes, `${name}.${kind}`);
  }
}
