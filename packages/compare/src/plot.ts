// Rate-distortion plots as SVG, by Observable Plot, for the report, the README and model cards.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Curve } from './anchor.js';
import { type Metric, metricRow } from './metrics.js';

/** Colours that most people can distinguish, on light and on dark backgrounds (after Okabe and Ito). */
const COLOURS = ['#d55e00', '#0b80c5', '#009e73', '#b8860b', '#c2609a', '#7a6bd1'];
const ANCHOR_COLOUR = '#8a8a8a';

/** The names of more anchors would hide the plot; pointing at a curve still shows its name. */
const NAMED_ANCHORS = 6;

/** A curve to draw. */
export interface PlottedCurve extends Curve {
  /** For each point, the quality that gave it; not known of anchors. */
  readonly qualities?: readonly number[];
  /** Drawn thin and grey, behind the others. */
  readonly isAnchor: boolean;
}

/**
 * Draws a metric over the rate, which is on a logarithmic axis as BD-rate has it.
 *
 * @param curves - those without points of the metric are ignored
 * @param metric - what to draw
 * @param size - in CSS pixels
 * @returns an SVG element as text. Lines and letters take the colour of the text around them; each
 *   point has a `<title>`, which browsers show
 * @example
 * ```ts
 * await writeFile('psnr.svg', plotSvg(curves, 'psnr'));
 * ```
 */
export function plotSvg(
  curves: readonly PlottedCurve[],
  metric: Metric,
  { width, height }: { width: number; height: number } = { width: 720, height: 460 },
): string {
  const { label, unit, better, value, formatScore } = metricRow(metric);
  const withUnit = (words: string): string => `${words}${unit && ` ${unit}`}`;
  const drawn = curves.filter(({ points }) => (points[metric]?.length ?? 0) > 0);
  const measured = drawn.filter(({ isAnchor }) => !isAnchor);
  const colourOf = ({ isAnchor, name }: PlottedCurve): string =>
    isAnchor
      ? ANCHOR_COLOUR
      : COLOURS[measured.findIndex((one) => one.name === name) % COLOURS.length]!;
  const rows = (of: readonly PlottedCurve[]) =>
    of
      .flatMap((curve) =>
        curve.points[metric]!.map(({ bpp, score }, i) => ({
          name: curve.name,
          colour: colourOf(curve),
          bpp,
          score,
          quality: curve.qualities?.[i],
        })),
      )
      .toSorted((a, b) => a.bpp - b.bpp);
  const anchors = rows(drawn.filter(({ isAnchor }) => isAnchor));
  const points = rows(measured);
  const framed = points.length > 0 ? points : anchors;
  const rates = framed.map(({ bpp }) => bpp);
  const [left, right] = [0.93 * Math.min(...rates), 1.07 * Math.max(...rates)];
  const [bottom, top] = extent(framed);
  const inside = ({ bpp, score }: (typeof points)[number]): boolean =>
    bpp >= left && bpp <= right && score >= bottom && score <= top;
  const title = ({ name, quality, bpp, score }: (typeof points)[number]): string =>
    `${name}${quality === undefined ? '' : `, quality ${quality}`}: ${bpp.toFixed(3)} bpp, ` +
    withUnit(formatScore(score));
  const shared = { x: 'bpp', y: 'score', z: 'name', clip: true } as const;
  // On a phone even a few names would cover the curves.
  const few = drawn.filter(({ isAnchor }) => isAnchor).length <= NAMED_ANCHORS;
  const named = few && width >= 600;
  const legend = [...measured, ...(named ? drawn.filter(({ isAnchor }) => isAnchor) : [])];
  const { document } = parseHTML('<html><body></body></html>');
  const svg = Plot.plot({
    document,
    width,
    height,
    marginLeft: 48,
    marginBottom: 40,
    grid: true,
    style: { fontSize: '13px', background: 'none', overflow: 'visible' },
    x: {
      type: 'log',
      domain: [left, right],
      label: 'bits per pixel →',
      labelArrow: 'none',
      labelAnchor: 'center',
      ticks: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10].filter((tick) => tick >= left && tick <= right),
      tickFormat: String,
    },
    y: {
      domain: [bottom, top],
      label: `↑ ${better === 'lower' ? 'better: ' : ''}${label}${unit && `, ${unit}`}`,
      labelArrow: 'none',
      // Distances are drawn upside down, so that up is better.
      tickFormat: (score: number) => `${better === 'lower' ? value(score) : score}`,
    },
    marks: [
      Plot.line(anchors, { ...shared, stroke: 'colour', strokeWidth: 1, strokeDasharray: '4 3' }),
      Plot.line(points, { ...shared, stroke: 'colour', strokeWidth: 2 }),
      Plot.dot(anchors.filter(inside), { ...shared, fill: 'colour', r: 2, title }),
      Plot.dot(points, { ...shared, fill: 'colour', r: 3.5, title }),
      // In the lower right corner, where no curve goes.
      legend.map((curve, i) =>
        Plot.text([`${curve.isAnchor ? '┄' : '●'} ${curve.name}`], {
          frameAnchor: 'bottom-right',
          textAnchor: 'start',
          dx: -20 - 8 * Math.max(...legend.map(({ name }) => name.length)),
          dy: -8 - 18 * (legend.length - 1 - i),
          fill: colourOf(curve),
          fontWeight: curve.isAnchor ? 400 : 600,
        }),
      ),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${label} over bits per pixel`);
  return svg.outerHTML;
}

/** From the lowest to the highest score, with a little air. */
function extent(rows: readonly { readonly score: number }[]): [number, number] {
  const scores = rows.map(({ score }) => score);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const air = 0.03 * (high - low);
  return [low - air, high + air];
}
