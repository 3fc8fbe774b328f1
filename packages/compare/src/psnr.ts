// Peak signal-to-noise ratio of two 8-bit RGB pictures.
// One number per picture: averaging over pictures is rate-distortion.ts's business.
import type { RawImage } from '@nacre/codec';
import { checkRgb } from './rgb.js';

/**
 * Mean squared error over all samples of all three channels.
 *
 * @param a - a picture, 8 bits a sample
 * @param b - a picture of the same size
 * @returns the error in squared sample steps, 0..65025
 * @throws TypeError or RangeError if they are no pictures, or of different sizes
 */
export function meanSquaredError(a: RawImage, b: RawImage): number {
  checkRgb(a, 'a');
  checkRgb(b, 'b');
  checkSameSize(a, b);
  const samples = 3 * a.width * a.height;
  // At most 65025 a sample, so a float64 holds the sum exactly for every size the format allows.
  let sum = 0;
  for (let i = 0; i < samples; i++) {
    const difference = a.data[i]! - b.data[i]!;
    sum += difference * difference;
  }
  return sum / samples;
}

/**
 * Peak signal-to-noise ratio: 10·log10(255² / MSE), with the mean squared error taken over the
 * three channels together, as papers on learned compression report "PSNR (RGB)".
 *
 * @param a - a picture, 8 bits a sample
 * @param b - a picture of the same size
 * @returns decibels; Infinity for equal pictures
 * @throws TypeError or RangeError if they are no pictures, or of different sizes
 * @example
 * const dB = psnr(await readImage('photo.png'), await decode(file));
 */
export function psnr(a: RawImage, b: RawImage): number {
  return 10 * Math.log10(255 ** 2 / meanSquaredError(a, b));
}

/**
 * Asserts that two pictures can be compared.
 *
 * @throws RangeError if their sizes differ
 */
export function checkSameSize(a: RawImage, b: RawImage): void {
  if (a.width === b.width && a.height === b.height) return;
  throw new RangeError(
    `Expected pictures of the same size but received ${a.width}×${a.height} and ${b.width}×${b.height}`,
  );
}
