// Entropy codes a picture's symbols tile by tile: each tile is one rANS stream, its hyper-latents
// first, then the four steps of its latents. Where an encoder's symbols come from is not known here.
import { CorruptFileError } from './errors.js';
import { advance, type JobOptions } from './job.js';
import type { Model } from './model.js';
import { MAX_HYPER_SYMBOL } from './quantize.js';
import { RansDecoder, RansEncoder } from './rans.js';
import { scaleIndicesOf } from './scale-indices.js';
import { gatherStep, STEPS, scatterStep, stepPlaces } from './steps.js';
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

/** A picture's planes before anything is known of them: all 0. */
export function noSymbols(model: Model, { hyper, latent }: TileGrid): PictureSymbols {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const latents = latentChannels * latent.rows * latent.columns;
  return {
    hyperSymbols: new Int32Array(hyperChannels * hyper.rows * hyper.columns),
    symbols: new Int32Array(latents),
    scaleIndices: new Uint8Array(latents),
  };
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
    for (let step = 0; step < STEPS; step++) {
      const places = stepPlaces(step, grid.latent, latent);
      const run = new Int32Array((latentChannels * latent.rows * latent.columns) / STEPS);
      const indices = new Uint8Array(run.length);
      gatherStep(symbols, grid.latent, places, run);
      gatherStep(scaleIndices, grid.latent, places, indices);
      encoder.put(run, indices);
    }
    return encoder.finish();
  });
}

/**
 * Reads the streams that {@link encodeTiles} wrote, one after another.
 *
 * @param streams one for each tile of the grid.
 * @param options told of each tile.
 * @throws {CorruptFileError} naming the tile.
 * @throws {ModelError} if the network `scales` gives anything but table rows.
 */
export async function decodeTiles(
  model: Model,
  grid: TileGrid,
  level: number,
  streams: readonly Uint8Array[],
  options: JobOptions,
): Promise<PictureSymbols> {
  const picture = noSymbols(model, grid);
  const count = grid.tiles.length;
  for (const [i, tile] of grid.tiles.entries()) {
    try {
      await decodeTile(model, grid, tile, level, streams[i]!, picture);
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error;
      const place = `Tile ${i + 1} of ${count}`;
      throw new CorruptFileError(`${place}: ${error.message}`, { cause: error });
    }
    advance(options, (i + 1) / count);
  }
  return picture;
}

/**
 * Reads the stream of one tile, from nothing but itself: tiles may be read in any order.
 *
 * @param picture receives the tile's symbols; nothing outside the tile is read or written.
 * @throws {CorruptFileError} if the stream ends too early, too late, or holds what cannot be.
 * @throws {ModelError} if the network `scales` gives anything but table rows.
 */
export async function decodeTile(
  model: Model,
  grid: TileGrid,
  tile: Tile,
  level: number,
  stream: Uint8Array,
  picture: PictureSymbols,
): Promise<void> {
  const decoder = new RansDecoder(model.tables, stream);
  const hyperRows = hyperIndices(model, level, tile.hyper);
  const hyperCells = new Int32Array(hyperRows.length);
  decoder.get(hyperRows, hyperCells);
  if (hyperCells.some((symbol) => Math.abs(symbol) > MAX_HYPER_SYMBOL)) {
    throw new CorruptFileError(
      `A hyper-latent lies beyond ${MAX_HYPER_SYMBOL}; get a good copy of the file.`,
    );
  }
  scatter(hyperCells, grid.hyper, tile.hyper, picture.hyperSymbols);
  for (let step = 0; step < STEPS; step++) {
    const indices = await scaleIndicesOf(model, grid, tile, level, step, picture);
    const run = new Int32Array(indices.length);
    decoder.get(indices, run);
    const places = stepPlaces(step, grid.latent, tile.latent);
    scatterStep(run, grid.latent, places, picture.symbols);
    scatterStep(indices, grid.latent, places, picture.scaleIndices);
  }
  decoder.finish();
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
