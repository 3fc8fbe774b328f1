// Between interleaved images of any size and the planar float windows networks take: padded to multiples of 64
// on the way in, rounded and cropped on the way out.
import type { Channels, RawImage, RawImage16 } from './image.js';
import { intersect, type Window } from './tiles.js';

/**
 * A window of the padded image as three planes of values in 0..1, equal ones if it is grey. The padding
 * repeats the last column and the last row.
 *
 * @param window - in pixels; it begins within the image.
 * @returns planar [3, window.rows, window.columns].
 */
export function padToPlanes(image: RawImage | RawImage16, window: Window): Float32Array {
  const { width, height, channels, data } = image;
  const most = data instanceof Uint16Array ? 65_535 : 255;
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const { top, left, rows, columns } = window;
  const size = rows * columns;
  const planes = new Float32Array(3 * size);
  const withinRows = Math.min(rows, height - top);
  const withinColumns = Math.min(columns, width - left);
  for (let row = 0; row < withinRows; row++) {
    const start = row * columns;
    let from = channels * (width * (top + row) + left);
    for (let to = start; to < start + withinColumns; to++, from += channels) {
      planes[to] = data[from]! / most;
      planes[to + size] = data[from + green]! / most;
      planes[to + 2 * size] = data[from + blue]! / most;
    }
  }
  for (let origin = 0; origin < planes.length; origin += size) {
    for (let start = origin; start < origin + withinRows * columns; start += columns) {
      planes.fill(planes[start + withinColumns - 1]!, start + withinColumns, start + columns);
    }
    const lastRow = origin + (withinRows - 1) * columns;
    for (let start = lastRow + columns; start < origin + size; start += columns) {
      planes.copyWithin(start, lastRow, lastRow + columns);
    }
  }
  return planes;
}

/**
 * Writes the pixels of a window into an image: each value times 255, or 65535, rounded (halves upwards) and
 * clamped. Grey is the mean of the three, rounded; alpha is left as it is.
 *
 * @param planes - planar [3, window.rows, window.columns], about 0..1.
 * @param window - what they cover, in pixels.
 * @param core - the part of the window that is written, clipped to `region`.
 * @param region - what `data` covers, in pixels.
 * @param data - the samples of each pixel of the region, row by row.
 * @param channels - how many a pixel has.
 */
export function cropFromPlanes(
  planes: Float32Array,
  window: Window,
  core: Window,
  region: Window,
  data: Uint8Array | Uint16Array,
  channels: Channels,
): void {
  const most = data instanceof Uint16Array ? 65_535 : 255;
  const shared = intersect(core, region);
  if (shared === undefined) return;
  const size = window.rows * window.columns;
  for (let row = shared.top; row < shared.top + shared.rows; row++) {
    let from = (row - window.top) * window.columns + shared.left - window.left;
    let to = channels * ((row - region.top) * region.columns + shared.left - region.left);
    for (const end = from + shared.columns; from < end; from++, to += channels) {
      const red = toSample(planes[from]!, most);
      const green = toSample(planes[from + size]!, most);
      const blue = toSample(planes[from + 2 * size]!, most);
      if (channels < 3) {
        data[to] = Math.floor((red + green + blue + 1) / 3);
      } else {
        data[to] = red;
        data[to + 1] = green;
        data[to + 2] = blue;
      }
    }
  }
}

function toSample(value: number, most: number): number {
  return Math.max(0, Math.min(most, Math.floor(value * most + 0.5)));
}
