// The order in which latents are coded: four steps, each with the steps before it as context. scale-indices.ts
// computes tables from that context.
//
// The pattern is that of J. Li, B. Li and Y. Lu, "Neural video compression with diverse contexts",
// CVPR 2023, with every fourth channel in place of four parts of the channels: from the second step
// on, a latent has known neighbours both in its own channel and at its own place.
import type { PlaneSize } from './tiles.js';

/** Number of steps. */
export const STEPS = 4;

/**
 * Positions of the latents of a step in the planes of a tile, or of a window that begins where a tile may. The step of channel c at row r and column q is `(2·((r + q) mod 2) + (r mod 2)) XOR (c mod 4)`:
 * every step takes one of four places in each channel, and at each place one of four channels.
 *
 * @param step - 0..3.
 * @param plane - size of one channel's plane, both even.
 * @returns four lists, that of channel c at `c & 3`: positions in the plane of that channel, row by
 * row and from left to right.
 * @example
 * ```ts
 * getStepPlaces(2, { rows: 2, columns: 2 }); // [[1], [2], [0], [3]]
 * ```
 */
export function getStepPlaces(step: number, { rows, columns }: PlaneSize): readonly Int32Array[] {
  return Array.from({ length: STEPS }, (_, group) => {
    const kind = step ^ group;
    const firstRow = kind & 1;
    const firstColumn = (kind >> 1) ^ firstRow;
    const places = new Int32Array((rows * columns) / 4);
    for (let row = firstRow, i = 0; row < rows; row += 2) {
      const start = row * columns;
      for (let column = firstColumn; column < columns; column += 2) places[i++] = start + column;
    }
    return places;
  });
}

/**
 * Copies a step's latents into one run of numbers, in the order of the stream: channel by
 * channel, within a channel row by row, within a row from left to right.
 *
 * @param planes - all channels, each of `plane.rows` × `plane.columns`.
 * @param places - of the step, from {@link getStepPlaces}.
 * @param run - receives a quarter of the latents.
 */
export function gatherStep<Cells extends Float32Array | Int32Array | Uint8Array>(
  planes: Cells,
  plane: PlaneSize,
  places: readonly Int32Array[],
  run: Cells,
): void {
  const planeSize = plane.rows * plane.columns;
  for (let to = 0, channel = 0; to < run.length; channel++) {
    const origin = channel * planeSize;
    const within = places[channel & 3]!;
    for (let i = 0; i < within.length; i++) run[to++] = planes[origin + within[i]!]!;
  }
}

/** The inverse of {@link gatherStep}: copies one run of numbers to a step's latents. */
export function scatterStep<Cells extends Float32Array | Int32Array | Uint8Array>(
  run: Cells,
  plane: PlaneSize,
  places: readonly Int32Array[],
  planes: Cells,
): void {
  const planeSize = plane.rows * plane.columns;
  for (let from = 0, channel = 0; from < run.length; channel++) {
    const origin = channel * planeSize;
    const within = places[channel & 3]!;
    for (let i = 0; i < within.length; i++) planes[origin + within[i]!] = run[from++]!;
  }
}
