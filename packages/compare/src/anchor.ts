// Rate-distortion curves in JSON files, in the layout that CompressAI publishes its results in:
// { "name", "description", "results": { "bpp": […], "psnr-rgb": […] } }.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { checkObject, checkString, expectedButReceived } from '@nacre/codec/internal';
import { writeFileAtomic } from '@nacre/node';
import type { RatePoint } from './bd-rate.js';
import { METRICS, type Metric, metricRow } from './metrics.js';
import type { LeftOut } from './sources.js';

/** A named rate-distortion curve for each metric that was measured. */
export interface Curve {
  /** Such as `vtm`. */
  readonly name: string;
  /** By metric. */
  readonly points: Readonly<Partial<Record<Metric, readonly RatePoint[]>>>;
}

/**
 * Reads a curve.
 *
 * @param file - path of the JSON file
 * @throws TypeError for anything but a path
 * @throws RangeError if the file is not JSON, or has no rates with as many values of a metric
 * @example
 * ```ts
 * const { points } = await readCurve('vtm.json');
 * bdRate(points.psnr, mine).percent;
 * ```
 */
export async function readCurve(file: string): Promise<Curve> {
  checkString(file, 'file');
  const text = await readFile(file, 'utf8');
  let json: { name?: unknown; results?: Record<string, unknown> } | null;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RangeError(`Expected JSON but ${file} is not`);
  }
  const bpp = numbers(json?.results?.bpp);
  const points: Partial<Record<Metric, RatePoint[]>> = {};
  for (const metric of METRICS) {
    const { key, score } = metricRow(metric);
    const values = numbers(json?.results?.[key]);
    if (!bpp || values?.length !== bpp.length) continue;
    points[metric] = bpp.map((rate, i) => ({ bpp: rate, score: score(values[i]!) }));
  }
  if (Object.keys(points).length === 0) {
    throw new RangeError(
      `Expected "results" with "bpp" and "psnr-rgb" or "ms-ssim-rgb" of one length but ${file} lacks them`,
    );
  }
  return { name: typeof json?.name === 'string' ? json.name : file, points };
}

/**
 * Reads curves from files and folders. They get the names of their files, as names inside files are not always
 * unique.
 *
 * @param taken - names that are in use
 * @param leftOut - gets the files that could not be used
 * @throws the system's error for a path that does not exist
 */
export async function readAnchors(
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

function numbers(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'number') ? value : undefined;
}

/**
 * Writes a curve, which a later run can use as an anchor.
 *
 * @param file - path to write
 * @param curve - the curve; the points of all its metrics are of the same rates
 * @param description - what was measured, in words
 * @throws TypeError for a bad argument
 */
export async function writeCurve(file: string, curve: Curve, description: string): Promise<void> {
  checkString(file, 'file');
  checkObject(curve, 'curve');
  checkString(description, 'description');
  if (typeof curve.points !== 'object' || curve.points === null) {
    throw new TypeError(expectedButReceived('points by metric', 'curve.points', curve.points));
  }
  const results: Record<string, number[]> = {};
  for (const metric of METRICS) {
    const points = curve.points[metric];
    if (!points) continue;
    results.bpp ??= points.map(({ bpp }) => bpp);
    const { key, value } = metricRow(metric);
    results[key] = points.map(({ score }) => value(score));
  }
  const json = { name: curve.name, description, results };
  await writeFileAtomic(file, Buffer.from(`${JSON.stringify(json, undefined, 2)}\n`));
}
