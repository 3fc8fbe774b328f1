// How large a file is to be, or how good: one quality, or a target for which a level is searched. What a
// level does to an image is not known here.
import { TooLargeError } from './errors.js';
import { checkInteger, checkNumber, expectedButReceived } from './validate.js';

/** How a caller says what a file is to be: in one way at most. */
export interface RateOptions {
  /** Integer in 1..100, from the smallest file to the best image; 50 if left out. */
  readonly quality?: number | undefined;
  /**
   * Bytes, 1..2^32 − 1: the best image whose file has no more. It is within 2 % of that, or `onNotice`
   * is told why not. It is encoded about six times.
   */
  readonly targetSize?: number | undefined;
  /**
   * dB, 1..100, of the red, green and blue values of the whole image: the smallest file at least as
   * good, or that of quality 100 where even that is not. It is encoded and decoded about four times.
   */
  readonly targetPsnr?: number | undefined;
}

/** What a target is searched over. */
export interface Setting {
  /** Level of the model, from 0. */
  readonly level: number;
  /** Below 0.5: how much farther than halfway a latent must be from 0 to be rounded away from it. */
  readonly deadZone: number;
}

/** Largest dead zone that is tried; it saves more than two levels do. */
const MAX_DEAD_ZONE = 0.2;

/** A file this near below the target will do. */
const NEAR_ENOUGH = 0.98;

/** What a level adds, as a first guess: to the logarithm of the bytes, and in dB. */
const LEVEL_LOG_BYTES = 0.036;
const LEVEL_DECIBELS = 0.17;

/**
 * Asserts that options say what a file is to be in no more than one way.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong.
 */
export function checkRateOptions(options: RateOptions): void {
  const { quality, targetSize, targetPsnr } = options;
  if (quality !== undefined) checkInteger(quality, 1, 100, 'quality');
  if (targetSize !== undefined) checkInteger(targetSize, 1, 2 ** 32 - 1, 'targetSize');
  if (targetPsnr !== undefined) checkNumber(targetPsnr, 1, 100, 'targetPsnr');
  const given = Object.entries({ quality, targetSize, targetPsnr }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length > 1) {
    const names = given.map(([name]) => name).join(' and ');
    throw new TypeError(
      expectedButReceived('one of quality, targetSize and targetPsnr', 'options', names),
    );
  }
}

/**
 * The largest file that is not larger than a target: that of the highest level that fits, or, where it is
 * not near enough, of the level above with so many small latents set to 0 that it fits too.
 *
 * @param levels number of levels.
 * @param encode the file of a setting: by and large the longer the higher the level, and the shorter the
 * wider the dead zone.
 * @throws {TooLargeError} if nothing is small enough.
 */
export async function searchSize(
  target: number,
  levels: number,
  encode: (setting: Setting) => Promise<Uint8Array<ArrayBuffer>>,
  onNotice?: (notice: string) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const files = new Map<number, Uint8Array<ArrayBuffer>>();
  const past = await firstPast(levels, async (level) => {
    const file = await encode({ level, deadZone: 0 });
    files.set(level, file);
    return Math.log(file.length / target) / LEVEL_LOG_BYTES;
  });
  let best = files.get(past - 1);
  const above = files.get(past);
  // The dead zone and the logarithm of the bytes, which falls almost along a line.
  let [from, to] = [0, 0.1];
  let fromLog = Math.log((above?.length ?? 0) / target);
  for (
    let tries = 0;
    tries < 4 && above && !(best && best.length >= NEAR_ENOUGH * target);
    tries++
  ) {
    const deadZone = Math.min(to, MAX_DEAD_ZONE);
    const file = await encode({ level: past, deadZone });
    const log = Math.log(file.length / target);
    if (log <= 0 && file.length > (best?.length ?? 0)) best = file;
    const slope = (log - fromLog) / (deadZone - from);
    if (deadZone === from || !(slope < 0)) break;
    [from, fromLog] = [deadZone, log];
    to = Math.max(0, deadZone + (Math.log(NEAR_ENOUGH) / 2 - log) / slope);
  }
  if (best && best.length < NEAR_ENOUGH * target) {
    onNotice?.(
      above
        ? `No file between ${best.length} and ${target} bytes was found.`
        : `Quality 100 takes no more than ${best.length} bytes.`,
    );
  }
  if (best) return best;
  throw new TooLargeError(
    `The image takes ${above?.length} bytes at the lowest quality and may take ${target}: ` +
      'allow more, scale it down, or leave its metadata out.',
  );
}

/**
 * The smallest file that is at least as good as a target, or that of the highest level.
 *
 * @param target dB.
 * @param levels number of levels.
 * @param encode the file of a setting, and its PSNR in dB, which by and large rises with the level.
 */
export async function searchPsnr(
  target: number,
  levels: number,
  encode: (setting: Setting) => Promise<{ file: Uint8Array<ArrayBuffer>; psnr: number }>,
  onNotice?: (notice: string) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const files = new Map<number, Uint8Array<ArrayBuffer>>();
  let best = 0;
  const past = await firstPast(levels, async (level) => {
    const { file, psnr } = await encode({ level, deadZone: 0 });
    files.set(level, file);
    best = Math.max(best, psnr);
    return (psnr - target) / LEVEL_DECIBELS;
  });
  const found = files.get(past);
  if (!found) onNotice?.(`Quality 100 reaches no more than ${best.toFixed(2)} dB.`);
  return found ?? files.get(levels - 1)!;
}

/**
 * The lowest level that is past a target, by the method of false position; `levels` if none is. It and the
 * level below have been measured, as far as there are such.
 *
 * @param measure how far past the target a level is, in levels; 0 or less if it is not.
 */
async function firstPast(
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
    // After a step of false position that lands on a measured level, its neighbour; should it not end,
    // the middle.
    const guess = tries < 8 ? Math.round(level - distance / slope) : (below + past) >> 1;
    level = Math.max(below + 1, Math.min(past - 1, Number.isFinite(guess) ? guess : 0));
  }
  return past;
}
