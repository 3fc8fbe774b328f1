// How near two pictures are. What that is wanted for is not known here.
import type { RawImage } from './image.js';

/**
 * Peak signal-to-noise ratio over the samples of grey or of red, green and blue, 10·log10(255² / MSE). Alpha
 * is left out.
 *
 * @param a a picture.
 * @param b one of the same size, and as grey or coloured.
 * @returns dB; Infinity if they are equal.
 */
export function psnr(a: RawImage, b: RawImage): number {
  const colours = a.channels < 3 ? 1 : 3;
  // At most 65025 a sample, so a float64 holds the sum exactly for every size the format allows.
  let sum = 0;
  let count = 0;
  for (let i = 0, j = 0; i < a.data.length; i += a.channels, j += b.channels) {
    for (let c = 0; c < colours; c++) sum += (a.data[i + c]! - b.data[j + c]!) ** 2;
    count += colours;
  }
  return 10 * Math.log10((255 ** 2 * count) / sum);
}
