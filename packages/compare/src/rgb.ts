// The kind of picture that is measured here: red, green and blue alone. Other kinds become such a one by
// `flatten` of @nacre/node.
import { checkImage, checkInteger, type RawImage } from '@nacre/codec';

/**
 * Asserts that an argument is a picture of three channels.
 *
 * @throws TypeError or RangeError if it is none
 */
export function checkRgb(value: unknown, name: string): asserts value is RawImage {
  checkImage(value, name);
  checkInteger(value.channels, 3, 3, `${name}.channels`);
}
