// The whole comparison: images, codecs and metrics in, every figure of the report out.
import { cpus } from 'node:os';
import { checkObject } from '@nacre/codec/internal';
import { type Curve, readAnchors } from './anchor.js';
import { DEFAULT_CODECS, findCodec } from './codecs.js';
import {
  curveOf,
  type Difference,
  differencesOf,
  type ImageRate,
  imageByImage,
  type MeanCurves,
  type MeansAtRate,
  meanCurves,
  meansAtRates,
  rivalOf,
  stepsNotUp,
  withoutMetric,
} from './evaluate.js';
import { type Example, showExamples } from './examples.js';
import { whyMissing } from './external-tool.js';
import { noticesOf, withoutFailures } from './failures.js';
import type { Measurement } from './measure.js';
import { checkMetric, METRICS, type Metric, metricRow } from './metrics.js';
import {
  checkNames,
  checkQualities,
  checkStrings,
  nothingLeft,
  type Prepared,
  prepare,
} from './prepare.js';
import type { LeftOut, Source } from './sources.js';
import { Sweep, type SweepProgress } from './sweep.js';

/** The side of the crops in the report, in pixels. */
const SHOWN_SIDE = 256;

/** What {@link compare} takes. */
export interface CompareOptions {
  /** Image files, and folders of them. */
  readonly images: readonly string[];
  /**
   * Names of codecs, such as `avif` or `nacre:photo-6`. The first one is compared with the others. By default
   * Nacre and the codecs that people use.
   */
  readonly codecs?: readonly string[] | undefined;
  /** In 1..100, for every codec; by default each codec's own. */
  readonly qualities?: readonly number[] | undefined;
  /** By default every metric that can be measured here. */
  readonly metrics?: readonly Metric[] | undefined;
  /** Curve files, and folders of them. */
  readonly anchors?: readonly string[] | undefined;
  /** Ends the run. Measurements are kept, and the next run continues from there. */
  readonly signal?: AbortSignal | undefined;
  /** Called before the first and after each measurement. */
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
}

/** A codec that was measured. */
export interface ComparedCodec {
  /** As it was given, such as `nacre:photo-6`. */
  readonly name: string;
  /** Version and settings in words. */
  readonly description: string;
  /** The means over images, by metric. */
  readonly curves: MeanCurves;
}

/** Everything that a comparison found, as JSON. */
export interface Comparison {
  /** The images that all figures are over. */
  readonly images: readonly Source[];
  /** In the order in which they were given. */
  readonly codecs: readonly ComparedCodec[];
  /** In the order in which they were given. */
  readonly metrics: readonly Metric[];
  /** Every codec at every quality on every image. */
  readonly measurements: readonly Measurement[];
  /** The published curves. */
  readonly anchors: readonly Curve[];
  /** Every codec against every other and against the anchors, by every metric. */
  readonly differences: readonly Difference[];
  /** The mean of each metric at fixed rates. */
  readonly atRates: readonly MeansAtRate[];
  /** The codec that the first one saves least against, by the first metric. */
  readonly rival?: string;
  /** BD-rate of the first codec against the rival on each image, most saved first. */
  readonly byImage: readonly ImageRate[];
  /** The best and the worst of these. */
  readonly examples: readonly Example[];
  /** Images, codecs, metrics and anchors that are missing, and why. */
  readonly leftOut: readonly LeftOut[];
  /** What was noticed about images and codecs. */
  readonly notices: readonly string[];
  /** Where and how it was measured. */
  readonly machine: string;
}

/**
 * Measures codecs on images, on all cores, and works out how they compare.
 *
 * @throws TypeError or RangeError for a bad argument; CodecError for a model that is missing or
 *   damaged; the system's error for a path that does not exist; InputError if no image can be measured; Error if
 *   the programs of all codecs or metrics are missing; the signal's reason if it was ended
 * @example
 * ```ts
 * const { differences } = await compare({ images: ['photos/'], codecs: ['nacre', 'avif'] });
 * ```
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  checkOptions(options);
  const { codecs: names = DEFAULT_CODECS } = options;
  const leftOut: LeftOut[] = [];
  const metrics = await measurable(options.metrics ?? METRICS, leftOut);
  const anchors = await readAnchors(options.anchors ?? [], names, leftOut);
  const prepared = await prepare(options.images, names, leftOut);
  const { cache, workers, keyOf } = prepared;
  const sweep = new Sweep(cache, workers, options.signal);
  try {
    const { measurements, images, kept } = await measureAll(
      sweep,
      prepared,
      { ...options, metrics },
      leftOut,
    );
    for (const metric of metrics) {
      for (const [image, why] of withoutMetric(measurements, metric)) {
        leftOut.push({ what: `${image} in ${metricRow(metric).label}`, why });
      }
    }
    const codecs = prepared.codecs
      .filter(({ name }) => kept.includes(name))
      .map(({ name, description }) => {
        return { name, description, curves: meanCurves(name, measurements, metrics) };
      });
    const curves = codecs.map(({ name, curves: means }) => curveOf(name, means));
    const differences = differencesOf(metrics, curves, anchors, measurements);
    const rival = rivalOf(differences, metrics[0]!, curves);
    const byImage = rival ? imageByImage(measurements, metrics[0]!, kept[0]!, rival) : [];
    const examples = await showExamples(byImage, measurements, kept, images, (wanted) =>
      sweep.run(
        'cropOne',
        wanted.map(({ source, codec, bytes }) => ({
          task: { file: source.file, codec, bytes, side: SHOWN_SIDE },
          key: keyOf(source, [codec], [bytes ?? 'original', SHOWN_SIDE]),
        })),
        () => true,
      ),
    );
    const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU';
    return {
      images,
      codecs,
      metrics,
      measurements,
      anchors,
      differences,
      atRates: meansAtRates(metrics, codecs),
      ...(rival ? { rival } : {}),
      byImage,
      examples,
      leftOut,
      notices: [
        ...noticesOf(images),
        ...codecs.flatMap(({ name, curves: means }) => stepsNotUp(name, means)),
      ],
      machine: `${cpu}, ${workers} images at a time, one thread each`,
    };
  } finally {
    await sweep.close();
  }
}

function checkOptions(options: CompareOptions): void {
  checkObject(options, 'options');
  checkStrings(options.images, 'options.images');
  const { anchors = [], codecs = DEFAULT_CODECS, metrics = METRICS, qualities = [] } = options;
  checkStrings(anchors, 'options.anchors');
  checkNames(codecs, 'options.codecs', (name) => findCodec(name as string, 'options.codecs'));
  checkNames(metrics, 'options.metrics', checkMetric);
  checkQualities(qualities, 'options.qualities');
}

/** Leaves out metrics whose programs are missing. */
async function measurable(asked: readonly Metric[], leftOut: LeftOut[]): Promise<Metric[]> {
  const metrics: Metric[] = [];
  for (const metric of asked) {
    const why = await whyMissing(metricRow(metric).requires);
    if (why === undefined) metrics.push(metric);
    else leftOut.push({ what: metric, why });
  }
  if (metrics.length === 0) throw nothingLeft(leftOut);
  return metrics;
}

/** Measures every image with every codec at every quality, and leaves out what failed. */
async function measureAll(
  sweep: Sweep,
  { codecs, sources, keyOf }: Prepared,
  { qualities, metrics, onProgress }: CompareOptions & { metrics: readonly Metric[] },
  leftOut: LeftOut[],
): Promise<{ measurements: Measurement[]; images: Source[]; kept: string[] }> {
  const jobs = sources.flatMap((source) =>
    codecs.flatMap((codec) =>
      (qualities ?? codec.qualities).map((quality) => ({
        name: source.name,
        task: { file: source.file, codec: codec.name, quality, metrics },
        key: keyOf(source, [codec.name], quality),
      })),
    ),
  );
  const hasMetrics = ({ values, failures }: Measurement): boolean =>
    metrics.every((metric) => metric in values || metric in failures);
  const results = await sweep.run('measureOne', jobs, hasMetrics, onProgress);
  const all: Measurement[] = [];
  const failed = new Map<string, Map<string, string>>();
  for (const [i, result] of results.entries()) {
    const { name, task } = jobs[i]!;
    if ('result' in result) {
      all.push({ ...result.result, image: name });
    } else {
      const images = failed.get(task.codec) ?? new Map<string, string>();
      failed.set(task.codec, images.set(name, result.error.message));
    }
  }
  const names = codecs.map(({ name }) => name);
  const left = withoutFailures(names, sources, failed, leftOut);
  const measurements = all.filter(
    ({ codec, image }) =>
      left.codecs.includes(codec) && left.images.some(({ name }) => name === image),
  );
  return { measurements, images: left.images, kept: left.codecs };
}
