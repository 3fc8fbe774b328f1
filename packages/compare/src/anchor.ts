// Rate-distortion curves in JSON files, in the layout that CompressAI publishes its results in:
// { "name", "description", "results": { "bpp": […], "psnr-rgb": […] } }. Reads and writes; no maths.
import { readFile, writeFile } from 'node:fs/promises';
import { checkObject, checkString, expectedButReceived } from '@nacre/codec';
import type { RatePoint } from './bd-rate.js';

/** A named rate-distortion curve. */
export interface Curve {
  readonly name: string;
  readonly points: readonly RatePoint[];
}

/**
 * Reads a curve.
 *
 * @param file - path of the JSON file
 * @throws TypeError for anything but a path
 * @throws RangeError if the file holds no `bpp` and `psnr-rgb` arrays of one length
 */
export async function readCurve(file: string): Promise<Curve> {
  checkString(file, 'file');
  const json = JSON.parse(await readFile(file, 'utf8')) as {
    name?: string;
    results?: { bpp?: number[]; 'psnr-rgb'?: number[] };
  };
  const bpp = json.results?.bpp;
  const psnr = json.results?.['psnr-rgb'];
  if (!Array.isArray(bpp) || !Array.isArray(psnr) || bpp.length !== psnr.length) {
    throw new RangeError(
      `Expected "results" with "bpp" and "psnr-rgb" of one length but ${file} lacks them`,
    );
  }
  return {
    name: json.name ?? file,
    points: bpp.map((rate, i) => ({ bpp: rate, psnr: psnr[i]! })),
  };
}

/**
 * Writes a curve, so that a later run can take it as an anchor.
 *
 * @param file - path to write
 * @param curve - the curve
 * @param description - what was measured, in words
 * @throws TypeError for a bad argument
 */
export async function writeCurve(file: string, curve: Curve, description: string): Promise<void> {
  checkString(file, 'file');
  checkObject(curve, 'curve');
  checkString(description, 'description');
  if (!Array.isArray(curve.points)) {
    throw new TypeError(expectedButReceived('array', 'curve.points', curve.points));
  }
  const results = {
    bpp: curve.points.map((point) => point.bpp),
    'psnr-rgb': curve.points.map((point) => point.psnr),
  };
  const json = { name: curve.name, description, results };
  await writeFile(file, `${JSON.stringify(json, undefined, 2)}\n`);
}
