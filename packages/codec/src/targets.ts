// What a file should be: of one quality, of at most one size, or at least as good as a score. The metrics that
// a score may be in are rows of one table.
import type { RawImage } from './image.js';
import { psnr } from './psnr.js';
import { MAX_QUALITY, MIN_QUALITY } from './quality.js';
import { MIN_SIDE, ssimulacra2 } from './ssimulacra2.js';
import { checkInteger, checkNumber, expectedButReceived } from './validate.js';

/** What the file should be; at most one of these. */
export interface TargetOptions {
  /** Integer in 1..100, from the smallest file to the best image; 50 by default. */
  readonly quality?: number | undefined;
  /**
   * Bytes, 1..2^32 − 1: the best image whose file is not larger. The file is at most 2 % smaller, or
   * `onNotice` says why. About six times as slow as a quality.
   */
  readonly targetSize?: number | undefined;
  /**
   * PSNR in dB, 1..100, of the red, green and blue values of the whole image: the smallest file whose image
   * reaches it. About four times as slow as encoding and decoding once.
   */
  readonly targetPsnr?: number | undefined;
  /**
   * SSIMULACRA 2 score, 1..100 (70 is high quality, 90 visually lossless), of an image of 8×8 pixels or more:
   * the smallest file whose image reaches it. About six times as slow as encoding and decoding once.
   */
  readonly targetSsimulacra2?: number | undefined;
}

/** A metric that a target can be in: the higher its score, the better the image. */
export interface ScoreMetric {
  /** Follows a score in messages. */
  readonly unit: string;
  /** The range of targets. */
  readonly min: number;
  readonly max: number;
  /** What one level of 100 adds to the score, as a first guess. */
  readonly levelStep: number;
  /** Pixels that each side of an image needs at least. */
  readonly minSide: number;
  readonly measure: (original: RawImage, decoded: RawImage) => number | Promise<number>;
}

/** The metrics by the option that targets them. */
const SCORE_METRICS: Readonly<
  Record<Exclude<keyof TargetOptions, 'quality' | 'targetSize'>, ScoreMetric>
> = {
  targetPsnr: { unit: ' dB', min: 1, max: 100, levelStep: 0.17, minSide: 1, measure: psnr },
  targetSsimulacra2: {
    unit: '',
    min: 1,
    max: 100,
    levelStep: 0.8,
    minSide: MIN_SIDE,
    measure: ssimulacra2,
  },
};

/** The names of all options that say what the file should be. */
export const TARGET_NAMES: readonly (keyof TargetOptions)[] = [
  'quality',
  'targetSize',
  ...(Object.keys(SCORE_METRICS) as (keyof typeof SCORE_METRICS)[]),
];

/**
 * Asserts that options say in at most one way what the file should be.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function checkTargetOptions(options: TargetOptions): void {
  const { quality, targetSize } = options;
  if (quality !== undefined) checkInteger(quality, MIN_QUALITY, MAX_QUALITY, 'quality');
  if (targetSize !== undefined) checkInteger(targetSize, 1, 2 ** 32 - 1, 'targetSize');
  const score = findScoreTarget(options);
  if (score) checkNumber(score.target, score.metric.min, score.metric.max, score.name);
  const given = TARGET_NAMES.filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    const expected = `one of ${TARGET_NAMES.slice(0, -1).join(', ')} and ${TARGET_NAMES.at(-1)}`;
    throw new TypeError(expectedButReceived(expected, 'options', given.join(' and ')));
  }
}

/**
 * Asserts that an image is large enough for the metric of a target.
 *
 * @throws RangeError if it is not.
 */
export function checkTargetFits(
  options: TargetOptions,
  { width, height }: Pick<RawImage, 'width' | 'height'>,
): void {
  const score = findScoreTarget(options);
  if (score === undefined || Math.min(width, height) >= score.metric.minSide) return;
  const { minSide } = score.metric;
  throw new RangeError(
    `Expected image of ${minSide}×${minSide} or more for ${score.name} but received ${width}×${height}`,
  );
}

/** The metric that options have a target in, and the target. */
export function findScoreTarget(
  options: TargetOptions,
): { name: string; metric: ScoreMetric; target: number } | undefined {
  for (const [name, metric] of Object.entries(SCORE_METRICS)) {
    const target = options[name as keyof typeof SCORE_METRICS];
    if (target !== undefined) return { name, metric, target };
  }
  return undefined;
}
