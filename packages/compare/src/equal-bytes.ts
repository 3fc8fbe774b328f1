// Finds files of two codecs for one image that have about as many bytes.
import type { RawImage } from '@nacre/codec';
import type { ImageCodec } from './image-codec.js';
import { type Coded, code, codedOfBytes } from './quality-search.js';

/** How much larger one of the files may be than the other. */
export const TOLERANCE = 0.02;

/** How far the first codec's quality may move for the second to match it. */
const STEPS = [0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5];

/**
 * Codes an image with two codecs so that the sizes differ by 2 % at most.
 *
 * @param wanted - the quality of the first codec, or the bytes of both
 * @returns both files; undefined if no quality near the wanted one gives such a pair
 * @throws TypeError or RangeError for a bad argument
 * @example
 * ```ts
 * const pair = await pairOfEqualBytes(nacre, avif, photo, { bytes: 12_000 });
 * ```
 */
export async function pairOfEqualBytes(
  first: ImageCodec,
  second: ImageCodec,
  image: RawImage,
  wanted: { readonly quality: number } | { readonly bytes: number },
): Promise<[Coded, Coded] | undefined> {
  const start =
    'quality' in wanted ? wanted.quality : (await codedOfBytes(first, image, wanted.bytes)).quality;
  for (const step of STEPS) {
    const quality = start + step;
    if (quality < 1 || quality > 100) continue;
    const a = await code(first, image, quality);
    const b = await codedOfBytes(second, image, a.file.length);
    const [small, large] = [a.file.length, b.file.length].toSorted((x, y) => x - y);
    if (large! <= small! * (1 + TOLERANCE)) return [a, b];
  }
  return undefined;
}
