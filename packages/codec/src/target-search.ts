// Searches the level, and for a size the rounding, that meet a target with few encodings. What a level does
// to an image is left to the caller.
import { TargetError } from './errors.js';
import { MAX_QUALITY } from './quality.js';
import { NEAREST, type Rounding } from './quantize.js';
import type { ScoreMetric } from './targets.js';

type File = Uint8Array<ArrayBuffer>;

/** Encodes at one level; files are shorter, by and large, the wider the dead zone. */
export interface OpenLevel {
  encode(rounding: Rounding): Promise<File>;
}

/** Largest dead zone that is tried; it saves more than two levels do. */
const MAX_DEAD_ZONE = 0.2;

/** A file this close to the target size is good enough. */
const NEAR_ENOUGH = 0.98;

/** What a level adds to the logarithm of the size, as a first guess. */
const LEVEL_LOG_BYTES = 0.036;

/**
 * The largest file that is not larger than a target: that of the highest level that fits, or, if it is more
 * than 2 % smaller, of the level above with so many small latents set to 0 that it fits too.
 *
 * @param levels - number of levels.
 * @param openLevel - files are longer, by and large, the higher the level.
 * @throws {@link TargetError} if nothing is small enough.
 */
export async function searchSize(
  target: number,
  levels: number,
  openLevel: (level: number) => OpenLevel,
  onNotice?: (notice: string) => void,
): Promise<File> {
  let best: File | undefined;
  let above: { readonly level: OpenLevel; readonly byteLength: number } | undefined;
  await findFirstPast(levels, async (number) => {
    const level = openLevel(number);
    const file = await level.encode(NEAREST);
    if (file.length > target) above = { level, byteLength: file.length };
    else best = file;
    return Math.log(file.length / target) / LEVEL_LOG_BYTES;
  });
  if (above && !isNearEnough(best, target)) {
    const shortened = await searchDeadZone(target, above.level, above.byteLength);
    if (shortened && shortened.length > (best?.length ?? 0)) best = shortened;
  }
  if (best === undefined) {
    throw new TargetError(
      `The image takes ${above?.byteLength} bytes at the lowest quality and may take ${target}: ` +
        'allow more, scale it down, or leave its metadata out.',
    );
  }
  if (!isNearEnough(best, target)) {
    onNotice?.(
      above
        ? `No file between ${best.length} and ${target} bytes was found.`
        : `Quality ${MAX_QUALITY} takes no more than ${best.length} bytes.`,
    );
  }
  return best;
}

/**
 * The largest file of a level with a dead zone that is not larger than a target; undefined if there is none.
 *
 * @param byteLength - of the file without a dead zone, which is too large.
 */
async function searchDeadZone(
  target: number,
  level: OpenLevel,
  byteLength: number,
): Promise<File | undefined> {
  let best: File | undefined;
  // The logarithm of the size falls almost along a line.
  let [from, to] = [0, 0.1];
  let fromLog = Math.log(byteLength / target);
  for (let tries = 0; tries < 4 && !isNearEnough(best, target); tries++) {
    const deadZone = Math.min(to, MAX_DEAD_ZONE);
    const file = await level.encode({ deadZone });
    const log = Math.log(file.length / target);
    if (log <= 0 && file.length > (best?.length ?? 0)) best = file;
    const slope = (log - fromLog) / (deadZone - from);
    if (deadZone === from || !(slope < 0)) break;
    [from, fromLog] = [deadZone, log];
    to = Math.max(0, deadZone + (Math.log(NEAR_ENOUGH) / 2 - log) / slope);
  }
  return best;
}

function isNearEnough(file: File | undefined, target: number): boolean {
  return file !== undefined && file.length >= NEAR_ENOUGH * target;
}

/**
 * The file of the lowest level whose score reaches a target.
 *
 * @param levels - number of levels.
 * @param attempt - the file of a level, and its score, which rises with the level by and large.
 * @throws {@link TargetError} if no level reaches it.
 */
export async function searchScore(
  { unit, levelStep }: Pick<ScoreMetric, 'unit' | 'levelStep'>,
  target: number,
  levels: number,
  attempt: (level: number) => Promise<{ readonly file: File; readonly score: number }>,
): Promise<File> {
  let found: File | undefined;
  let best = Number.NEGATIVE_INFINITY;
  await findFirstPast(levels, async (level) => {
    const { file, score } = await attempt(level);
    best = Math.max(best, score);
    const distance = (score - target) / levelStep;
    if (score < target) return distance;
    found = file;
    return Math.max(distance, Number.MIN_VALUE);
  });
  if (found) return found;
  throw new TargetError(
    `Quality ${MAX_QUALITY} reaches no more than ${best.toFixed(2)}${unit} and ${target}${unit} are asked ` +
      'for: choose a lower target.',
  );
}

/**
 * The lowest level that is past a target, by the method of false position; `levels` if none is. It and the
 * level below have been measured, as far as they exist; of the levels past the target it was measured last.
 *
 * @param measure - how far past the target a level is, in levels; 0 or less if it is not.
 */
async function findFirstPast(
  levels: number,
  measure: (level: number) => Promise<number>,
): Promise<number> {
  let [below, past] = [-1, levels];
  let level = Math.floor(levels / 2);
  let last: { level: number; distance: number } | undefined;
  for (let tries = 0; past - below > 1; tries++) {
    const distance = await measure(level);
    if (distance > 0) past = level;
    else below = level;
    const slope = last ? (distance - last.distance) / (level - last.level) : 1;
    last = { level, distance };
    // A step of false position, but never to a level that has been measured. The middle if it takes long.
    const guess = tries < 8 ? Math.round(level - distance / slope) : (below + past) >> 1;
    level = Math.max(below + 1, Math.min(past - 1, Number.isFinite(guess) ? guess : 0));
  }
  return past;
}
