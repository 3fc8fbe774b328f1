// How near two pictures are. What that is wanted for is not known here.

/**
 * Peak signal-to-noise ratio over all samples, 10·log10(255² / MSE).
 *
 * @param a samples of 8 bits.
 * @param b as many.
 * @returns dB; Infinity if they are equal.
 */
export function psnr(a: Uint8Array | Uint8ClampedArray, b: Uint8Array | Uint8ClampedArray): number {
  // At most 65025 a sample, so a float64 holds the sum exactly for every size the format allows.
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10((255 ** 2 * a.length) / sum);
}
