// The peak signal-to-noise ratio of two images.
import { checkImage, type RawImage } from './image.js';
import { checkBoolean, checkObject } from './validate.js';

/** Options of {@link psnr}. */
export interface PsnrOptions {
  /**
   * Compares the images as they look on a white background. False by default, which ignores alpha.
   */
  readonly overWhite?: boolean | undefined;
}

/**
 * Peak signal-to-noise ratio over the samples of grey or of red, green and blue together, as papers on
 * learned compression report "PSNR (RGB)": 10·log10(255² / MSE).
 *
 * @param a - an image.
 * @param b - one of the same size, and as grey or coloured.
 * @returns dB; Infinity if they are equal.
 * @throws TypeError or RangeError if they are no images, or such as cannot be compared.
 * @example
 * ```ts
 * const decibels = psnr(image, await decode(model, bytes)); // 34.07
 * ```
 */
export function psnr(a: RawImage, b: RawImage, options: PsnrOptions = {}): number {
  checkImage(a, 'a');
  checkImage(b, 'b');
  checkObject(options, 'options');
  const { overWhite = false } = options;
  checkBoolean(overWhite, 'overWhite');
  const colours = countColours(a);
  if (a.width !== b.width || a.height !== b.height || colours !== countColours(b)) {
    throw new RangeError(
      `Expected ${describeImage(a)}, as a, for b but received ${describeImage(b)}`,
    );
  }
  const [alphaA, alphaB] = [a, b].map(({ channels }) => overWhite && channels !== colours);
  // At most 65025 a sample, so a float64 holds the sum exactly for every size the format allows.
  let sum = 0;
  let count = 0;
  for (let i = 0, j = 0; i < a.data.length; i += a.channels, j += b.channels) {
    const opacityA = alphaA ? a.data[i + colours]! / 255 : 1;
    const opacityB = alphaB ? b.data[j + colours]! / 255 : 1;
    for (let c = 0; c < colours; c++) {
      const difference = (a.data[i + c]! - 255) * opacityA - (b.data[j + c]! - 255) * opacityB;
      sum += difference ** 2;
    }
    count += colours;
  }
  return 10 * Math.log10((255 ** 2 * count) / sum);
}

function countColours({ channels }: RawImage): 1 | 3 {
  return channels < 3 ? 1 : 3;
}

function describeImage({ width, height, channels }: RawImage): string {
  return `${width}×${height} ${channels < 3 ? 'grey' : 'in colour'}`;
}
