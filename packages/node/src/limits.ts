// How large an image may be on this machine.

import { freemem } from 'node:os';
import {
  checkSize as checkSizeWithin,
  countPixelsIn,
  expectedButReceived,
} from '@nacre/codec/internal';

/** However much memory there is: the bytes of 537 megapixels can still be counted in 32 bits. */
const HARD_LIMIT = 2 ** 29;

/**
 * The pixels that fit now into four fifths of the memory that is still available to this process, at most
 * 2^29. The default of every `maxPixels` in this package. A server that accepts files from strangers should
 * pass a smaller limit.
 *
 * @param windowPixels - most pixels computed at once, as in `encode` and `decode`.
 * @param share - of that memory, in 0..1: 1/4 for one of four images at once. The default is 1.
 * @example
 * ```ts
 * console.log(`${(defaultMaxPixels() / 1e6).toFixed(0)} megapixels`);
 * ```
 */
export function defaultMaxPixels(windowPixels?: number, share: number = 1): number {
  // availableMemory() knows about control groups and reclaimable cache; Node 20.13 and later.
  const available = process.availableMemory?.() ?? freemem();
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(expectedButReceived('number in 0..1', 'share', share));
  }
  return Math.max(1, Math.min(HARD_LIMIT, countPixelsIn(0.8 * share * available, windowPixels)));
}

/**
 * Refuses a size that does not fit the format or the memory, before anything is allocated.
 *
 * @param maxPixels - most pixels allowed.
 * @param windowPixels - most pixels computed at once, as in `encode` and `decode`.
 * @throws {@link TooLargeError} with what to do instead.
 * @throws TypeError or RangeError for anything but positive integers.
 * @example
 * ```ts
 * checkSize(11_600, 8640); // does nothing, or throws
 * ```
 */
export function checkSize(
  width: number,
  height: number,
  maxPixels: number = defaultMaxPixels(),
  windowPixels?: number,
): void {
  checkSizeWithin(width, height, maxPixels, windowPixels);
}
