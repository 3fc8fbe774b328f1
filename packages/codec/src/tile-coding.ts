// Entropy codes a picture's symbols tile by tile: each tile is one rANS stream, its hyper-latents
// first, then its latents. Where the symbols and their tables come from is not known here.
import { CorruptFileError } from './errors.js';
import type { Model } from './model.js';
import { MAX_HYPER_SYMBOL } from './quantize.js';
import { RansDecoder, RansEncoder } from './rans.js';
import { gather, type PlaneSize, scatter, type Tile, type TileGrid } from './tiles.js';

/** All that a file says about a picture, planar: [channels, rows, columns]. */
export interface PictureSymbols {
  /** Hyper-latents, −127..127, at 1/64 of the resolution. */
  readonly hyperSymbols: Int32Array;
  /** Latents, −32767..32767, at 1/16 of the resolution. */
  readonly symbols: Int32Array;
  /** Table row of each of `symbols`. */
  readonly scaleIndices: Uint8Array;
}

/** Writes one stream for each tile of the grid. */
export function encodeTiles(
  model: Model,
  grid: TileGrid,
  level: number,
  { hyperSymbols, symbols, scaleIndices }: PictureSymbols,
): Uint8Array[] {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  return grid.tiles.map(({ hyper, latent }) => {
    const encoder = new RansEncoder(model.tables);
    const hyperCells = new Int32Array(hyperChannels * hyper.rows * hyper.columns);
    gather(hyperSymbols, grid.hyper, hyper, hyperCells);
    encoder.put(hyperCells, hyperIndices(model, level, hyper));
    const cells = new Int32Array(latentChannels * latent.rows * latent.columns);
    const indices = new Uint8Array(cells.length);
    gather(symbols, grid.latent, latent, cells);
    gather(scaleIndices, grid.latent, latent, indices);
    encoder.put(cells, indices);
    return encoder.finish();
  });
}

/**
 * Reads the streams that {@link encodeTiles} wrote, in two passes: the tables of the latents follow
 * from the hyper-latents of the whole picture.
 */
export class TilesDecoder {
  readonly #model: Model;
  readonly #grid: TileGrid;
  readonly #decoders: readonly RansDecoder[];

  /** @param streams one for each tile of the grid. */
  constructor(model: Model, grid: TileGrid, streams: readonly Uint8Array[]) {
    this.#model = model;
    this.#grid = grid;
    this.#decoders = grid.tiles.map((_, i) =>
      this.#named(i, () => new RansDecoder(model.tables, streams[i]!)),
    );
  }

  /**
   * The first pass: the hyper-latents of all tiles.
   *
   * @throws {CorruptFileError} naming the tile.
   */
  hyperSymbols(level: number): Int32Array {
    const { hyperChannels } = this.#model.description.bitstream;
    const { hyper: plane } = this.#grid;
    const symbols = new Int32Array(hyperChannels * plane.rows * plane.columns);
    this.#eachTile(({ hyper }, decoder) => {
      const indices = hyperIndices(this.#model, level, hyper);
      const cells = new Int32Array(indices.length);
      decoder.get(indices, cells);
      if (cells.some((symbol) => Math.abs(symbol) > MAX_HYPER_SYMBOL)) {
        throw new CorruptFileError(
          `A hyper-latent lies beyond ${MAX_HYPER_SYMBOL}; get a good copy of the file.`,
        );
      }
      scatter(cells, plane, hyper, symbols);
    });
    return symbols;
  }

  /**
   * The second pass: the latents of all tiles, after which the streams must be used up.
   *
   * @param scaleIndices the table row of each latent of the picture, planar.
   * @throws {CorruptFileError} naming the tile.
   */
  symbols(scaleIndices: Uint8Array): Int32Array {
    const { latentChannels } = this.#model.description.bitstream;
    const { latent: plane } = this.#grid;
    const symbols = new Int32Array(scaleIndices.length);
    this.#eachTile(({ latent }, decoder) => {
      const indices = new Uint8Array(latentChannels * latent.rows * latent.columns);
      gather(scaleIndices, plane, latent, indices);
      const cells = new Int32Array(indices.length);
      decoder.get(indices, cells);
      decoder.finish();
      scatter(cells, plane, latent, symbols);
    });
    return symbols;
  }

  #eachTile(visit: (tile: Tile, decoder: RansDecoder) => void): void {
    for (const [i, tile] of this.#grid.tiles.entries()) {
      this.#named(i, () => visit(tile, this.#decoders[i]!));
    }
  }

  /** Says in which tile a stream is wrong. */
  #named<Result>(tile: number, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error;
      const place = `Tile ${tile + 1} of ${this.#grid.tiles.length}`;
      throw new CorruptFileError(`${place}: ${error.message}`, { cause: error });
    }
  }
}

/** The table row of every hyper-latent of a tile: one row for each channel. */
function hyperIndices(model: Model, level: number, { rows, columns }: PlaneSize): Uint8Array {
  const channels = model.hyperTableRow(level);
  const indices = new Uint8Array(channels.length * rows * columns);
  for (const [channel, row] of channels.entries()) {
    indices.fill(row, channel * rows * columns, (channel + 1) * rows * columns);
  }
  return indices;
}
