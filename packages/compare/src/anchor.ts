// Rate-distortion curves in JSON files, in the layout that CompressAI publishes its results in:
// { "name", "description", "results": { "bpp": […], "psnr-rgb": […] } }. Reads and writes; no maths.
import { readFile } from 'node:fs/promises';
import { checkObject, checkString, expectedButReceived } from '@nacre/codec/internal';
import { writeFileAtomic } from '@nacre/node';
import type { RatePoint } from './bd-rate.js';
import { METRIC_FACTS, METRICS, type Metric } from './metrics.js';

/** A named rate-distortion curve for each metric that was measured. */
export interface Curve {
  readonly name: string;
  readonly points: Readonly<Partial<Record<Metric, readonly RatePoint[]>>>;
}

/**
 * Reads a curve.
 *
 * @param file - path of the JSON file
 * @throws TypeError for anything but a path
 * @throws RangeError if the file is no JSON, or holds no rates with as many values of a metric
 * @example
 * const { points } = await readCurve('vtm.json');
 * bdRate(points.psnr, mine).percent;
 */
export async function readCurve(file: string): Promise<Curve> {
  checkString(file, 'file');
  const text = await readFile(file, 'utf8');
  let json: { name?: unknown; results?: Record<string, unknown> } | null;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RangeError(`Expected JSON but ${file} holds none`);
  }
  const bpp = numbers(json?.results?.bpp);
  const points: Partial<Record<Metric, RatePoint[]>> = {};
  for (const metric of METRICS) {
    const { key, score } = METRIC_FACTS[metric];
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

function numbers(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'number') ? value : undefined;
}

/**
 * Writes a curve, so that a later run can take it as an anchor.
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
    results[METRIC_FACTS[metric].key] = points.map(({ score }) =>
      METRIC_FACTS[metric].value(score),
    );
  }
  const json = { name: curve.name, description, results };
  await writeFileAtomic(file, Buffer.from(`${JSON.stringify(json, undefined, 2)}\n`));
}
