// How large an image may be: an estimate of the memory it takes, and a check before anything is allocated.
import { TooLargeError } from './errors.js';
import { MAX_SIDE } from './image.js';
import { checkInteger } from './validate.js';
import { MAX_WINDOW_PIXELS } from './windows.js';

/**
 * Memory of the networks in bytes for each pixel of a window. Measured with 128 channels at 1/8 resolution:
 * 45 to 55; the rest is for wider models.
 */
const BYTES_PER_WINDOW_PIXEL = 70;

/**
 * Memory of everything else in bytes for each pixel of the image: 3 for its pixels, or 4 with transparency,
 * and the image files that are read and written. Measured from 8 to 100 megapixels: 5 to 8.
 */
const BYTES_PER_PIXEL = 12;

/**
 * Bytes of memory that encoding or decoding takes at its peak on the CPU.
 *
 * @param pixels - of the image, or of the region that is decoded.
 * @param windowPixels - most pixels computed at once.
 */
export function estimateMemory(pixels: number, windowPixels: number = MAX_WINDOW_PIXELS): number {
  return BYTES_PER_PIXEL * pixels + BYTES_PER_WINDOW_PIXEL * Math.min(pixels, windowPixels);
}

/** The inverse of {@link estimateMemory}: the most pixels that fit into some bytes of memory. */
export function countPixelsIn(memory: number, windowPixels: number = MAX_WINDOW_PIXELS): number {
  const isOneWindow = memory <= estimateMemory(windowPixels, windowPixels);
  return Math.floor(
    isOneWindow
      ? memory / (BYTES_PER_PIXEL + BYTES_PER_WINDOW_PIXEL)
      : (memory - BYTES_PER_WINDOW_PIXEL * windowPixels) / BYTES_PER_PIXEL,
  );
}

/**
 * Refuses a size that does not fit the format or the limit.
 *
 * @param maxPixels - most pixels allowed.
 * @throws {@link TooLargeError} with what to do instead.
 * @throws TypeError or RangeError for anything but positive integers.
 */
export function checkSize(
  width: number,
  height: number,
  maxPixels: number,
  windowPixels?: number,
): void {
  checkInteger(width, 1, Number.MAX_SAFE_INTEGER, 'width');
  checkInteger(height, 1, Number.MAX_SAFE_INTEGER, 'height');
  checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  if (width > MAX_SIDE || height > MAX_SIDE) {
    throw new TooLargeError(
      `The image is ${width}×${height}, but a side of a .ncr file is at most ${MAX_SIDE}: scale it down or ` +
        'cut it up.',
    );
  }
  const pixels = width * height;
  if (pixels <= maxPixels) return;
  const memory = (estimateMemory(pixels, windowPixels) / 2 ** 30).toFixed(1);
  throw new TooLargeError(
    `The image is ${width}×${height} (${pixels} pixels, about ${memory} GiB of memory), but the limit is ` +
      `${maxPixels} pixels (maxPixels): free memory and raise the limit, take a region, or scale it down.`,
  );
}
