// Cuts the same window out of several versions of an image.
import type { RawImage } from '@nacre/codec';
import { checkInteger, expectedButReceived, MAX_SIDE } from '@nacre/codec/internal';
import { checkRgb } from './rgb.js';

/** Pixels between two crops, white. */
const GAP = 4;

/**
 * The middle square of an image.
 *
 * @param image - the image
 * @param side - of the square in pixels, at most; a smaller image gives a smaller square
 * @example
 * ```ts
 * const crop = middleSquare(photo, 256);
 * ```
 */
export function middleSquare(image: RawImage, side: number): RawImage {
  checkRgb(image, 'image');
  const square = Math.min(side, image.width, image.height);
  const left = (image.width - square) >> 1;
  const top = (image.height - square) >> 1;
  const data = new Uint8Array(3 * square * square);
  for (let row = 0; row < square; row++) {
    const from = 3 * ((top + row) * image.width + left);
    data.set(image.data.subarray(from, from + 3 * square), 3 * row * square);
  }
  return { width: square, height: square, channels: 3, data };
}

/**
 * The middle squares of several versions of one image, side by side from left to right.
 *
 * @param images - versions of one image, all of the same size, at least one
 * @param side - of the square in pixels, at most; a smaller image gives a smaller square
 * @returns an image of side × (n·side + (n − 1)·4) pixels
 * @throws RangeError if the sizes differ, or if an image has other channels than red, green and blue; TypeError for
 *   anything but images
 * @example
 * ```ts
 * await writeImage('beside.png', cropsBeside([image, jpeg.image, decoded], 320));
 * ```
 */
export function cropsBeside(images: readonly RawImage[], side: number): RawImage {
  if (!Array.isArray(images)) throw new TypeError(expectedButReceived('array', 'images', images));
  checkInteger(side, 1, MAX_SIDE, 'side');
  const [first] = images as readonly RawImage[];
  if (!first || images.some((one) => one.width !== first.width || one.height !== first.height)) {
    throw new RangeError('Expected versions of one image for images but their sizes differ');
  }
  const crops = images.map((image) => middleSquare(image, side));
  const square = crops[0]!.width;
  const width = images.length * (square + GAP) - GAP;
  const data = new Uint8Array(3 * width * square).fill(255);
  for (const [i, crop] of crops.entries()) {
    for (let row = 0; row < square; row++) {
      const line = crop.data.subarray(3 * row * square, 3 * (row + 1) * square);
      data.set(line, 3 * (row * width + i * (square + GAP)));
    }
  }
  return { width, height: square, channels: 3, data };
}
