// From an image to the bytes of a .ncr file: of one quality, or of the quality that meets a target. Image
// files are read by the packages for Node and the web.
import { decode } from './decode.js';
import {
  checkImageOfAnyDepth,
  MAX_SIDE,
  type RawImage,
  type RawImage16,
  reduceTo8Bits,
} from './image.js';
import { LevelEncoder, type PreparedImage, prepareImage } from './level-encoder.js';
import { Model } from './model.js';
import { checkProgressOptions, type ProgressOptions, reportProgress } from './progress.js';
import { DEFAULT_QUALITY } from './quality.js';
import { NEAREST } from './quantize.js';
import { searchScore, searchSize } from './target-search.js';
import {
  checkTargetFits,
  checkTargetOptions,
  findScoreTarget,
  type TargetOptions,
} from './targets.js';
import { checkFunction, checkInteger, expectedButReceived } from './validate.js';
import { MAX_WINDOW_PIXELS } from './windows.js';

/** Options of {@link encode}. */
export interface EncodeOptions extends ProgressOptions, TargetOptions {
  /** Called, with one sentence, if the file is more than 2 % smaller than `targetSize`. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Most pixels computed at once, 70 bytes of memory each; 2^23 by default. */
  readonly windowPixels?: number | undefined;
}

/**
 * Encodes an image. Alpha of 8 bits is kept exactly, and costs nothing if all of it is opaque; colours are not
 * kept where alpha is 0. Metadata is kept as it is.
 *
 * @param model - encodes the image, and is needed to decode it.
 * @param image - samples of 8 or 16 bits, 1..4 channels, at most 65535×65535 pixels.
 * @returns the bytes of a `.ncr` file.
 * @throws TypeError or RangeError for a bad argument.
 * @throws {@link TargetError} if no quality meets the target.
 * @throws {@link TooLargeError} if a part of the file would be too large for the format.
 * @throws {@link ModelError} if the model's networks do not fit its description.
 * @throws the signal's reason once it is aborted.
 * @example
 * ```ts
 * const image = { width, height, channels: 3, data };
 * const bytes = await encode(model, image, { quality: 30 });
 * const small = await encode(model, image, { targetSize: 120_000 });
 * ```
 */
export async function encode(
  model: Model,
  image: RawImage | RawImage16,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  checkImageOfAnyDepth(image, 'image');
  checkEncodeOptions(options);
  const { quality = DEFAULT_QUALITY, targetSize, windowPixels = MAX_WINDOW_PIXELS } = options;
  checkTargetFits(options, image);
  const scoreTarget = findScoreTarget(options);
  const prepared = prepareImage(image);
  if (targetSize === undefined && scoreTarget === undefined) {
    const level = model.toLevel(quality);
    const encoder = new LevelEncoder(model, prepared, level, windowPixels, false);
    return await encoder.encode(NEAREST, options);
  }
  return await encodeToTarget(model, prepared, windowPixels, options);
}

/**
 * Asserts that options are valid for {@link encode}.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function checkEncodeOptions(options: EncodeOptions): void {
  checkProgressOptions(options);
  checkTargetOptions(options);
  const { onNotice, windowPixels = MAX_WINDOW_PIXELS } = options;
  if (onNotice !== undefined) checkFunction(onNotice, 'onNotice');
  checkInteger(windowPixels, 1, Number.MAX_SAFE_INTEGER, 'windowPixels');
}

/** Searches the level, and for a size also the rounding, that meet a target. */
async function encodeToTarget(
  model: Model,
  prepared: PreparedImage,
  windowPixels: number,
  options: EncodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { levels } = model.description.bitstream;
  const { signal, targetSize, onNotice } = options;
  const shareProgress = createEndlessProgress(options);
  const openLevel = (level: number, keepLatents: boolean) => {
    const encoder = new LevelEncoder(model, prepared, level, windowPixels, keepLatents);
    return { encode: (rounding = NEAREST) => encoder.encode(rounding, shareProgress()) };
  };
  const scoreTarget = findScoreTarget(options);
  if (scoreTarget === undefined) {
    const open = (level: number) => openLevel(level, true);
    const file = await searchSize(targetSize!, levels, open, onNotice);
    reportProgress(options, 1);
    return file;
  }
  const { metric, target } = scoreTarget;
  const original = reduceTo8Bits(prepared.image);
  const attempt = async (level: number) => {
    const file = await openLevel(level, false).encode();
    const decoded = await decode(model, file, { maxPixels: MAX_SIDE ** 2, windowPixels, signal });
    return { file, score: await metric.measure(original, decoded) };
  };
  const file = await searchScore(metric, target, levels, attempt);
  reportProgress(options, 1);
  return file;
}

/** Shares out progress among an unknown number of attempts: each takes a quarter of what is left. */
function createEndlessProgress({ signal, onProgress }: ProgressOptions): () => ProgressOptions {
  let done = 0;
  return () => {
    const before = done;
    const share = (1 - done) / 4;
    done += share;
    return { signal, onProgress: (fraction) => onProgress?.(before + fraction * share) };
  };
}
