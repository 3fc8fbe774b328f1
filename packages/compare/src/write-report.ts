// Writes a comparison to a folder: the HTML report, its plots, the curves, a summary for programs and a
// table of every single measurement. What the report looks like is report-html.ts's business.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkObject, checkString } from '@nacre/codec/internal';
import { writeFileAtomic } from '@nacre/node';
import sharp from 'sharp';
import { writeCurve } from './anchor.js';
import type { Comparison } from './compare.js';
import { METRIC_FACTS, type METRICS } from './metrics.js';
import { type PlottedCurve, plotSvg } from './plot.js';
import { ratePoints } from './rate-distortion.js';
import { reportHtml } from './report-html.js';

/**
 * Writes the report; files of these names that are there already are replaced.
 *
 * - `index.html`: the report, which needs no other file and no network
 * - `psnr.svg`, `psnr.png` and so on: a plot of each metric
 * - `images.tsv`: every image, codec and quality
 * - `summary.json`: means, differences and what was left out (see {@link summaryOf})
 * - `curves/nacre.json` and so on: each codec's means, which a later run takes as anchors
 *
 * @param folder - made if need be
 * @param comparison - what compare gave
 * @returns the paths of the files
 * @throws TypeError for a bad argument; the system's error if a file cannot be written
 * @example
 * await writeReport('report', await compare({ images: ['photos/'] }));
 */
export async function writeReport(folder: string, comparison: Comparison): Promise<string[]> {
  checkString(folder, 'folder');
  checkObject(comparison, 'comparison');
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
    // Drawn at twice the size, on white, so that it can be read on any page.
    const png = sharp(Buffer.from(svg), { density: 144 }).flatten({ background: '#fff' });
    await write(`${metric}.png`, await png.png({ palette: true }).toBuffer());
  }
  await write('images.tsv', tableOf(comparison));
  await write('summary.json', `${JSON.stringify(summaryOf(comparison), undefined, 2)}\n`);
  for (const curve of curves.filter(({ isAnchor }) => !isAnchor)) {
    const { description } = comparison.codecs.find(({ name }) => name === curve.name)!;
    const file = join(folder, 'curves', `${curve.name}.json`);
    files.push(file);
    const over = `mean over ${comparison.images.length} images`;
    await writeCurve(file, curve, `${description}; ${over}`);
  }
  return files;
}

/**
 * The comparison for programs: all but the single measurements and the images to look at.
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
    const points: { [M in (typeof METRICS)[number]]?: ReturnType<typeof ratePoints> } = {};
    for (const metric of metrics) points[metric] = ratePoints(curves[metric] ?? [], metric);
    const qualities = curves[metrics[0]!]?.map(({ quality }) => quality) ?? [];
    return { name, points, qualities, isAnchor: false };
  });
  return [...measured, ...anchors.map((anchor) => ({ ...anchor, isAnchor: true }))];
}

/** Every measurement as a line of tab-separated values. */
function tableOf({ measurements, metrics }: Comparison): string {
  const head = ['image', 'codec', 'quality', 'width', 'height', 'bytes', 'bpp'];
  const scores = metrics.flatMap((metric) =>
    metric === 'ms-ssim' ? [metric, `${metric}-db`] : [metric],
  );
  const rows = measurements.map((one) => [
    // A file's name may hold anything, but a table's cell no tab and no new line.
    one.image.replace(/\p{Cc}/gu, ' '),
    ...(['codec', 'quality', 'width', 'height', 'bytes', 'bpp'] as const).map((key) => one[key]),
    ...metrics.flatMap((metric) => {
      const value = one.values[metric];
      if (metric !== 'ms-ssim') return [value ?? ''];
      return value === undefined ? ['', ''] : [value, METRIC_FACTS[metric].score(value)];
    }),
    one.encodeMs.toFixed(1),
    one.decodeMs.toFixed(1),
  ]);
  return [[...head, ...scores, 'encode-ms', 'decode-ms'], ...rows]
    .map((row) => `${row.join('\t')}\n`)
    .join('');
}
