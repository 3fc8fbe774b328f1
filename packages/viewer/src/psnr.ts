// Peak signal-to-noise ratio of two pictures as canvases have them. Same definition as in
// @nacre/compare, which needs Node and is not for pages.

/**
 * 10·log10(255² / MSE) over red, green and blue together, as they are seen over white.
 *
 * @param a RGBA, 8 bits a sample.
 * @param b as many samples.
 * @returns decibels; Infinity for equal pictures.
 * @throws {RangeError} if the lengths differ.
 * @example
 * psnr(original.data, decoded.data); // 33.8
 */
export function psnr(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  if (a.length !== b.length) throw new RangeError('Expected two pictures of the same size');
  let sum = 0;
  for (let i = 0; i < a.length; i += 4) {
    const red = overWhite(a, i, 0) - overWhite(b, i, 0);
    const green = overWhite(a, i, 1) - overWhite(b, i, 1);
    const blue = overWhite(a, i, 2) - overWhite(b, i, 2);
    sum += red * red + green * green + blue * blue;
  }
  return 10 * Math.log10((255 ** 2 * 0.75 * a.length) / sum);
}

/**
 * A sample as it is seen on a white page: what is transparent has colours that nobody sees, and a codec may
 * change them.
 *
 * @param rgba the samples.
 * @param pixel where the pixel begins.
 * @param colour 0 red, 1 green, 2 blue.
 * @returns 0..255.
 */
export function overWhite(rgba: Uint8ClampedArray, pixel: number, colour: 0 | 1 | 2): number {
  return 255 + ((rgba[pixel + colour]! - 255) * rgba[pixel + 3]!) / 255;
}
