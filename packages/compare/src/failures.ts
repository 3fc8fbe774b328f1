// What is left of a comparison when some measurements failed.
import { InputError } from '@nacre/codec/internal';
import type { LeftOut, Source } from './sources.js';

/** The error for a comparison without images. */
export function noImages([first, ...more]: readonly LeftOut[]): InputError {
  const others = more.length > 0 ? `; and ${more.length} more` : '';
  const why = first ? ` (${first.what}: ${first.why}${others})` : '';
  return new InputError(
    'NOT_AN_IMAGE',
    `There is no image that could be measured${why}: name an image, or a folder of images.`,
  );
}

/**
 * Drops codecs that failed on every image, and then images that a codec failed on, for all codecs: all means are
 * over the same images.
 *
 * @param failed - by codec, then by image: why it failed
 * @param leftOut - gets what is dropped
 * @throws InputError if nothing is left
 */
export function withoutFailures(
  names: readonly string[],
  sources: readonly Source[],
  failed: ReadonlyMap<string, ReadonlyMap<string, string>>,
  leftOut: LeftOut[],
): { codecs: string[]; images: Source[] } {
  const codecs = names.filter((name) => (failed.get(name)?.size ?? 0) < sources.length);
  for (const name of names) {
    const [why] = failed.get(name)?.values() ?? [];
    if (!codecs.includes(name)) {
      leftOut.push({ what: name, why: `it failed on every image: ${why}` });
    }
  }
  const images = sources.filter(({ name }) => {
    const codec = codecs.find((one) => failed.get(one)?.has(name));
    if (codec === undefined) return true;
    leftOut.push({ what: name, why: `${codec} failed on it: ${failed.get(codec)!.get(name)}` });
    return false;
  });
  if (codecs.length === 0 || images.length === 0) throw noImages(leftOut);
  return { codecs, images };
}

/** What was noticed about images: each sentence once, with the names of the images. */
export function noticesOf(images: readonly Source[]): string[] {
  const texts = new Set(images.flatMap(({ notices }) => notices));
  return [...texts].map((text) => {
    const [first, ...more] = images.filter(({ notices }) => notices.includes(text));
    return `${first!.name}${more.length > 0 ? ` and ${more.length} more` : ''}: ${text}`;
  });
}
