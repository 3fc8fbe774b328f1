// The whole comparison: images, codecs and metrics in, every figure of the report out. It decides what
// is left out and what is averaged; it writes nothing.
import { readdir, stat } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { basename, extname, join } from 'node:path';
import { checkInteger, checkObject, expectedButReceived, InputError } from '@nacre/codec/internal';
import { type Curve, readCurve } from './anchor.js';
import { hasButteraugli } from './butteraugli.js';
import { Cache } from './cache.js';
import { CODEC_NAMES, type CodecName, DEFAULT_QUALITIES } from './codecs.js';
import {
  curveOf,
  type Difference,
  differencesOf,
  imageByImage,
  type MeanCurves,
  meanCurves,
  rivalOf,
  stepsNotUp,
  withoutMetric,
} from './evaluate.js';
import { identify, measuringCode } from './identity.js';
import type { Measurement } from './measure.js';
import { METRIC_FACTS, METRICS, type Metric } from './metrics.js';
import { findSources, type LeftOut, type Source } from './sources.js';
import { type Result, Sweep, type SweepProgress } from './sweep.js';
import type { Crop } from './worker.js';

/** More threads than this and memory, about 150 MB a thread, would outgrow what they gain. */
const MAX_WORKERS = 8;

/** Where images are shown at equal bytes: low enough that codecs differ to the eye. */
const SHOWN_BPP = 0.25;
const SHOWN_SIDE = 256;

const DEFAULT_CODECS: readonly CodecName[] = ['nacre', 'jpeg', 'webp', 'avif'];

/** All that a result of a codec on an image depends on. */
type KeyOf = (source: Source, codec: CodecName, more: unknown) => unknown;

/** What {@link compare} takes. */
export interface CompareOptions {
  /** Image files, and folders of them. */
  readonly images: readonly string[];
  /** The first is the one that is looked at most closely; default nacre, jpeg, webp, avif. */
  readonly codecs?: readonly CodecName[] | undefined;
  /** In 1..100, for every codec; by default each codec's own. */
  readonly qualities?: readonly number[] | undefined;
  /** By default every metric that can be measured here. */
  readonly metrics?: readonly Metric[] | undefined;
  /** Curve files, and folders of them. */
  readonly anchors?: readonly string[] | undefined;
  /** The id or folder of a model; by default the shipped one. */
  readonly model?: string | undefined;
  /** Ends the run; what has been measured is kept, and the next run goes on from there. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
}

/** A codec that was measured. */
export interface ComparedCodec {
  readonly name: CodecName;
  /** Version and settings in words. */
  readonly description: string;
  readonly curves: MeanCurves;
}

/** An image to look at: the same window of all codecs' files of about equal size. */
export interface Example {
  readonly image: string;
  /** BD-rate of the first codec on this image alone, in per cent. */
  readonly percent: number;
  readonly versions: readonly (Crop & { readonly codec: string })[];
}

/** Everything that a comparison found; JSON can hold it. */
export interface Comparison {
  readonly images: readonly Source[];
  readonly codecs: readonly ComparedCodec[];
  readonly metrics: readonly Metric[];
  readonly measurements: readonly Measurement[];
  readonly anchors: readonly Curve[];
  readonly differences: readonly Difference[];
  /** The codec that the first one gains least against. */
  readonly rival?: string;
  /** BD-rate of the first codec against the rival on each image, most saved first. */
  readonly byImage: readonly { readonly image: string; readonly percent: number }[];
  /** The best and the worst of these, if there are crops. */
  readonly examples: readonly Example[];
  readonly leftOut: readonly LeftOut[];
  readonly notices: readonly string[];
  /** Where and how it was measured. */
  readonly machine: string;
}

/**
 * Measures codecs on images, on all cores, and works out how they compare.
 *
 * @throws TypeError or RangeError for a bad argument; CodecError for a model that is missing or damaged;
 *   the system's error for a path that is not there; InputError if no image can be measured; the
 *   signal's reason if it was ended
 * @example
 * const { differences } = await compare({ images: ['photos/'] });
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  checkOptions(options);
  const { codecs: names = DEFAULT_CODECS, model } = options;
  const leftOut: LeftOut[] = [];
  const metrics = await measurable(options.metrics ?? METRICS, leftOut);
  const anchors = await readAnchors(options.anchors ?? [], names, leftOut);
  const identities = await Promise.all(names.map((name) => identify(name, model)));
  const code = await measuringCode();
  const workers = Math.min(availableParallelism(), MAX_WORKERS);
  const cache = new Cache();
  const found = await findSources(options.images, cache, workers);
  leftOut.push(...found.leftOut);
  if (found.sources.length === 0) throw noImages(leftOut);
  const keyOf: KeyOf = (source, codec, more) => {
    const { identity } = identities.find(({ name }) => name === codec)!;
    return [code, source.sha256, codec, identity, more];
  };

  const sweep = new Sweep(cache, workers, options.signal);
  try {
    const { measurements, images, kept } = await measureAll(
      sweep,
      found.sources,
      { ...options, codecs: names, metrics },
      keyOf,
      leftOut,
    );
    for (const metric of metrics) {
      for (const [image, why] of withoutMetric(measurements, metric)) {
        leftOut.push({ what: `${image} in ${METRIC_FACTS[metric].label}`, why });
      }
    }
    const codecs = kept.map((name) => ({
      name,
      description: identities.find((one) => one.name === name)!.description,
      curves: meanCurves(name, measurements, metrics),
    }));
    const curves = codecs.map(({ name, curves: means }) => curveOf(name, means));
    const differences = differencesOf(metrics, curves, anchors);
    const rival = rivalOf(differences, metrics[0]!, curves);
    const byImage = rival ? imageByImage(measurements, metrics[0]!, kept[0]!, rival) : [];
    const examples = await showExamples(byImage, measurements, kept, images, (jobs) =>
      sweep.run(
        'cropOne',
        jobs.map(({ source, codec, bytes }) => ({
          task: { file: source.file, codec, model, bytes, side: SHOWN_SIDE },
          key: keyOf(source, codec, [bytes ?? 'original', SHOWN_SIDE]),
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
  const { anchors = [], codecs = CODEC_NAMES, metrics = METRICS, qualities = [] } = options;
  checkStrings(anchors, 'options.anchors');
  checkNames(codecs, CODEC_NAMES, 'options.codecs');
  checkNames(metrics, METRICS, 'options.metrics');
  if (!Array.isArray(qualities)) {
    throw new TypeError(expectedButReceived('array', 'options.qualities', qualities));
  }
  for (const quality of qualities) checkInteger(quality, 1, 100, 'options.qualities');
}

function checkStrings(value: unknown, name: string): void {
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) {
    throw new TypeError(expectedButReceived('array of paths', name, value));
  }
}

function checkNames(value: unknown, names: readonly string[], what: string): void {
  const unique = new Set(Array.isArray(value) ? value : []);
  if (!Array.isArray(value)) throw new TypeError(expectedButReceived('array', what, value));
  for (const one of value) {
    if (!names.includes(one)) {
      throw new TypeError(expectedButReceived(names.join(' | '), what, one));
    }
  }
  if (value.length === 0 || unique.size < value.length) {
    throw new RangeError(`Expected each name once, and at least one, for ${what}`);
  }
}

function noImages([first, ...more]: readonly LeftOut[]): InputError {
  const others = more.length > 0 ? `; and ${more.length} more` : '';
  const why = first ? ` (${first.what}: ${first.why}${others})` : '';
  return new InputError(
    'NOT_AN_IMAGE',
    `There is no image that could be measured${why}: name an image, or a folder of images.`,
  );
}

/** Leaves out Butteraugli where its tool is missing. */
async function measurable(asked: readonly Metric[], leftOut: LeftOut[]): Promise<Metric[]> {
  if (!asked.includes('butteraugli') || (await hasButteraugli())) return [...asked];
  leftOut.push({
    what: 'butteraugli',
    why: 'the tool butteraugli_main is not installed (Debian: apt-get install libjxl-devtools)',
  });
  const rest = asked.filter((metric) => metric !== 'butteraugli');
  if (rest.length === 0) {
    const message =
      'The tool butteraugli_main is not installed: install it, or name other metrics.';
    throw Object.assign(new Error(message), { code: 'FILE' });
  }
  return rest;
}

/** Curves of files and folders, by the names of the files, as those inside are not always unique. */
async function readAnchors(
  paths: readonly string[],
  taken: readonly string[],
  leftOut: LeftOut[],
): Promise<Curve[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) {
      files.push(path);
    } else {
      const entries = (await readdir(path)).filter((name) => name.endsWith('.json')).sort();
      files.push(...entries.map((name) => join(path, name)));
    }
  }
  const curves: Curve[] = [];
  for (const file of files) {
    try {
      const { points } = await readCurve(file);
      const name = basename(file, extname(file));
      const names = [...taken, ...curves.map((one) => one.name)];
      const free = [name, `${name} (published)`, file].find((one) => !names.includes(one));
      if (free === undefined) leftOut.push({ what: file, why: 'it is named twice' });
      else curves.push({ name: free, points });
    } catch (error) {
      leftOut.push({ what: file, why: (error as Error).message });
    }
  }
  return curves;
}

/** Measures every image with every codec at every quality, and leaves out what failed. */
async function measureAll(
  sweep: Sweep,
  sources: readonly Source[],
  options: CompareOptions & { codecs: readonly CodecName[]; metrics: readonly Metric[] },
  keyOf: KeyOf,
  leftOut: LeftOut[],
): Promise<{ measurements: Measurement[]; images: Source[]; kept: CodecName[] }> {
  const { codecs, qualities, metrics, model, onProgress } = options;
  const jobs = sources.flatMap((source) =>
    codecs.flatMap((codec) =>
      (qualities ?? DEFAULT_QUALITIES[codec]).map((quality) => ({
        name: source.name,
        task: { file: source.file, codec, model, quality, metrics },
        key: keyOf(source, codec, quality),
      })),
    ),
  );
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
  const left = withoutFailures(codecs, sources, failed, leftOut);
  const measurements = all.filter(
    ({ codec, image }) =>
      left.codecs.some((name) => name === codec) && left.images.some(({ name }) => name === image),
  );
  return { measurements, images: left.images, kept: left.codecs };
}

function hasMetrics(
  { values, failures }: Measurement,
  { metrics }: { readonly metrics: readonly Metric[] },
): boolean {
  return metrics.every((metric) => metric in values || metric in failures);
}

/**
 * What is left when failures are left out: a codec that failed on every image, and otherwise the
 * images that a codec failed on, from all codecs, so that all means are over the same images.
 */
function withoutFailures(
  names: readonly CodecName[],
  sources: readonly Source[],
  failed: ReadonlyMap<string, ReadonlyMap<string, string>>,
  leftOut: LeftOut[],
): { codecs: CodecName[]; images: Source[] } {
  const codecs = names.filter((name) => (failed.get(name)?.size ?? 0) < sources.length);
  for (const name of names) {
    const [why] = failed.get(name)?.values() ?? [];
    if (!codecs.includes(name))
      leftOut.push({ what: name, why: `it failed on every image: ${why}` });
  }
  const images = sources.filter(({ name }) => {
    const codec = codecs.find((one) => failed.get(one)?.has(name));
    if (codec === undefined) return true;
    leftOut.push({ what: name, why: `${codec} failed on it: ${failed.get(codec)!.get(name)}` });
    return false;
  });
  if (codecs.length === 0 || images.length === 0) throw noImages(leftOut);
  return { codecs, images };
}

/** What was noticed of images, each sentence once. */
function noticesOf(images: readonly Source[]): string[] {
  const texts = new Set(images.flatMap(({ notices }) => notices));
  return [...texts].map((text) => {
    const [first, ...more] = images.filter(({ notices }) => notices.includes(text));
    return `${first!.name}${more.length > 0 ? ` and ${more.length} more` : ''}: ${text}`;
  });
}

/** A crop that is wanted: of the original if bytes is undefined. */
interface WantedCrop {
  readonly source: Source;
  readonly codec: CodecName;
  readonly bytes: number | undefined;
}

/** The best and the worst image, each as all codecs have it at the bytes of the first one. */
async function showExamples(
  byImage: readonly { readonly image: string; readonly percent: number }[],
  measurements: readonly Measurement[],
  codecs: readonly CodecName[],
  images: readonly Source[],
  cut: (wanted: readonly WantedCrop[]) => Promise<Result<Crop>[]>,
): Promise<Example[]> {
  const first = codecs[0]!;
  const shown = [...new Set([byImage[0], byImage.at(-1)])].filter((one) => one !== undefined);
  const examples: Example[] = [];
  for (const one of shown) {
    const source = images.find(({ name }) => name === one.image)!;
    const { bytes } = measurements
      .filter(({ image, codec }) => image === one.image && codec === first)
      .toSorted((a, b) => Math.abs(a.bpp - SHOWN_BPP) - Math.abs(b.bpp - SHOWN_BPP))[0]!;
    const crops = await cut([
      { source, codec: first, bytes: undefined },
      ...codecs.map((codec) => ({ source, codec, bytes })),
    ]);
    const names = ['original', ...codecs];
    const versions = crops.flatMap((crop, i) =>
      'result' in crop ? [{ codec: names[i]!, ...crop.result }] : [],
    );
    examples.push({ ...one, versions });
  }
  return examples;
}
