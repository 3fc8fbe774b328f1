// How large a picture may be on this machine: a memory estimate, no allocation and no file format.

import { freemem } from 'node:os';
import { checkInteger, MAX_SIDE, TooLargeError } from '@nacre/codec';

/**
 * Memory that encoding or decoding takes at its peak, in bytes per pixel. Networks run over the whole
 * picture, so it grows in step with it. Measured with 128 channels at 1/8 resolution: 60 to 80; the
 * rest is for wider models and for the buffers of picture files.
 */
export const BYTES_PER_PIXEL = 120;

/**
 * However much memory there is: a 134-megapixel picture has fewer than 2^31 numbers in every feature
 * map, beyond which the kernels of some execution providers count wrong.
 */
const HARD_LIMIT = 2 ** 27;

/**
 * The pixels that fit now into four fifths of the memory still available to this process, and at
 * most 2^27. The default of every `maxPixels` in this package; a server that takes files from
 * strangers passes its own, smaller one.
 *
 * @example
 * console.log(`${(defaultMaxPixels() / 1e6).toFixed(0)} megapixels`);
 */
export function defaultMaxPixels(): number {
  // availableMemory() knows about control groups and reclaimable cache; Node 20.13 and later.
  const available = process.availableMemory?.() ?? freemem();
  return Math.min(HARD_LIMIT, Math.floor((0.8 * available) / BYTES_PER_PIXEL));
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
      `The picture is ${width}×${height}, a side of a .ncr file at most ${MAX_SIDE}: scale it down or cut it up.`,
    );
  }
  if (width * height > maxPixels) {
    const memory = ((width * height * BYTES_PER_PIXEL) / 2 ** 30).toFixed(1);
    throw new TooLargeError(
      `The picture is ${width}×${height} (${width * height} pixels, about ${memory} GiB of memory) ` +
        `and the limit ${maxPixels} pixels (maxPixels): free memory, or scale it down.`,
    );
  }
}
