// Cuts a large image into windows for the networks that see pixels, each with a margin of its surroundings, so
// that memory is bounded and no seam shows.
import { HYPER_STRIDE, type PlaneSize, type Window } from './tiles.js';

/**
 * Most pixels of a window with its margins by default: 8 megapixels. An image
 * of no more is one window. Running the networks takes about 70 bytes for each pixel of a window.
 */
export const MAX_WINDOW_PIXELS: number = 2 ** 23;

/** A part of an image that is computed at once; everything in hyper-latents of 64×64 pixels. */
export interface ImageWindow {
  /** What is kept. The cores of all windows cover what they were cut from, without overlap. */
  readonly core: Window;
  /** The core with its margins, which end at the edge of the image. */
  readonly around: Window;
}

/** How to cut. */
export interface Cut {
  /** Hyper-latents around a core that must be known to compute it; undefined allows one window only. */
  readonly margin: number | undefined;
  /** Cores are multiples of this, counted from the beginning of the area, but for the last. */
  readonly unit: number;
  /** Most pixels of a window, margins included; one of a single unit may have more. */
  readonly maxPixels: number;
}

/**
 * Cuts an area into windows in raster order: one if it fits, else the grid for which least is computed
 * twice.
 *
 * @param area - what the cores are to cover, in hyper-latents.
 * @param plane - size of the whole image, in hyper-latents.
 * @example
 * ```ts
 * const area = { top: 0, left: 0, rows: 40, columns: 100 };
 * const cut = { margin: 2, unit: 4, maxPixels: 2 ** 23 };
 * cutIntoWindows(area, { rows: 40, columns: 100 }, cut).map(({ core }) => core.columns); // [36, 36, 28]
 * ```
 */
export function cutIntoWindows(area: Window, plane: PlaneSize, cut: Cut): ImageWindow[] {
  const { top, left, rows, columns } = area;
  const { margin = Math.max(plane.rows, plane.columns), unit } = cut;
  const maxCells = cut.maxPixels / HYPER_STRIDE ** 2;
  const most = cut.margin === undefined ? () => 1 : (length: number) => Math.ceil(length / unit);
  const across = listCuts(left, columns, plane.columns, unit, margin, most(columns));
  const down = listCuts(top, rows, plane.rows, unit, margin, most(rows));
  let best = { across: across.at(-1)!, down: down.at(-1)! };
  let least = Number.POSITIVE_INFINITY;
  for (const one of across) {
    const other = down.find(({ longest }) => longest * one.longest <= maxCells);
    if (other === undefined || other.sum * one.sum >= least) continue;
    least = other.sum * one.sum;
    best = { across: one, down: other };
  }
  return best.down.spans.flatMap((y) =>
    best.across.spans.map((x) => ({
      core: { top: y.from, left: x.from, rows: y.to - y.from, columns: x.to - x.from },
      around: { top: y.start, left: x.start, rows: y.end - y.start, columns: x.end - x.start },
    })),
  );
}

/** A core's `from..to` and the `start..end` of its window, along one side. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

/** One way to cut a length, the longest of its windows and the sum of them all. */
interface Spans {
  readonly spans: readonly Span[];
  readonly longest: number;
  readonly sum: number;
}

/** Every way to cut a length into equal parts, from one part to `most`. */
function listCuts(
  first: number,
  length: number,
  size: number,
  unit: number,
  margin: number,
  most: number,
): Spans[] {
  return Array.from({ length: most }, (_, more) => {
    const side = unit * Math.ceil(length / (more + 1) / unit);
    const spans: Span[] = [];
    for (let from = first; from < first + length; from += side) {
      const to = Math.min(from + side, first + length);
      spans.push({ from, to, start: Math.max(0, from - margin), end: Math.min(size, to + margin) });
    }
    const lengths = spans.map(({ start, end }) => end - start);
    return { spans, longest: Math.max(...lengths), sum: lengths.reduce((a, b) => a + b, 0) };
  });
}
