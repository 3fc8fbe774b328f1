// How a picture is cut into tiles, and how planes of numbers are reordered between the whole picture
// (what networks see) and tiles (what the entropy coder sees). It knows no bytes and no coder.

/** Pixels per latent, along each side. */
export const LATENT_STRIDE = 16;

/** Pixels per hyper-latent, along each side; padded pictures are multiples of this. */
export const HYPER_STRIDE = 64;

/** Latents per hyper-latent, along each side. */
const LATENTS_PER_HYPER = HYPER_STRIDE / LATENT_STRIDE;

/** Size of a plane, in its own cells. */
export interface PlaneSize {
  readonly rows: number;
  readonly columns: number;
}

/** A rectangle of a plane, in cells of that plane. */
export interface Window extends PlaneSize {
  readonly top: number;
  readonly left: number;
}

/** One tile: what it covers of the hyper-latents and of the latents. */
export interface Tile {
  readonly hyper: Window;
  readonly latent: Window;
}

/** A picture's planes and the tiles they are cut into, in raster order. */
export interface TileGrid {
  /** Size of a hyper-latent plane. */
  readonly hyper: PlaneSize;
  /** Size of a latent plane. */
  readonly latent: PlaneSize;
  /** Size of the padded picture, in pixels. */
  readonly padded: PlaneSize;
  readonly tiles: readonly Tile[];
}

/**
 * The number of tiles of a picture, without making them. A tile's side is a multiple of 64, so the
 * padding adds none.
 *
 * @param log2Side log2 of the tile side in pixels, 6..16.
 */
export function tileCount(width: number, height: number, log2Side: number): number {
  return Math.ceil(width / 2 ** log2Side) * Math.ceil(height / 2 ** log2Side);
}

/**
 * Cuts a picture into square tiles; those at the right and bottom edge are as small as what is left.
 *
 * @param width pixels, before padding.
 * @param height pixels, before padding.
 * @param log2Side log2 of the tile side in pixels, 6..16.
 * @example
 * tileGrid(768, 512, 9).tiles.length; // 2
 */
export function tileGrid(width: number, height: number, log2Side: number): TileGrid {
  const rows = Math.ceil(height / HYPER_STRIDE);
  const columns = Math.ceil(width / HYPER_STRIDE);
  const side = 2 ** log2Side / HYPER_STRIDE;
  const tiles: Tile[] = [];
  for (let top = 0; top < rows; top += side) {
    for (let left = 0; left < columns; left += side) {
      const hyper = {
        top,
        left,
        rows: Math.min(side, rows - top),
        columns: Math.min(side, columns - left),
      };
      const latent = {
        top: hyper.top * LATENTS_PER_HYPER,
        left: hyper.left * LATENTS_PER_HYPER,
        rows: hyper.rows * LATENTS_PER_HYPER,
        columns: hyper.columns * LATENTS_PER_HYPER,
      };
      tiles.push({ hyper, latent });
    }
  }
  return {
    hyper: { rows, columns },
    latent: { rows: rows * LATENTS_PER_HYPER, columns: columns * LATENTS_PER_HYPER },
    padded: { rows: rows * HYPER_STRIDE, columns: columns * HYPER_STRIDE },
    tiles,
  };
}

/**
 * Copies a window of every plane into one run of numbers: channel by channel, row by row.
 *
 * @param planes all channels of the picture, each of `plane.rows` × `plane.columns`.
 * @param out receives channels × window cells.
 */
export function gather(
  planes: Int32Array,
  plane: PlaneSize,
  window: Window,
  out: Int32Array,
): void {
  const { rows, columns } = window;
  const skip = plane.columns - columns;
  const planeSize = plane.rows * plane.columns;
  const first = window.top * plane.columns + window.left;
  for (let to = 0, origin = first; to < out.length; origin += planeSize) {
    for (let row = 0, from = origin; row < rows; row++, from += skip) {
      for (const end = to + columns; to < end; ) out[to++] = planes[from++]!;
    }
  }
}

/** The inverse of {@link gather}: copies one run of numbers into a window of every plane. */
export function scatter(
  cells: Int32Array,
  plane: PlaneSize,
  window: Window,
  planes: Int32Array,
): void {
  const { rows, columns } = window;
  const skip = plane.columns - columns;
  const planeSize = plane.rows * plane.columns;
  const first = window.top * plane.columns + window.left;
  for (let from = 0, origin = first; from < cells.length; origin += planeSize) {
    for (let row = 0, to = origin; row < rows; row++, to += skip) {
      for (const end = from + columns; from < end; ) planes[to++] = cells[from++]!;
    }
  }
}
