// How large an image may be on this machine: a memory estimate, no allocation and no file format.

import { freemem } from 'node:os';
import { TooLargeError } from '@nacre/codec';
import { checkInteger, MAX_SIDE } from '@nacre/codec/internal';

/**
 * Memory of the networks, in bytes per pixel of a window, which has at most 2^23 of them. Measured with
 * 128 channels at 1/8 resolution: 45 to 55; the rest is for wider models.
 */
const BYTES_PER_WINDOW_PIXEL = 70;

/** Pixels of a window, from the codec: what is more is computed in turn. */
const WINDOW_PIXELS = 2 ** 23;

/**
 * Memory of all else, in bytes per pixel of the image: 3 for its pixels, or 4 with transparency, and
 * the image files read and written. Measured from 8 to 100 megapixels: 5 to 8.
 */
const BYTES_PER_PIXEL = 12;

/** However much memory there is: the bytes of 537 megapixels can still be counted in 32 bits. */
const HARD_LIMIT = 2 ** 29;

/**
 * Bytes of memory that encoding or decoding takes at its peak, with the CPU.
 *
 * @param pixels of the image, or of the region that is decoded.
 */
function memoryFor(pixels: number): number {
  return BYTES_PER_PIXEL * pixels + BYTES_PER_WINDOW_PIXEL * Math.min(pixels, WINDOW_PIXELS);
}

/**
 * The pixels that fit now into four fifths of the memory still available to this process, and at
 * most 2^29. The default of every `maxPixels` in this package; a server that takes files from
 * strangers passes its own, smaller one.
 *
 * @example
 * console.log(`${(defaultMaxPixels() / 1e6).toFixed(0)} megapixels`);
 */
export function defaultMaxPixels(): number {
  // availableMemory() knows about control groups and reclaimable cache; Node 20.13 and later.
  const available = process.availableMemory?.() ?? freemem();
  const usable = 0.8 * available;
  const pixels =
    usable > memoryFor(WINDOW_PIXELS)
      ? (usable - BYTES_PER_WINDOW_PIXEL * WINDOW_PIXELS) / BYTES_PER_PIXEL
      : usable / (BYTES_PER_PIXEL + BYTES_PER_WINDOW_PIXEL);
  return Math.min(HARD_LIMIT, Math.floor(pixels));
}

/**
 * Refuses a size that does not fit the format or the memory, before anything is allocated.
 *
 * @throws {TooLargeError} saying what to do instead.
 * @throws {TypeError | RangeError} for anything but positive integers.
 */
export function checkSize(
  width: number,
  height: number,
  maxPixels: number = defaultMaxPixels(),
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
        `and the limit ${maxPixels} pixels (maxPixels): free memory, take a region, or scale it down.`,
    );
  }
}
