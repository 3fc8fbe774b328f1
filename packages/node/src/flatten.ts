// Images without transparency and in colour, for formats and measurements that know no others.

import type { RawImage } from '@nacre/codec';
import { checkImage } from '@nacre/codec/internal';

/**
 * An image as red, green and blue alone: over white where it is transparent, rounded to the nearest.
 *
 * @returns `image` itself if it is that already.
 * @throws TypeError or RangeError for anything but an image.
 * @example
 * ```ts
 * const opaque = flatten(await readImage('logo.png'));
 * ```
 */
export function flatten(image: RawImage): RawImage {
  checkImage(image, 'image');
  const { width, height, channels, data: from } = image;
  if (channels === 3) return image;
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const data = new Uint8Array(3 * width * height);
  for (let i = 0, to = 0; i < from.length; i += channels, to += 3) {
    const alpha = channels === 1 ? 255 : from[i + channels - 1]!;
    const over = (sample: number): number =>
      Math.round((sample * alpha + 255 * (255 - alpha)) / 255);
    data[to] = over(from[i]!);
    data[to + 1] = over(from[i + green]!);
    data[to + 2] = over(from[i + blue]!);
  }
  return { ...image, channels: 3, data };
}

/**
 * Whether every pixel is opaque.
 *
 * @param channels - samples of a pixel.
 * @param alphaAt - which of them is alpha; by default the last.
 */
export function isOpaque(
  samples: Uint8Array | Uint8ClampedArray | Uint16Array,
  channels: number,
  alphaAt: number = channels - 1,
): boolean {
  const opaque = samples instanceof Uint16Array ? 65_535 : 255;
  for (let i = alphaAt; i < samples.length; i += channels) {
    if (samples[i] !== opaque) return false;
  }
  return true;
}
