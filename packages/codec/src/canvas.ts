// A decoded image while it is being drawn, at full size or smaller: how large it is, its alpha, and what
// of it is damaged. The pixels come from decode.ts.
import { decodeAlpha } from './alpha-section.js';
import type { Channels, DecodedImage } from './image.js';
import { areaOfTile, type NcrInfo, type ReadFile } from './info.js';
import { metadataOf } from './metadata.js';
import type { Region } from './region.js';
import { intersection, type Window } from './tiles.js';
import { insertAlpha, shrinkAlpha } from './transparency.js';

/** What stands for pixels that are not known. */
const GREY = 128;

/** An image that is being drawn. */
export interface Canvas {
  /** In pixels of the drawing. */
  readonly covers: Window;
  readonly data: Uint8Array<ArrayBuffer>;
  /** Damaged tiles of alpha, in pixels of the image. */
  readonly damagedAlpha: readonly Region[];
}

/**
 * Room for an image, its alpha in place: what is damaged there is found before any network runs.
 *
 * @param stride pixels of the image to one of the drawing, along each side.
 * @param region what is drawn; it grows to multiples of the stride.
 * @param partial whether damaged tiles of alpha are allowed.
 * @throws {CorruptFileError} for damaged alpha.
 */
export function newCanvas(
  { info, alpha }: ReadFile,
  stride: number,
  region: Region,
  partial: boolean,
): Canvas {
  const area = grown(region, stride, info);
  const covers = shrunk(windowOf(area), stride);
  const data = new Uint8Array(info.channels * covers.rows * covers.columns);
  const damagedAlpha: Region[] = [];
  if (alpha) {
    const lost = partial ? damagedAlpha : undefined;
    const values = decodeAlpha(alpha, info.width, info.height, area, lost);
    insertAlpha(data, info.channels, stride === 1 ? values : shrinkAlpha(values, area, stride));
  }
  return { covers, data, damagedAlpha };
}

/**
 * The image that has been drawn, its damaged tiles made grey.
 *
 * @param damagedTiles places in `info.tiles`.
 */
export function finished(
  { info, grid, sections, missing }: ReadFile,
  stride: number,
  { covers, data, damagedAlpha }: Canvas,
  damagedTiles: Iterable<number> = [],
): DecodedImage {
  const { channels, width, height } = info;
  const damaged = Array.from(damagedTiles, (index) => areaOfTile(grid, index, width, height));
  for (const tile of damaged) fillGrey(data, channels, covers, shrunk(windowOf(tile), stride));
  damaged.push(...damagedAlpha);
  return {
    width: covers.columns,
    height: covers.rows,
    channels,
    data,
    ...metadataOf(sections),
    ...(damaged.length > 0 ? { damaged } : {}),
    ...(missing.length > 0 ? { missing } : {}),
  };
}

/** The least region around another whose sides lie at multiples of a stride, or at the edges of the image. */
function grown({ left, top, width, height }: Region, stride: number, image: NcrInfo): Region {
  const [x, y] = [left - (left % stride), top - (top % stride)];
  const right = Math.min(image.width, stride * Math.ceil((left + width) / stride));
  const bottom = Math.min(image.height, stride * Math.ceil((top + height) / stride));
  return { left: x, top: y, width: right - x, height: bottom - y };
}

function windowOf({ left, top, width, height }: Region): Window {
  return { top, left, rows: height, columns: width };
}

/** The pixels that stand for those of a window which begins at multiples of the stride. */
export function shrunk({ top, left, rows, columns }: Window, stride: number): Window {
  return {
    top: top / stride,
    left: left / stride,
    rows: Math.ceil(rows / stride),
    columns: Math.ceil(columns / stride),
  };
}

/**
 * Fills what two rectangles of an image share, all channels but alpha.
 *
 * @param target what `data` covers.
 */
function fillGrey(data: Uint8Array, channels: Channels, target: Window, lost: Window): void {
  const shared = intersection(target, lost);
  if (shared === undefined) return;
  const colours = channels < 3 ? 1 : 3;
  for (let row = shared.top - target.top; row < shared.top - target.top + shared.rows; row++) {
    const first = target.columns * row + shared.left - target.left;
    for (let pixel = first; pixel < first + shared.columns; pixel++) {
      data.fill(GREY, channels * pixel, channels * pixel + colours);
    }
  }
}
