// Averages measurements over images into curves.
import { expectedButReceived } from '@nacre/codec/internal';
import type { RatePoint } from './bd-rate.js';
import type { Measurement } from './measure.js';
import { checkMetric, type Metric, metricRow } from './metrics.js';

/** The mean over images of one codec at one quality. */
export interface MeanPoint {
  /** In 1..100. */
  readonly quality: number;
  /** The size of whole files. */
  readonly bytes: number;
  /** Bits per pixel of whole files. */
  readonly bpp: number;
  /** The mean of the metric's values. */
  readonly value: number;
  /** In milliseconds, on one thread. */
  readonly encodeMs: number;
  /** In milliseconds, on one thread. */
  readonly decodeMs: number;
}

/**
 * A codec's rate-distortion curve: at each quality the means over images of bytes, bits per pixel, times and one
 * metric. PSNR is averaged in dB, as in the literature; averaging squared errors would change BD-rates by several
 * per cent.
 *
 * @param measurements - of one codec; those without the metric are ignored
 * @param metric - the metric
 * @returns one point for each quality, in rising order
 * @throws TypeError for a bad argument
 */
export function averageOverImages(
  measurements: readonly Measurement[],
  metric: Metric,
): MeanPoint[] {
  checkArray(measurements, 'measurements');
  checkMetric(metric);
  const measured = measurements.filter(({ values }) => values[metric] !== undefined);
  const qualities = [...new Set(measured.map(({ quality }) => quality))];
  const mean = (group: readonly Measurement[], of: (one: Measurement) => number): number =>
    group.reduce((sum, one) => sum + of(one), 0) / group.length;
  return qualities
    .toSorted((a, b) => a - b)
    .map((quality) => {
      const group = measured.filter((one) => one.quality === quality);
      return {
        quality,
        bytes: mean(group, ({ bytes }) => bytes),
        bpp: mean(group, ({ bpp }) => bpp),
        value: mean(group, ({ values }) => values[metric]!),
        encodeMs: mean(group, ({ encodeMs }) => encodeMs),
        decodeMs: mean(group, ({ decodeMs }) => decodeMs),
      };
    });
}

/**
 * Means as points for BD figures and plots. Points without a finite score, as of lossless files, are left out.
 *
 * @throws TypeError for a bad argument
 */
export function ratePoints(points: readonly MeanPoint[], metric: Metric): RatePoint[] {
  checkArray(points, 'points');
  checkMetric(metric);
  return points
    .map(({ bpp, value }) => ({ bpp, score: metricRow(metric).score(value) }))
    .filter(({ score }) => Number.isFinite(score));
}

/**
 * The first step from one quality to the next at which a mean does not rise, if there is one.
 *
 * @param points - by rising quality
 * @param of - what must rise
 * @returns the two points around the step, or undefined if the mean rises strictly throughout
 */
export function firstStepNotUp(
  points: readonly MeanPoint[],
  of: (point: MeanPoint) => number,
): readonly [MeanPoint, MeanPoint] | undefined {
  for (let i = 1; i < points.length; i++) {
    const [before, after] = [points[i - 1]!, points[i]!];
    if (!(of(after) > of(before))) return [before, after];
  }
  return undefined;
}

function checkArray(value: unknown, name: string): void {
  if (!Array.isArray(value)) throw new TypeError(expectedButReceived('array', name, value));
}
