// How large a picture may be in a browser: WASM's address space, no allocation and no file format.

import { checkInteger, MAX_SIDE, TooLargeError } from '@nacre/codec';

/** Memory that encoding or decoding takes at its peak, in bytes per pixel; as in `@nacre/node`. */
export const BYTES_PER_PIXEL = 120;

/**
 * The default of every `maxPixels` in this package, 2^25 (33 megapixels): what fits into the 4 GiB
 * that WASM can address. A page cannot know how much memory there is; one that shows files from
 * strangers on phones passes less.
 */
export const DEFAULT_MAX_PIXELS: number = 2 ** 25;

/**
 * Refuses a size that does not fit the format or the limit, before anything is allocated.
 *
 * @throws {TooLargeError} saying what to do instead.
 * @throws {TypeError | RangeError} for anything but positive integers.
 * @example
 * checkSize(image.width, image.height);
 */
export function checkSize(
  width: number,
  height: number,
  maxPixels: number = DEFAULT_MAX_PIXELS,
): void {
  checkInteger(width, 1, Number.MAX_SAFE_INTEGER, 'width');
  checkInteger(height, 1, Number.MAX_SAFE_INTEGER, 'height');
  checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  if (width > MAX_SIDE || height > MAX_SIDE) {
    throw new TooLargeError(
      `The picture is ${width}×${height}, a side of a .ncr file at most ${MAX_SIDE}: scale it down or cut it up.`,
    );
  }
  if (width * height > maxPixels) {
    const memory = ((width * height * BYTES_PER_PIXEL) / 2 ** 30).toFixed(1);
    throw new TooLargeError(
      `The picture is ${width}×${height} (${width * height} pixels, about ${memory} GiB of memory) ` +
        `and the limit ${maxPixels} pixels (maxPixels): scale it down, or raise the limit.`,
    );
  }
}
