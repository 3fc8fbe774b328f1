// The metrics that can be compared: one row each. To add one, write its maths in a module and its row here.
import { psnr, type RawImage, ssimulacra2 } from '@nacre/codec';
import { expectedButReceived } from '@nacre/codec/internal';
import { BUTTERAUGLI, butteraugli } from './butteraugli.js';
import { colourError } from './colour-error.js';
import type { ExternalTool } from './external-tool.js';
import { msSsim } from './ms-ssim.js';

/** The names of all metrics, in the order in which they are reported. */
export const METRICS = ['ssimulacra2', 'butteraugli', 'psnr', 'ms-ssim', 'ciede2000'] as const;

/** One of {@link METRICS}. */
export type Metric = (typeof METRICS)[number];

/** A row of the table of metrics. */
export interface MetricRow {
  readonly label: string;
  /** What it measures and how its values are averaged, for the report. */
  readonly description: string;
  /** The name of its values in curve files, as CompressAI has them. */
  readonly key: string;
  /** Programs that it runs. */
  readonly requires?: ExternalTool;
  /** The value of a decoded image against its original. A RangeError says that it does not apply to the image. */
  measure(original: RawImage, decoded: RawImage): number | Promise<number>;
  /** A value as text. */
  format(value: number): string;
  readonly better: 'higher' | 'lower';
  /** The score that a mean of values over images amounts to. Scores rise with quality; BD figures take them. */
  score(mean: number): number;
  /** The inverse of `score`. */
  value(score: number): number;
  /** What the axis of a plot and differences of scores are in; empty if the score has no unit. */
  readonly unit: 'dB' | '';
  /** A score as text, without its unit. */
  formatScore(score: number): string;
  /** The name of a column for scores in tables, if scores tell more than values do. */
  readonly scoreColumn?: string;
  /** BD-rates are over these scores at most. */
  readonly scores?: readonly [low: number, high: number];
}

/** What is common to metrics whose values are scores already. */
const RISING = {
  better: 'higher',
  score: (mean: number) => mean,
  value: (score: number) => score,
} as const;

/** What is common to distances, where less is better. */
const FALLING = {
  better: 'lower',
  score: (mean: number) => -mean,
  value: (score: number) => -score,
} as const;

const ROWS: Readonly<Record<Metric, MetricRow>> = {
  ssimulacra2: {
    ...RISING,
    label: 'SSIMULACRA 2',
    description:
      'SSIMULACRA 2.1 follows human ratings: 30 is low, 50 medium, 70 high and 90 visually lossless. ' +
      'BD-rates are over scores from 30 to 88.',
    key: 'ssimulacra2',
    unit: '',
    measure: ssimulacra2,
    format: (value) => value.toFixed(2),
    formatScore: (score) => score.toFixed(1),
    scores: [30, 88],
  },
  butteraugli: {
    ...FALLING,
    label: 'Butteraugli (3-norm)',
    description:
      'Butteraugli is a perceptual distance; its 3-norm at 80 nits, by butteraugli_main.',
    key: 'butteraugli-3norm',
    unit: '',
    requires: BUTTERAUGLI,
    measure: butteraugli,
    format: (value) => value.toFixed(3),
    formatScore: (score) => (-score).toFixed(3),
  },
  psnr: {
    ...RISING,
    label: 'PSNR (RGB)',
    description: 'PSNR is over red, green and blue, 8 bits, and averaged over images in dB.',
    key: 'psnr-rgb',
    unit: 'dB',
    measure: psnr,
    format: (value) => value.toFixed(2),
    formatScore: (score) => score.toFixed(2),
  },
  'ms-ssim': {
    label: 'MS-SSIM (RGB)',
    description:
      'MS-SSIM is over red, green and blue, 8 bits. Its mean over images is converted to dB, ' +
      '−10·log₁₀(1 − x), as CompressAI publishes it.',
    key: 'ms-ssim-rgb',
    unit: 'dB',
    measure: msSsim,
    format: (value) => value.toFixed(4),
    better: 'higher',
    score: (mean) => -10 * Math.log10(1 - mean),
    value: (score) => 1 - 10 ** (-score / 10),
    formatScore: (score) => score.toFixed(2),
    scoreColumn: 'ms-ssim-db',
  },
  ciede2000: {
    ...FALLING,
    label: 'Colour error (CIEDE2000)',
    description: 'The colour error is CIEDE2000 between averages over 8×8 pixels in linear light.',
    key: 'ciede2000-8x8',
    unit: '',
    measure: colourError,
    format: (value) => value.toFixed(2),
    formatScore: (score) => (-score).toFixed(2),
  },
};

/**
 * The row of a metric.
 *
 * @throws TypeError if there is none of that name
 */
export function metricRow(name: Metric): MetricRow {
  checkMetric(name);
  return ROWS[name];
}

/**
 * Asserts that an argument is a metric's name.
 *
 * @throws TypeError if it is not
 */
export function checkMetric(value: unknown): asserts value is Metric {
  if (!(METRICS as readonly unknown[]).includes(value)) {
    throw new TypeError(expectedButReceived(METRICS.join(' | '), 'metric', value));
  }
}
