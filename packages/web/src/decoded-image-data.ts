// What a page gets of a decoded picture: pixels as canvases have them, and what could not be decoded.

import type { DecodedImage } from '@nacre/codec';
import { toImageData } from './picture.js';
import { toSrgb } from './to-srgb.js';

/** A decoded picture in sRGB, ready for a canvas, with what `@nacre/node`'s `decode` tells of damage. */
export interface DecodedImageData extends ImageData, Pick<DecodedImage, 'damaged' | 'missing'> {}

/**
 * Converts what the codec gives.
 *
 * @param onNotice told if colours could not be converted.
 * @throws {TooLargeError} if the browser has no memory for the conversion.
 */
export async function toDecodedImageData(
  decoded: DecodedImage,
  onNotice?: (notice: string) => void,
): Promise<DecodedImageData> {
  const image = toImageData(decoded);
  const { icc, channels } = decoded;
  const reason = icc && (await toSrgb(image, channels, icc));
  if (reason) onNotice?.(`Took the colours for sRGB: the ICC profile cannot be used (${reason}).`);
  return withDamage(image, decoded);
}

/** Puts what is wrong with a picture beside its pixels. */
export function withDamage(
  image: ImageData,
  { damaged, missing }: Pick<DecodedImage, 'damaged' | 'missing'>,
): DecodedImageData {
  return Object.assign(image, damaged && { damaged }, missing && { missing });
}
