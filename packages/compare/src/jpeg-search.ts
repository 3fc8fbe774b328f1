// Finds the JPEG that matches a Nacre file in PSNR, or in bytes. One picture, one target at a time.
import { expectedButReceived, type RawImage } from '@nacre/codec';
import { type Coded, sharpJpeg } from './codecs.js';
import { psnr } from './psnr.js';
import { checkRgb } from './rgb.js';

/** A JPEG of a picture. */
export interface Jpeg extends Coded {
  readonly quality: number;
  /** In dB against the picture it was made from. */
  readonly psnr: number;
}

/**
 * The JPEG whose PSNR is nearest to a target: by bisection over its qualities 1..100.
 *
 * @param image - the picture
 * @param target - PSNR in dB; one out of JPEG's reach gets quality 1 or 100
 * @throws TypeError or RangeError for a bad argument
 * @example
 * const { file } = await jpegOfPsnr(image, 32.5);
 */
export function jpegOfPsnr(image: RawImage, target: number): Promise<Jpeg> {
  return nearest(image, target, (jpeg) => jpeg.psnr);
}

/**
 * The JPEG whose size is nearest to a target: by bisection over its qualities 1..100.
 *
 * @param image - the picture
 * @param target - bytes; one out of JPEG's reach gets quality 1 or 100
 * @throws TypeError or RangeError for a bad argument
 * @example
 * const { psnr } = await jpegOfBytes(image, 20_000);
 */
export function jpegOfBytes(image: RawImage, target: number): Promise<Jpeg> {
  return nearest(image, target, (jpeg) => jpeg.file.length);
}

async function nearest(image: RawImage, target: number, of: (jpeg: Jpeg) => number): Promise<Jpeg> {
  checkRgb(image, 'image');
  if (typeof target !== 'number') {
    throw new TypeError(expectedButReceived('number', 'target', target));
  }
  if (Number.isNaN(target)) throw new RangeError(expectedButReceived('number', 'target', target));
  let below = await jpegAt(image, 1);
  if (of(below) >= target) return below;
  let above = await jpegAt(image, 100);
  while (above.quality - below.quality > 1) {
    const middle = await jpegAt(image, (below.quality + above.quality) >> 1);
    if (of(middle) < target) below = middle;
    else above = middle;
  }
  // Nearest and not "at least": a step of quality is up to 2 dB at the low end, and rounding it up
  // each time would favour Nacre.
  return target - of(below) < of(above) - target ? below : above;
}

async function jpegAt(image: RawImage, quality: number): Promise<Jpeg> {
  const coded = await sharpJpeg.code(image, quality);
  return { ...coded, quality, psnr: psnr(image, coded.image) };
}
