// Entropy codes the symbols of a tile: one rANS stream, its hyper-latents first, then the four steps of
// its latents. Where an encoder's symbols come from, and what lies around the tile, is not known here.
import { CorruptFileError } from './errors.js';
import type { Model } from './model.js';
import { MAX_HYPER_SYMBOL } from './quantize.js';
import { RansDecoder, RansEncoder } from './rans.js';
import { scaleIndicesOf } from './scale-indices.js';
import { gatherStep, STEPS, scatterStep, stepPlaces } from './steps.js';
import type { PlaneSize, Tile } from './tiles.js';

/** All that a file says about an image, or a stream about a tile, planar: [channels, rows, columns]. */
export interface ImageSymbols {
  /** Hyper-latents, −127..127, at 1/64 of the resolution. */
  readonly hyperSymbols: Int32Array;
  /** Latents, −32767..32767, at 1/16 of the resolution. */
  readonly symbols: Int32Array;
  /** Table row of each of `symbols`. */
  readonly scaleIndices: Uint8Array;
}

/**
 * Writes the stream of one tile.
 *
 * @param symbols of the tile alone, planar.
 * @throws {ModelError} if the network `scales` gives anything but table rows.
 */
export async function encodeTile(
  model: Model,
  tile: Tile,
  level: number,
  symbols: Pick<ImageSymbols, 'hyperSymbols' | 'symbols'>,
): Promise<Uint8Array> {
  const encoder = new RansEncoder(model.tables);
  encoder.put(symbols.hyperSymbols, hyperIndices(model, level, tile.hyper));
  for (let step = 0; step < STEPS; step++) {
    const indices = await scaleIndicesOf(model, tile, level, step, symbols);
    const run = new Int32Array(indices.length);
    gatherStep(symbols.symbols, tile.latent, stepPlaces(step, tile.latent), run);
    encoder.put(run, indices);
  }
  return encoder.finish();
}

/**
 * Reads the stream of one tile, from nothing but itself: tiles may be read in any order.
 *
 * @returns what {@link encodeTile} was given, of the tile alone, and the table rows.
 * @throws {CorruptFileError} if the stream ends too early, too late, or holds what cannot be.
 * @throws {ModelError} if the network `scales` gives anything but table rows.
 */
export async function decodeTile(
  model: Model,
  tile: Tile,
  level: number,
  stream: Uint8Array,
): Promise<ImageSymbols> {
  const { hyper, latent } = tile;
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const decoder = new RansDecoder(model.tables, stream);
  const hyperSymbols = new Int32Array(hyperChannels * hyper.rows * hyper.columns);
  decoder.get(hyperIndices(model, level, hyper), hyperSymbols);
  if (hyperSymbols.some((symbol) => Math.abs(symbol) > MAX_HYPER_SYMBOL)) {
    throw new CorruptFileError(
      `A hyper-latent lies beyond ${MAX_HYPER_SYMBOL}; get a good copy of the file.`,
    );
  }
  const symbols = new Int32Array(latentChannels * latent.rows * latent.columns);
  const scaleIndices = new Uint8Array(symbols.length);
  for (let step = 0; step < STEPS; step++) {
    const indices = await scaleIndicesOf(model, tile, level, step, { hyperSymbols, symbols });
    const run = new Int32Array(indices.length);
    decoder.get(indices, run);
    const places = stepPlaces(step, latent);
    scatterStep(run, latent, places, symbols);
    scatterStep(indices, latent, places, scaleIndices);
  }
  decoder.finish();
  return { hyperSymbols, symbols, scaleIndices };
}

/** What stands for a tile that cannot be read: all 0. */
export function noSymbols(model: Model, { hyper, latent }: Tile): ImageSymbols {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const latents = latentChannels * latent.rows * latent.columns;
  return {
    hyperSymbols: new Int32Array(hyperChannels * hyper.rows * hyper.columns),
    symbols: new Int32Array(latents),
    scaleIndices: new Uint8Array(latents),
  };
}

/** The table row of every hyper-latent of a tile: one row for each channel. */
function hyperIndices(model: Model, level: number, { rows, columns }: PlaneSize): Uint8Array {
  const channels = model.getHyperTableRows(level);
  const indices = new Uint8Array(channels.length * rows * columns);
  for (const [channel, row] of channels.entries()) {
    indices.fill(row, channel * rows * columns, (channel + 1) * rows * columns);
  }
  return indices;
}
