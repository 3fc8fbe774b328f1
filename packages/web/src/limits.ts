// How large an image may be in a browser: a memory estimate, no allocation and no file format.

import { TooLargeError } from '@nacre/codec';
import { checkInteger, MAX_SIDE } from '@nacre/codec/internal';

/** Memory of the networks for a window of at most 2^23 pixels, and of all else, as in `@nacre/node`. */
const BYTES_PER_WINDOW_PIXEL = 70;
const WINDOW_PIXELS = 2 ** 23;
const BYTES_PER_PIXEL = 12;

/**
 * The default of every `maxPixels` in this package, 2^27 (134 megapixels), for which 2 GiB are enough. A
 * page cannot know how much memory there is; one that shows files from strangers on phones passes less.
 */
export const DEFAULT_MAX_PIXELS: number = 2 ** 27;

/** Bytes of memory that encoding or decoding so many pixels takes at its peak. */
function memoryFor(pixels: number): number {
  return BYTES_PER_PIXEL * pixels + BYTES_PER_WINDOW_PIXEL * Math.min(pixels, WINDOW_PIXELS);
}

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
      `The image is ${width}×${height}, a side of a .ncr file at most ${MAX_SIDE}: scale it down or cut it up.`,
    );
  }
  if (width * height > maxPixels) {
    const memory = (memoryFor(width * height) / 2 ** 30).toFixed(1);
    throw new TooLargeError(
      `The image is ${width}×${height} (${width * height} pixels, about ${memory} GiB of memory) ` +
        `and the limit ${maxPixels} pixels (maxPixels): raise the limit, take a region, or scale it down.`,
    );
  }
}
