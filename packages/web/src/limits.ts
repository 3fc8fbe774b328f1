// How large an image may be in a browser.

import { checkSize as checkSizeWithin } from '@nacre/codec/internal';

/**
 * The default of every `maxPixels` in this package, 2^27 (134 megapixels), for which 2 GiB are enough. A
 * page cannot know how much memory there is; one that shows files from strangers on phones should pass less.
 */
export const DEFAULT_MAX_PIXELS: number = 2 ** 27;

/**
 * Refuses a size that does not fit the format or the limit, before anything is allocated.
 *
 * @param maxPixels - most pixels allowed.
 * @param windowPixels - most pixels computed at once, as in `encode` and `decode`.
 * @throws {@link TooLargeError} with what to do instead.
 * @throws TypeError or RangeError for anything but positive integers.
 * @example
 * ```ts
 * checkSize(image.width, image.height); // does nothing, or throws
 * ```
 */
export function checkSize(
  width: number,
  height: number,
  maxPixels: number = DEFAULT_MAX_PIXELS,
  windowPixels?: number,
): void {
  checkSizeWithin(width, height, maxPixels, windowPixels);
}
