// How an image is cut into tiles, and how planes of numbers are copied between tiles (what the entropy
// coder sees) and windows of the image (what networks see).

/** Pixels per latent, along each side. */
export const LATENT_STRIDE = 16;

/** Pixels per hyper-latent, along each side; padded images are multiples of this. */
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

/** How an image's planes are cut into tiles, in raster order. {@link getTile} makes a tile of it. */
export interface TileGrid {
  /** Size of a hyper-latent plane. */
  readonly hyper: PlaneSize;
  /** Size of a latent plane. */
  readonly latent: PlaneSize;
  /** Side of a tile that no edge cuts, in hyper-latents. */
  readonly side: number;
  /** How many there are: a small file may claim a million, of which few are wanted. */
  readonly count: number;
}

/**
 * The number of tiles of an image, without making them. A tile's side is a multiple of 64, so the
 * padding adds none.
 *
 * @param log2Side - log2 of the tile side in pixels, 6..16.
 */
export function countTiles(width: number, height: number, log2Side: number): number {
  return Math.ceil(width / 2 ** log2Side) * Math.ceil(height / 2 ** log2Side);
}

/**
 * How an image is cut into square tiles.
 *
 * @param width - pixels, before padding.
 * @param height - pixels, before padding.
 * @param log2Side - log2 of the tile side in pixels, 6..16.
 * @example
 * ```ts
 * createTileGrid(768, 512, 9).count; // 2
 * ```
 */
export function createTileGrid(width: number, height: number, log2Side: number): TileGrid {
  const rows = Math.ceil(height / HYPER_STRIDE);
  const columns = Math.ceil(width / HYPER_STRIDE);
  return {
    hyper: { rows, columns },
    latent: { rows: rows * LATENTS_PER_HYPER, columns: columns * LATENTS_PER_HYPER },
    side: 2 ** log2Side / HYPER_STRIDE,
    count: countTiles(width, height, log2Side),
  };
}

/**
 * One tile; those at the right and bottom edge are as small as what is left.
 *
 * @param index - its place in raster order, below `grid.count`.
 */
export function getTile({ hyper: { rows, columns }, side }: TileGrid, index: number): Tile {
  const across = Math.ceil(columns / side);
  const top = side * Math.floor(index / across);
  const left = side * (index % across);
  const hyper = {
    top,
    left,
    rows: Math.min(side, rows - top),
    columns: Math.min(side, columns - left),
  };
  return { hyper, latent: toLatents(hyper) };
}

/**
 * Which tiles a window touches, as their places in raster order.
 *
 * @param window - in hyper-latents, within the image.
 */
export function findTiles({ hyper, side }: TileGrid, window: Window): number[] {
  const across = Math.ceil(hyper.columns / side);
  const found: number[] = [];
  for (let y = Math.floor(window.top / side); y * side < window.top + window.rows; y++) {
    for (let x = Math.floor(window.left / side); x * side < window.left + window.columns; x++) {
      found.push(y * across + x);
    }
  }
  return found;
}

/** What planes are made of. */
type Cells = Float32Array | Int32Array | Int16Array | Uint8Array;

/**
 * The intersection of two windows, in cells of one plane.
 *
 * @returns undefined if they do not overlap.
 */
export function intersect(a: Window, b: Window): Window | undefined {
  const top = Math.max(a.top, b.top);
  const left = Math.max(a.left, b.left);
  const rows = Math.min(a.top + a.rows, b.top + b.rows) - top;
  const columns = Math.min(a.left + a.columns, b.left + b.columns) - left;
  return rows > 0 && columns > 0 ? { top, left, rows, columns } : undefined;
}

/** The latents of a window of hyper-latents. */
export function toLatents({ top, left, rows, columns }: Window): Window {
  return {
    top: top * LATENTS_PER_HYPER,
    left: left * LATENTS_PER_HYPER,
    rows: rows * LATENTS_PER_HYPER,
    columns: columns * LATENTS_PER_HYPER,
  };
}

/**
 * Copies what two windows of an image share, in every channel, from the planes of the one to those of
 * the other.
 *
 * @param from - all channels of `source`, planar: [channels, source.rows, source.columns].
 * @param source - what `from` covers of the image.
 * @param to - as many channels of `target`.
 * @param target - what `to` covers of the image.
 */
export function copyCells(from: Cells, source: Window, to: Cells, target: Window): void {
  const shared = intersect(source, target);
  if (shared === undefined) return;
  const { top, left, rows, columns } = shared;
  const sourceSize = source.rows * source.columns;
  const targetSize = target.rows * target.columns;
  const sourceFirst = (top - source.top) * source.columns + left - source.left;
  const targetFirst = (top - target.top) * target.columns + left - target.left;
  for (let channel = 0; channel * sourceSize < from.length; channel++) {
    for (let row = 0; row < rows; row++) {
      let at = channel * sourceSize + sourceFirst + row * source.columns;
      let out = channel * targetSize + targetFirst + row * target.columns;
      for (const end = at + columns; at < end; ) to[out++] = from[at++]!;
    }
  }
}

/**
 * The cells of a smaller plane that cover those of a window.
 *
 * @param window - it begins at multiples of the stride.
 * @param stride - cells of the window for one of the smaller plane, along each side.
 */
export function shrinkWindow({ top, left, rows, columns }: Window, stride: number): Window {
  return {
    top: top / stride,
    left: left / stride,
    rows: Math.ceil(rows / stride),
    columns: Math.ceil(columns / stride),
  };
}

/** The pixels of the padded image under a window of hyper-latents. */
export function toPixels({ top, left, rows, columns }: Window): Window {
  return {
    top: top * HYPER_STRIDE,
    left: left * HYPER_STRIDE,
    rows: rows * HYPER_STRIDE,
    columns: columns * HYPER_STRIDE,
  };
}
