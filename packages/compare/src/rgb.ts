// The images that are measured have red, green and blue only. `flatten` of @nacre/node converts others.
import type { RawImage } from '@nacre/codec';
import { checkImage, checkInteger } from '@nacre/codec/internal';

/**
 * Asserts that an argument is an image of three channels.
 *
 * @throws TypeError or RangeError if it is not
 */
export function checkRgb(value: unknown, name: string): asserts value is RawImage {
  checkImage(value, name);
  checkInteger(value.channels, 3, 3, `${name}.channels`);
}

/**
 * Asserts that two images can be compared.
 *
 * @throws RangeError if their sizes differ
 */
export function checkSameSize(a: RawImage, b: RawImage): void {
  if (a.width === b.width && a.height === b.height) return;
  throw new RangeError(
    `Expected images of the same size but received ${a.width}×${a.height} and ${b.width}×${b.height}`,
  );
}
