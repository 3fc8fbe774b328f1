// The distortion measures that a comparison can take, by the names they have on the command line: what
// each is called, and how its mean becomes a score that rises with quality. The maths is elsewhere.
import { psnr, type RawImage } from '@nacre/codec';
import { expectedButReceived } from '@nacre/codec/internal';
import { butteraugli } from './butteraugli.js';
import { msSsim } from './ms-ssim.js';

/** Every metric there is. */
export const METRICS = ['psnr', 'ms-ssim', 'butteraugli'] as const;

/** One of {@link METRICS}. */
export type Metric = (typeof METRICS)[number];

/** How a metric is measured, averaged and shown. */
export interface MetricFacts {
  readonly label: string;
  /** The unit of the score. */
  readonly unit: string;
  /** The name of its values in curve files, as CompressAI has them. */
  readonly key: string;
  /** The value of a decoded image against its original. */
  measure(original: RawImage, decoded: RawImage): number | Promise<number>;
  /** A mean of values over images as the score that BD figures and plots take. */
  score(mean: number): number;
  /** The inverse of {@link score}. */
  value(score: number): number;
}

/**
 * What is known of each metric. PSNR is averaged in decibels. MS-SSIM is averaged as it is and the
 * mean then taken to decibels, as CompressAI publishes it. Butteraugli is a distance, so that its
 * score is negative.
 */
export const METRIC_FACTS: Readonly<Record<Metric, MetricFacts>> = {
  psnr: {
    label: 'PSNR (RGB)',
    unit: 'dB',
    key: 'psnr-rgb',
    measure: psnr,
    score: (mean) => mean,
    value: (score) => score,
  },
  'ms-ssim': {
    label: 'MS-SSIM (RGB)',
    unit: 'dB',
    key: 'ms-ssim-rgb',
    measure: msSsim,
    score: (mean) => -10 * Math.log10(1 - mean),
    value: (score) => 1 - 10 ** (-score / 10),
  },
  butteraugli: {
    label: 'Butteraugli (3-norm)',
    unit: 'distance',
    key: 'butteraugli-3norm',
    measure: butteraugli,
    score: (mean) => -mean,
    value: (score) => -score,
  },
};

/**
 * Asserts that an argument is a metric's name.
 *
 * @throws TypeError if it is none
 */
export function checkMetric(value: unknown): asserts value is Metric {
  if (!(METRICS as readonly unknown[]).includes(value)) {
    throw new TypeError(expectedButReceived(METRICS.join(' | '), 'metric', value));
  }
}
