// Writes a comparison to a folder: the HTML report, its plots, the curves, a summary for programs and a table of
// all measurements.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkObject, checkString } from '@nacre/codec/internal';
import { outputExists, writeFileAtomic } from '@nacre/node';
import sharp from 'sharp';
import { writeCurve } from './anchor.js';
import type { Comparison } from './compare.js';
import { type Metric, metricRow } from './metrics.js';
import { type PlottedCurve, plotSvg } from './plot.js';
import { ratePoints } from './rate-distortion.js';
import { GENERATOR, reportHtml } from './report-html.js';

/** What {@link writeReport} takes; all of it optional. */
export interface ReportOptions {
  /** Whether to replace an `index.html` that is not a report; by default that is an error. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Writes the report. An earlier report in the folder is replaced.
 *
 * - `index.html`: the report, which needs no other file and no network
 * - `psnr.svg`, `psnr.png` and so on: a plot of each metric
 * - `images.tsv`: every image, codec and quality
 * - `summary.json`: means, differences and what was left out (see {@link summaryOf})
 * - `curves/nacre.json` and so on: the means of each codec, which a later run can use as anchors
 *
 * @param folder - created if it does not exist
 * @param comparison - what `compare` returned
 * @returns the paths of the files
 * @throws OutputError if the folder has an `index.html` that is not a report; the system's error if a file cannot
 *   be written; TypeError for a bad argument
 * @example
 * ```ts
 * await writeReport('report', await compare({ images: ['photos/'] }));
 * ```
 */
export async function writeReport(
  folder: string,
  comparison: Comparison,
  options: ReportOptions = {},
): Promise<string[]> {
  checkString(folder, 'folder');
  checkObject(comparison, 'comparison');
  checkObject(options, 'options');
  if (!options.overwrite) await checkFree(folder);
  await mkdir(join(folder, 'curves'), { recursive: true });
  const files: string[] = [];
  const write = async (name: string, content: string | Uint8Array): Promise<void> => {
    files.push(join(folder, name));
    await writeFileAtomic(join(folder, name), Buffer.from(content));
  };
  const curves = plottedCurves(comparison);
  await write('index.html', reportHtml(comparison, curves));
  for (const metric of comparison.metrics) {
    const svg = plotSvg(curves, metric);
    await write(`${metric}.svg`, svg);
    // On white and at twice the size, to be readable on any page.
    const png = sharp(Buffer.from(svg), { density: 144 }).flatten({ background: '#fff' });
    await write(`${metric}.png`, await png.png({ palette: true }).toBuffer());
  }
  await write('images.tsv', tableOf(comparison));
  await write('summary.json', `${JSON.stringify(summaryOf(comparison), undefined, 2)}\n`);
  for (const curve of curves.filter(({ isAnchor }) => !isAnchor)) {
    const { description } = comparison.codecs.find(({ name }) => name === curve.name)!;
    // The name of a codec may have the path of a model in it.
    const file = join(folder, 'curves', `${curve.name.replace(/[^\w.-]+/g, '-')}.json`);
    files.push(file);
    const over = `mean over ${comparison.images.length} images`;
    await writeCurve(file, curve, `${description}; ${over}`);
  }
  return files;
}

/**
 * Asserts that a page can be written to a folder without replacing anything but an earlier one of this package. Call
 * it before a comparison that takes long.
 *
 * @param name - of the page: `index.html` is the report, `blind.html` the blind comparison
 * @throws OutputError if the folder has another file of that name
 */
export async function checkFree(folder: string, name = 'index.html'): Promise<void> {
  checkString(folder, 'folder');
  checkString(name, 'name');
  const file = join(folder, name);
  const page = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (page !== undefined && !page.includes(`content="${GENERATOR}"`)) throw outputExists(file);
}

/**
 * The comparison for programs: everything but single measurements and images.
 *
 * @throws TypeError for a bad argument
 */
export function summaryOf(comparison: Comparison): object {
  checkObject(comparison, 'comparison');
  const { measurements: _, examples: __, ...summary } = comparison;
  return summary;
}

/** Measured curves in the order of the codecs, then the anchors. */
function plottedCurves({ codecs, metrics, anchors }: Comparison): PlottedCurve[] {
  const measured = codecs.map(({ name, curves }): PlottedCurve => {
    const points: { [M in Metric]?: ReturnType<typeof ratePoints> } = {};
    for (const metric of metrics) points[metric] = ratePoints(curves[metric] ?? [], metric);
    const qualities = curves[metrics[0]!]?.map(({ quality }) => quality) ?? [];
    return { name, points, qualities, isAnchor: false };
  });
  return [...measured, ...anchors.map((anchor) => ({ ...anchor, isAnchor: true }))];
}

/** Every measurement as a line of tab-separated values. */
function tableOf({ measurements, metrics }: Comparison): string {
  const head = ['image', 'codec', 'quality', 'width', 'height', 'bytes', 'bpp'];
  const scores = metrics.flatMap((metric) => [metric, metricRow(metric).scoreColumn ?? []].flat());
  const rows = measurements.map((one) => [
    // File names may contain tabs and line breaks, which cells must not.
    one.image.replace(/\p{Cc}/gu, ' '),
    ...(['codec', 'quality', 'width', 'height', 'bytes', 'bpp'] as const).map((key) => one[key]),
    ...metrics.flatMap((metric) => {
      const value = one.values[metric];
      const { scoreColumn, score } = metricRow(metric);
      const cells = scoreColumn && value !== undefined ? [value, score(value)] : [value ?? ''];
      return scoreColumn && value === undefined ? ['', ''] : cells;
    }),
    one.encodeMs.toFixed(1),
    one.decodeMs.toFixed(1),
  ]);
  return [[...head, ...scores, 'encode-ms', 'decode-ms'], ...rows]
    .map((row) => `${row.join('\t')}\n`)
    .join('');
}
