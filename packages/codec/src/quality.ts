// Converts between the quality that people choose, 1..100, and the rate level that a model and a file have.
import { checkInteger } from './validate.js';

/** The range of qualities, from the smallest file to the best image. */
export const MIN_QUALITY = 1;
export const MAX_QUALITY = 100;

/** The quality that {@link encode} uses unless you choose one. */
export const DEFAULT_QUALITY = 50;

const STEPS = MAX_QUALITY - MIN_QUALITY;

/**
 * The rate level of a quality. A model with 100 levels has one for each quality. Any other number of levels
 * is spread evenly over the qualities: with fewer, neighbouring qualities may share a level and give the same
 * file; with more, some levels belong to no quality.
 *
 * @param quality - integer in 1..100.
 * @param levels - how many levels the model has.
 * @returns integer in 0..levels − 1.
 * @throws TypeError or RangeError for any other quality.
 * @example
 * ```ts
 * qualityToLevel(50, 100); // 49
 * ```
 */
export function qualityToLevel(quality: number, levels: number): number {
  checkInteger(quality, MIN_QUALITY, MAX_QUALITY, 'quality');
  return Math.round(((quality - MIN_QUALITY) * (levels - 1)) / STEPS);
}

/**
 * The quality that a rate level belongs to, or the nearest one.
 *
 * @param level - integer in 0..levels − 1.
 * @param levels - how many levels the model has.
 * @returns integer in 1..100.
 * @throws TypeError or RangeError for any other level.
 * @example
 * ```ts
 * levelToQuality(49, 100); // 50
 * ```
 */
export function levelToQuality(level: number, levels: number): number {
  checkInteger(level, 0, levels - 1, 'level');
  return MIN_QUALITY + Math.round((level * STEPS) / Math.max(1, levels - 1));
}
