// What a page gets of a decoded image: pixels as canvases have them, and what could not be decoded.

import type { DecodedImage } from '@nacre/codec';
import { toImageData } from './image.js';
import { toSrgb } from './to-srgb.js';

/** With `partial`, what could not be decoded, as `@nacre/node`'s `decode` tells it. */
type Damage = Pick<DecodedImage, 'damaged' | 'missing'>;

/** A decoded image in sRGB, ready for a canvas. */
export interface DecodedImageData extends ImageData, Damage {}

/**
 * Converts what the codec gives.
 *
 * @param onNotice - told if colours could not be converted.
 * @throws TooLargeError if the browser has no memory for the conversion.
 */
export async function toDecodedImageData(
  decoded: DecodedImage,
  onNotice?: (notice: string) => void,
): Promise<DecodedImageData> {
  const image = toImageData(decoded);
  const { metadata, channels } = decoded;
  const { icc } = metadata;
  const reason = icc && (await toSrgb(image, channels, icc));
  if (reason) onNotice?.(`Took the colours for sRGB: the ICC profile cannot be used (${reason}).`);
  return withDamage(image, decoded);
}

/** Pixels that say what could not be decoded, if anything. */
export function withDamage<Pixels extends object>(
  pixels: Pixels,
  { damaged, missing }: Damage,
): Pixels & Damage {
  return Object.assign(pixels, damaged && { damaged }, missing && { missing });
}
