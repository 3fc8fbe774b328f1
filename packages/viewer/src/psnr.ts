// Peak signal-to-noise ratio of two pictures as canvases have them. Same definition as in
// @nacre/compare, which needs Node and is not for pages.

/**
 * 10·log10(255² / MSE) over red, green and blue together; alpha is left out.
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
  // At most 65025 a sample: a float64 holds the sum exactly.
  let sum = 0;
  for (let i = 0; i < a.length; i += 4) {
    const red = a[i]! - b[i]!;
    const green = a[i + 1]! - b[i + 1]!;
    const blue = a[i + 2]! - b[i + 2]!;
    sum += red * red + green * green + blue * blue;
  }
  return 10 * Math.log10((255 ** 2 * 0.75 * a.length) / sum);
}
