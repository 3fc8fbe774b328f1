// The section Alph: the alpha channel of an image, lossless, in tiles of its own (FORMAT.md). alpha-tile.ts codes
// each tile.
import { decodeAlphaTile, encodeAlphaTile } from './alpha-tile.js';
import { CorruptFileError } from './errors.js';
import type { Region } from './region.js';
import {
  readTileSection,
  type TileStreams,
  type Tolerance,
  writeTileSection,
} from './tile-section.js';
import { copyCells, type Window } from './tiles.js';

/** Type of the section in the container. */
export const ALPHA_TYPE = 'Alph';

/** log2 of the tile side, 512 pixels: large enough to learn, small enough for regions. */
const LOG2_TILE_SIDE = 9;

const OPAQUE = 255;

/**
 * Writes the section.
 *
 * @param alpha - one value a pixel, row by row from the top left.
 */
export function writeAlphaSection(alpha: Uint8Array, width: number, height: number): Uint8Array {
  const whole = { top: 0, left: 0, rows: height, columns: width };
  const streams: Uint8Array[] = [];
  for (const [, tile] of listTiles(whole, width, height, LOG2_TILE_SIDE)) {
    const values = new Uint8Array(tile.rows * tile.columns);
    copyCells(alpha, whole, values, tile);
    streams.push(encodeAlphaTile(values, tile));
  }
  return writeTileSection({ log2Side: LOG2_TILE_SIDE, streams });
}

/**
 * Reads the section, as `readTileSection` does. What is incomplete of it counts as damaged.
 *
 * @returns undefined if nothing of it can be read and that is tolerated.
 * @throws {@link CorruptFileError} naming the section and the tile.
 */
export function readAlphaSection(
  payload: Uint8Array,
  width: number,
  height: number,
  tolerance: Tolerance,
): TileStreams | undefined {
  const tolerated = tolerance === 'none' ? 'none' : 'damage';
  try {
    return nameSection(() => readTileSection(payload, width, height, tolerated));
  } catch (error) {
    if (tolerated === 'damage' && error instanceof CorruptFileError) return undefined;
    throw error;
  }
}

/**
 * The alpha of a region; only the tiles under it are decoded.
 *
 * @param width - pixels per row of the image.
 * @param damaged - if given, takes the rectangles of damaged tiles, which are opaque then.
 * @returns one value a pixel of the region, row by row.
 * @throws {@link CorruptFileError} naming the section and the tile, without `damaged`.
 */
export function decodeAlpha(
  section: TileStreams,
  width: number,
  height: number,
  region: Region,
  damaged?: Region[],
): Uint8Array {
  const target = { top: region.top, left: region.left, rows: region.height, columns: region.width };
  const alpha = new Uint8Array(region.width * region.height);
  for (const [i, tile] of listTiles(target, width, height, section.log2Side)) {
    try {
      const values = nameSection(() => decodeAlphaTile(section.get(i), tile), `Tile ${i + 1}: `);
      copyCells(values, tile, alpha, target);
    } catch (error) {
      if (!damaged || !(error instanceof CorruptFileError)) throw error;
      const { left, top, rows, columns } = tile;
      damaged.push({ left, top, width: columns, height: rows });
      copyCells(new Uint8Array(rows * columns).fill(OPAQUE), tile, alpha, target);
    }
  }
  return alpha;
}

/**
 * The tiles that share pixels with a window: their places in the section, in raster order, and what each
 * covers. Those at the right and bottom edge are as small as what is left.
 */
function* listTiles(
  window: Window,
  width: number,
  height: number,
  log2Side: number,
): Generator<[index: number, tile: Window]> {
  const side = 2 ** log2Side;
  const across = Math.ceil(width / side);
  const [bottom, right] = [window.top + window.rows, window.left + window.columns];
  for (let y = Math.floor(window.top / side); y * side < bottom; y++) {
    for (let x = Math.floor(window.left / side); x * side < right; x++) {
      const [top, left] = [y * side, x * side];
      const rows = Math.min(side, height - top);
      yield [y * across + x, { top, left, rows, columns: Math.min(side, width - left) }];
    }
  }
}

/** Calls a reader, and names this section in its errors. */
function nameSection<Result>(read: () => Result, place = ''): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CorruptFileError)) throw error;
    const message = `Section ${ALPHA_TYPE}: ${place}${error.message}`;
    throw new CorruptFileError(message, { cause: error });
  }
}
