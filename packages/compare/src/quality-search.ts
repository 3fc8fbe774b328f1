// Finds the quality at which a codec comes closest to a target, in bytes or in PSNR.
import { psnr, type RawImage } from '@nacre/codec';
import { expectedButReceived } from '@nacre/codec/internal';
import { checkCodec, type ImageCodec } from './image-codec.js';
import { checkRgb } from './rgb.js';

/** An image after encoding and decoding. */
export interface Coded {
  /** In 1..100. */
  readonly quality: number;
  /** The whole file. */
  readonly file: Uint8Array;
  /** What the file decodes to. */
  readonly image: RawImage;
  /** In dB, against the original. */
  readonly psnr: number;
}

/**
 * The file whose PSNR is nearest to a target, by bisection over the qualities 1..100.
 *
 * @param codec - the codec
 * @param image - the image
 * @param target - PSNR in dB; beyond the codec's range, the result has quality 1 or 100
 * @throws TypeError or RangeError for a bad argument
 * @example
 * ```ts
 * const { file } = await codedOfPsnr(sharpCodec('jpeg'), image, 32.5);
 * ```
 */
export async function codedOfPsnr(
  codec: ImageCodec,
  image: RawImage,
  target: number,
): Promise<Coded> {
  return await nearest(codec, image, target, (coded) => coded.psnr);
}

/**
 * The file whose size is nearest to a target, by bisection over the qualities 1..100.
 *
 * @param codec - the codec
 * @param image - the image
 * @param target - bytes; beyond the codec's range, the result has quality 1 or 100
 * @throws TypeError or RangeError for a bad argument
 * @example
 * ```ts
 * const { psnr } = await codedOfBytes(sharpCodec('jpeg'), image, 20_000);
 * ```
 */
export async function codedOfBytes(
  codec: ImageCodec,
  image: RawImage,
  target: number,
): Promise<Coded> {
  return await nearest(codec, image, target, (coded) => coded.file.length);
}

/**
 * Encodes and decodes an image at one quality.
 *
 * @throws TypeError or RangeError for a bad argument
 */
export async function code(codec: ImageCodec, image: RawImage, quality: number): Promise<Coded> {
  const file = await codec.encode(image, quality);
  const decoded = await codec.decode(file);
  return { quality, file, image: decoded, psnr: psnr(image, decoded) };
}

async function nearest(
  codec: ImageCodec,
  image: RawImage,
  target: number,
  of: (coded: Coded) => number,
): Promise<Coded> {
  checkCodec(codec);
  checkRgb(image, 'image');
  if (typeof target !== 'number') {
    throw new TypeError(expectedButReceived('number', 'target', target));
  }
  if (Number.isNaN(target)) throw new RangeError(expectedButReceived('number', 'target', target));
  let below = await code(codec, image, 1);
  if (of(below) >= target) return below;
  let above = await code(codec, image, 100);
  while (above.quality - below.quality > 1) {
    const middle = await code(codec, image, (below.quality + above.quality) >> 1);
    if (of(middle) < target) below = middle;
    else above = middle;
  }
  // The nearest, not the next one above: a quality step is up to 2 dB at the low end, and always rounding up would
  // favour the other codec.
  return target - of(below) < of(above) - target ? below : above;
}
