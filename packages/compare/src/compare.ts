// The whole comparison: pictures, codecs and metrics in, every figure of the report out. It decides what
// is left out and what is averaged; it writes nothing.
import { readdir, stat } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { basename, extname, join } from 'node:path';
import { checkInteger, checkObject, expectedButReceived, InputError } from '@nacre/codec';
import { type Curve, readCurve } from './anchor.js';
import { bdRate, bdScore, type RatePoint } from './bd-rate.js';
import { hasButteraugli } from './butteraugli.js';
import { Cache } from './cache.js';
import { CODEC_NAMES, type CodecName, DEFAULT_QUALITIES } from './codecs.js';
import { identify, measuringCode } from './identity.js';
import type { Measurement } from './measure.js';
import { METRIC_FACTS, METRICS, type Metric } from './metrics.js';
import {
  averageOverPictures,
  firstStepNotUp,
  type MeanPoint,
  ratePoints,
} from './rate-distortion.js';
import { findSources, type LeftOut, type Source } from './sources.js';
import { type Job, Sweep, type SweepProgress } from './sweep.js';
import type { Crop } from './worker.js';

/** More threads than this and memory, about 150 MB a thread, would outgrow what they gain. */
const MAX_WORKERS = 8;

/** Where pictures are shown at equal bytes: low enough that codecs differ to the eye. */
const SHOWN_BPP = 0.25;
const SHOWN_SIDE = 256;

/** What {@link compare} takes. */
export interface CompareOptions {
  /** Picture files, and folders of them. */
  readonly pictures: readonly string[];
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
  /** The mean over pictures at each quality, for each metric. */
  readonly curves: Readonly<Partial<Record<Metric, readonly MeanPoint[]>>>;
}

/** How one codec does against another, or why that cannot be said. */
export interface Difference {
  readonly metric: Metric;
  readonly test: string;
  readonly anchor: string;
  readonly rate?: { readonly percent: number; readonly low: number; readonly high: number };
  readonly score?: { readonly gain: number; readonly low: number; readonly high: number };
  /** Why there is no BD-rate. */
  readonly reason?: string;
}

/** A picture to look at: the same window of all codecs' files of about equal size. */
export interface Example {
  readonly picture: string;
  /** BD-rate of the first codec on this picture alone, in per cent. */
  readonly percent: number;
  readonly versions: readonly (Crop & { readonly codec: string })[];
}

/** Everything that a comparison found; JSON can hold it. */
export interface Comparison {
  readonly pictures: readonly Source[];
  readonly codecs: readonly ComparedCodec[];
  readonly metrics: readonly Metric[];
  readonly measurements: readonly Measurement[];
  readonly anchors: readonly Curve[];
  readonly differences: readonly Difference[];
  /** The codec that the first one gains least against. */
  readonly rival?: string;
  /** BD-rate of the first codec against the rival on each picture, most saved first. */
  readonly byPicture: readonly { readonly picture: string; readonly percent: number }[];
  /** The best and the worst of these, if there are crops. */
  readonly examples: readonly Example[];
  readonly leftOut: readonly LeftOut[];
  readonly notices: readonly string[];
  /** Where and how it was measured. */
  readonly machine: string;
}

/**
 * Measures codecs on pictures, on all cores, and works out how they compare.
 *
 * @throws TypeError or RangeError for a bad argument; CodecError for a model that is missing or damaged;
 *   the system's error for a path that is not there; InputError if no picture can be measured; the
 *   signal's reason if it was ended
 * @example
 * const { differences } = await compare({ pictures: ['photos/'] });
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  checkObject(options, 'options');
  checkStrings(options.pictures, 'options.pictures');
  const { model, signal, onProgress, qualities, anchors: anchorPaths = [] } = options;
  checkStrings(anchorPaths, 'options.anchors');
  const names = options.codecs ?? (['nacre', 'jpeg', 'webp', 'avif'] as const);
  checkNames(names, CODEC_NAMES, 'options.codecs');
  checkNames(options.metrics ?? METRICS, METRICS, 'options.metrics');
  if (qualities !== undefined) {
    if (!Array.isArray(qualities)) {
      throw new TypeError(expectedButReceived('array', 'options.qualities', qualities));
    }
    for (const quality of qualities) checkInteger(quality, 1, 100, 'options.qualities');
  }
  const leftOut: LeftOut[] = [];
  const notices: string[] = [];

  const metrics = await measurable(options.metrics ?? METRICS, leftOut);
  const anchors = await readAnchors(anchorPaths, names, leftOut);
  const identities = await Promise.all(names.map((name) => identify(name, model)));
  const workers = Math.min(availableParallelism(), MAX_WORKERS);
  const cache = new Cache();
  const found = await findSources(options.pictures, cache, workers);
  leftOut.push(...found.leftOut);
  if (found.sources.length === 0) throw noPictures(found.leftOut);
  const code = await measuringCode();
  const keyOf = (source: Source, codec: CodecName, more: unknown): unknown => {
    const { identity } = identities.find(({ name }) => name === codec)!;
    return [code, source.sha256, codec, identity, more];
  };

  const sweep = new Sweep(cache, workers, signal);
  try {
    const jobs: Job<'measureOne'>[] = found.sources.flatMap((source) =>
      names.flatMap((codec) =>
        (qualities ?? DEFAULT_QUALITIES[codec]).map((quality) => ({
          task: { file: source.file, codec, model, quality, metrics },
          key: keyOf(source, codec, quality),
        })),
      ),
    );
    const results = await sweep.run('measureOne', jobs, hasMetrics, onProgress);
    const all: Measurement[] = [];
    const failed = new Map<string, Map<string, string>>();
    for (const [i, result] of results.entries()) {
      const { file, codec } = jobs[i]!.task;
      const { name } = found.sources.find((source) => source.file === file)!;
      if ('result' in result) {
        all.push({ ...result.result, picture: name });
      } else {
        const pictures = failed.get(codec) ?? new Map<string, string>();
        failed.set(codec, pictures.set(name, result.error.message));
      }
    }
    const { codecs: kept, pictures } = withoutFailures(names, found.sources, failed, leftOut);
    const measurements = all.filter(
      ({ codec, picture }) =>
        kept.some((name) => name === codec) && pictures.some(({ name }) => name === picture),
    );
    notices.push(...noticesOf(pictures));
    const codecs = kept.map((name) => ({
      name,
      description: identities.find((one) => one.name === name)!.description,
      curves: curvesOf(name, measurements, metrics, leftOut),
    }));
    notices.push(...codecs.flatMap(stepsNotUp));

    const curves = codecs.map(({ name, curves: means }) => curveOf(name, means));
    const differences = metrics.flatMap((metric) =>
      curves.flatMap((test) =>
        [...curves, ...anchors]
          .filter((anchor) => anchor !== test)
          .filter((anchor) => anchor.points[metric] || !anchors.includes(anchor))
          .map((anchor) => differenceOf(metric, test, anchor)),
      ),
    );
    const rival = rivalOf(differences, metrics[0]!, curves);
    const byPicture = rival
      ? pictureByPicture(measurements, metrics[0]!, codecs[0]!.name, rival)
      : [];
    const examples = await showExamples(byPicture, measurements, codecs, pictures, {
      sweep,
      keyOf,
      model,
    });
    return {
      pictures,
      codecs,
      metrics,
      measurements,
      anchors,
      differences,
      ...(rival ? { rival } : {}),
      byPicture,
      examples,
      leftOut,
      notices,
      machine: `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${workers} pictures at a time, one thread each`,
    };
  } finally {
    await sweep.close();
  }
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
    if (!names.includes(one))
      throw new TypeError(expectedButReceived(names.join(' | '), what, one));
  }
  if (value.length === 0 || unique.size < value.length) {
    throw new RangeError(`Expected each name once, and at least one, for ${what}`);
  }
}

function noPictures([first, ...more]: readonly LeftOut[]): InputError {
  const others = more.length > 0 ? `; and ${more.length} more` : '';
  const why = first ? ` (${first.what}: ${first.why}${others})` : '';
  return new InputError(
    'NOT_A_PICTURE',
    `There is no picture that could be measured${why}: name a picture, or a folder of pictures.`,
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
    if (!(await stat(path)).isDirectory()) files.push(path);
    else {
      const entries = (await readdir(path)).filter((name) => name.endsWith('.json')).sort();
      files.push(...entries.map((name) => join(path, name)));
    }
  }
  const curves: Curve[] = [];
  for (const file of files) {
    try {
      const { points } = await readCurve(file);
      let name = basename(file, extname(file));
      if ([...taken, ...curves.map((one) => one.name)].includes(name)) name = `${name} (${file})`;
      curves.push({ name, points });
    } catch (error) {
      leftOut.push({ what: file, why: (error as Error).message });
    }
  }
  return curves;
}

function hasMetrics(
  { values, failures }: Measurement,
  { metrics }: { readonly metrics: readonly Metric[] },
): boolean {
  return metrics.every((metric) => metric in values || metric in failures);
}

/**
 * What is left when failures are left out: a codec that failed on every picture, and otherwise the
 * pictures that a codec failed on, from all codecs, so that all means are over the same pictures.
 */
function withoutFailures(
  names: readonly CodecName[],
  sources: readonly Source[],
  failed: ReadonlyMap<string, ReadonlyMap<string, string>>,
  leftOut: LeftOut[],
): { codecs: CodecName[]; pictures: Source[] } {
  const codecs = names.filter((name) => (failed.get(name)?.size ?? 0) < sources.length);
  for (const name of names) {
    const [why] = failed.get(name)?.values() ?? [];
    if (!codecs.includes(name))
      leftOut.push({ what: name, why: `it failed on every picture: ${why}` });
  }
  const pictures = sources.filter(({ name }) => {
    const codec = codecs.find((one) => failed.get(one)?.has(name));
    if (codec === undefined) return true;
    leftOut.push({ what: name, why: `${codec} failed on it: ${failed.get(codec)!.get(name)}` });
    return false;
  });
  if (codecs.length === 0 || pictures.length === 0) throw noPictures(leftOut);
  return { codecs, pictures };
}

/** The means of each metric over the pictures that it could be measured on. */
function curvesOf(
  name: CodecName,
  measurements: readonly Measurement[],
  metrics: readonly Metric[],
  leftOut: LeftOut[],
): Partial<Record<Metric, MeanPoint[]>> {
  const mine = measurements.filter(({ codec }) => codec === name);
  const curves: Partial<Record<Metric, MeanPoint[]>> = {};
  for (const metric of metrics) {
    const without = new Map<string, string>();
    for (const { picture, failures } of measurements) {
      const why = failures[metric];
      if (why !== undefined && !without.has(picture)) without.set(picture, why);
    }
    for (const [picture, why] of without) {
      const what = `${picture} in ${METRIC_FACTS[metric].label}`;
      if (!leftOut.some((one) => one.what === what)) leftOut.push({ what, why });
    }
    curves[metric] = averageOverPictures(
      mine.filter(({ picture }) => !without.has(picture)),
      metric,
    );
  }
  return curves;
}

function curveOf(name: string, means: ComparedCodec['curves']): Curve {
  const points: Partial<Record<Metric, RatePoint[]>> = {};
  for (const metric of METRICS) {
    if (means[metric]) points[metric] = ratePoints(means[metric], metric);
  }
  return { name, points };
}

/** What was noticed of pictures, each sentence once. */
function noticesOf(pictures: readonly Source[]): string[] {
  const texts = new Set(pictures.flatMap(({ notices }) => notices));
  return [...texts].map((text) => {
    const [first, ...more] = pictures.filter(({ notices }) => notices.includes(text));
    return `${first!.name}${more.length > 0 ? ` and ${more.length} more` : ''}: ${text}`;
  });
}

/** What a codec's quality should do and does not. */
function stepsNotUp({ name, curves }: ComparedCodec): string[] {
  const [points] = Object.values(curves);
  const step = firstStepNotUp(points ?? [], ({ bytes }) => bytes);
  return step
    ? [
        `${name}: the mean size does not rise from quality ${step[0].quality} to ${step[1].quality}.`,
      ]
    : [];
}

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
  const [rate, score] = [attempt(() => bdRate(a, b)), attempt(() => bdScore(a, b))];
  return {
    ...pair,
    ...(typeof rate === 'string' ? { reason: rate } : { rate }),
    ...(typeof score === 'string' ? {} : { score }),
  };
}

/** The codec that the first one saves least against. */
function rivalOf(
  differences: readonly Difference[],
  metric: Metric,
  [first, ...others]: readonly Curve[],
): string | undefined {
  return differences
    .filter((one) => one.metric === metric && one.test === first?.name && one.rate)
    .filter(({ anchor }) => others.some(({ name }) => name === anchor))
    .toSorted((a, b) => b.rate!.percent - a.rate!.percent)[0]?.anchor;
}

function pictureByPicture(
  measurements: readonly Measurement[],
  metric: Metric,
  first: string,
  rival: string,
): { picture: string; percent: number }[] {
  const pictures = [...new Set(measurements.map(({ picture }) => picture))];
  return pictures
    .flatMap((picture) => {
      const [a, b] = [rival, first].map((codec) => {
        const mine = measurements.filter((one) => one.picture === picture && one.codec === codec);
        return ratePoints(averageOverPictures(mine, metric), metric);
      });
      try {
        return [{ picture, percent: bdRate(a!, b!).percent }];
      } catch {
        return []; // too few points on this picture, or none in common
      }
    })
    .toSorted((a, b) => a.percent - b.percent);
}

/** The best and the worst picture, each as all codecs have it at the bytes of the first one. */
async function showExamples(
  byPicture: readonly { picture: string; percent: number }[],
  measurements: readonly Measurement[],
  codecs: readonly ComparedCodec[],
  pictures: readonly Source[],
  {
    sweep,
    keyOf,
    model,
  }: {
    sweep: Sweep;
    keyOf: (source: Source, codec: CodecName, more: unknown) => unknown;
    model: string | undefined;
  },
): Promise<Example[]> {
  const shown = [...new Set([byPicture[0], byPicture.at(-1)])].filter((one) => one !== undefined);
  const first = codecs[0]!.name;
  const jobs = shown.flatMap(({ picture }) => {
    const source = pictures.find(({ name }) => name === picture)!;
    const { bytes } = measurements
      .filter((one) => one.picture === picture && one.codec === first)
      .toSorted((a, b) => Math.abs(a.bpp - SHOWN_BPP) - Math.abs(b.bpp - SHOWN_BPP))[0]!;
    const job = (codec: CodecName, target: number | undefined): Job<'cropOne'> => ({
      task: { file: source.file, codec, model, bytes: target, side: SHOWN_SIDE },
      key: keyOf(source, codec, [target ?? 'original', SHOWN_SIDE]),
    });
    return [job(first, undefined), ...codecs.map(({ name }) => job(name, bytes))];
  });
  const crops = await sweep.run('cropOne', jobs, () => true);
  const perPicture = codecs.length + 1;
  return shown.map((one, i) => ({
    ...one,
    versions: crops.slice(i * perPicture, (i + 1) * perPicture).flatMap((crop, j) => {
      const codec = j === 0 ? 'original' : codecs[j - 1]!.name;
      return 'result' in crop ? [{ codec, ...crop.result }] : [];
    }),
  }));
}
