// What measurements amount to: mean curves, Bjøntegaard differences, means at equal bytes, and which image does
// best and worst.
import type { Curve } from './anchor.js';
import { type BdRate, type BdScore, bdRate, bdScore, type RatePoint } from './bd-rate.js';
import type { Measurement } from './measure.js';
import { METRICS, type Metric, metricRow } from './metrics.js';
import { interpolate, pchip } from './pchip.js';
import {
  averageOverImages,
  firstStepNotUp,
  type MeanPoint,
  ratePoints,
} from './rate-distortion.js';

/** The mean over images at each quality, for each metric. */
export type MeanCurves = Readonly<Partial<Record<Metric, readonly MeanPoint[]>>>;

/** A mean of BD-rates. */
export interface MeanOfRates {
  /** In per cent. */
  readonly percent: number;
  /** How many images have a BD-rate. */
  readonly images: number;
}

/** A BD-rate on one image. */
export interface ImageRate {
  /** The name of the image. */
  readonly image: string;
  /** In per cent. */
  readonly percent: number;
}

/** How one codec does against another, or why that cannot be said. */
export interface Difference {
  /** The metric that decides what equal quality is. */
  readonly metric: Metric;
  /** The tested codec. */
  readonly test: string;
  /** The codec or curve compared against. */
  readonly anchor: string;
  /** BD-rate of the mean curves; missing if `reason` is given. */
  readonly rate?: BdRate;
  /** The mean of the BD-rates of single images; missing for anchors. */
  readonly rateByImage?: MeanOfRates;
  /** BD-PSNR, or the same of another score. */
  readonly score?: BdScore;
  /** Why there is no BD-rate. */
  readonly reason?: string;
}

/** Images that a metric could not be measured on with some codec, and why. */
export function withoutMetric(
  measurements: readonly Measurement[],
  metric: Metric,
): Map<string, string> {
  const images = new Map<string, string>();
  for (const { image, failures } of measurements) {
    const why = failures[metric];
    if (why !== undefined && !images.has(image)) images.set(image, why);
  }
  return images;
}

/** A codec's means of each metric, over the images that it could be measured on for every codec. */
export function meanCurves(
  codec: string,
  measurements: readonly Measurement[],
  metrics: readonly Metric[],
): MeanCurves {
  const mine = measurements.filter((one) => one.codec === codec);
  const curves: Partial<Record<Metric, MeanPoint[]>> = {};
  for (const metric of metrics) {
    const without = withoutMetric(measurements, metric);
    curves[metric] = averageOverImages(
      mine.filter(({ image }) => !without.has(image)),
      metric,
    );
  }
  return curves;
}

/** Means as a curve to draw and to compare. */
export function curveOf(name: string, means: MeanCurves): Curve {
  const points: Partial<Record<Metric, RatePoint[]>> = {};
  for (const metric of METRICS) {
    if (means[metric]) points[metric] = ratePoints(means[metric], metric);
  }
  return { name, points };
}

/** Rates, in bits per pixel, at which means are reported. */
const RATES = [0.25, 0.6];

/** The mean of a metric over images at a rate. */
export interface MeansAtRate {
  /** The metric. */
  readonly metric: Metric;
  /** Bits per pixel. */
  readonly bpp: number;
  /** By codec; without codecs whose files are all larger or all smaller. */
  readonly values: Readonly<Record<string, number>>;
}

/** Interpolates mean curves at fixed rates: what codecs reach with equal bytes. */
export function meansAtRates(
  metrics: readonly Metric[],
  codecs: readonly { readonly name: string; readonly curves: MeanCurves }[],
): MeansAtRate[] {
  return metrics.flatMap((metric) =>
    RATES.map((bpp) => {
      const values = codecs.flatMap(({ name, curves }) => {
        const score = scoreAt(ratePoints(curves[metric] ?? [], metric), bpp);
        return score === undefined ? [] : [[name, metricRow(metric).value(score)] as const];
      });
      return { metric, bpp, values: Object.fromEntries(values) };
    }),
  );
}

/** The score at a rate, by PCHIP over log rate; undefined if the curve does not reach it. */
function scoreAt(points: readonly RatePoint[], bpp: number): number | undefined {
  const sorted = points.toSorted((a, b) => a.bpp - b.bpp);
  try {
    const curve = pchip(
      sorted.map((point) => Math.log(point.bpp)),
      sorted.map(({ score }) => score),
    );
    return interpolate(curve, Math.log(bpp));
  } catch {
    return undefined; // too few points, or another range of rates
  }
}

/** What a codec's quality should do and does not. */
export function stepsNotUp(name: string, curves: MeanCurves): string[] {
  const [points] = Object.values(curves);
  const step = firstStepNotUp(points ?? [], ({ bytes }) => bytes);
  return step
    ? [
        `${name}: the mean size does not rise from quality ${step[0].quality} to ${step[1].quality}.`,
      ]
    : [];
}

/** The figures of a pair, or why there are none. */
function differenceOf(metric: Metric, test: Curve, anchor: Curve): Difference {
  const pair = { metric, test: test.name, anchor: anchor.name };
  const [a, b] = [anchor.points[metric] ?? [], test.points[metric] ?? []];
  const attempt = <T>(compute: () => T): T | string => {
    try {
      return compute();
    } catch (error) {
      return (error as Error).message;
    }
  };
  const rate = attempt(() => bdRate(a, b, metricRow(metric).scores));
  const score = attempt(() => bdScore(a, b));
  return {
    ...pair,
    ...(typeof rate === 'string' ? { reason: rate } : { rate }),
    ...(typeof score === 'string' ? {} : { score }),
  };
}

/** Each measured curve against every other, and against the anchors that have the metric. */
export function differencesOf(
  metrics: readonly Metric[],
  measured: readonly Curve[],
  anchors: readonly Curve[],
  measurements: readonly Measurement[],
): Difference[] {
  return metrics.flatMap((metric) =>
    measured.flatMap((test) => [
      ...measured
        .filter((anchor) => anchor !== test)
        .map((anchor) => {
          const rates = imageByImage(measurements, metric, test.name, anchor.name);
          const percent = rates.reduce((sum, one) => sum + one.percent, 0) / rates.length;
          const rateByImage = { percent, images: rates.length };
          return {
            ...differenceOf(metric, test, anchor),
            ...(rates.length > 0 ? { rateByImage } : {}),
          };
        }),
      ...anchors
        .filter(({ points }) => points[metric])
        .map((anchor) => differenceOf(metric, test, anchor)),
    ]),
  );
}

/** The codec that the first one saves least against. */
export function rivalOf(
  differences: readonly Difference[],
  metric: Metric,
  [first, ...others]: readonly Curve[],
): string | undefined {
  return differences
    .filter((one) => one.metric === metric && one.test === first?.name && one.rate)
    .filter(({ anchor }) => others.some(({ name }) => name === anchor))
    .toSorted((a, b) => b.rate!.percent - a.rate!.percent)[0]?.anchor;
}

/** BD-rate of the first codec against the rival on each image, most saved first. */
export function imageByImage(
  measurements: readonly Measurement[],
  metric: Metric,
  first: string,
  rival: string,
): ImageRate[] {
  const images = [...new Set(measurements.map(({ image }) => image))];
  return images
    .flatMap((image) => {
      const [a, b] = [rival, first].map((codec) => {
        const mine = measurements.filter((one) => one.image === image && one.codec === codec);
        return ratePoints(averageOverImages(mine, metric), metric);
      });
      try {
        return [{ image, percent: bdRate(a!, b!, metricRow(metric).scores).percent }];
      } catch {
        return []; // too few points on this image, or none in common
      }
    })
    .toSorted((a, b) => a.percent - b.percent);
}
