// Entropy codes the symbols of a tile: one rANS stream, its hyper-latents first, then the four steps of
// its latents.
import { CorruptFileError } from './errors.js';
import type { Model } from './model.js';
import { MAX_HYPER_SYMBOL } from './quantize.js';
import { RansDecoder, RansEncoder } from './rans.js';
import { computeScaleIndices } from './scale-indices.js';
import { gatherStep, getStepPlaces, STEPS, scatterStep } from './steps.js';
import type { PlaneSize, Tile } from './tiles.js';

/** The integers of an image, a window or a tile, planar: [channels, rows, columns]. */
export interface CodedSymbols {
  /** Hyper-latents, −127..127, at 1/64 of the resolution. */
  readonly hyperSymbols: Int32Array;
  /** Latents, −32767..32767, at 1/16 of the resolution. */
  readonly symbols: Int32Array;
}

/** The integers with the table rows that they were coded with. */
export interface ImageSymbols extends CodedSymbols {
  /** Table row of each of `symbols`. */
  readonly scaleIndices: Uint8Array;
}

/**
 * Writes the stream of one tile.
 *
 * @param symbols - of the tile alone.
 * @throws {@link ModelError} if the network `scales` gives anything but table rows.
 */
export async function encodeTile(
  model: Model,
  tile: Tile,
  level: number,
  symbols: CodedSymbols,
): Promise<Uint8Array> {
  const encoder = new RansEncoder(model.tables);
  encoder.put(symbols.hyperSymbols, listHyperIndices(model, level, tile.hyper));
  for (let step = 0; step < STEPS; step++) {
    const indices = await computeScaleIndices(model, tile, level, step, symbols);
    const run = new Int32Array(indices.length);
    gatherStep(symbols.symbols, tile.latent, getStepPlaces(step, tile.latent), run);
    encoder.put(run, indices);
  }
  return encoder.finish();
}

/**
 * Reads the stream of one tile. It depends on nothing but the stream: tiles may be read in any order.
 *
 * @param incomplete - accepts the beginning of a stream, if it has all hyper-latents: the latents that it does
 * not have are 0, as if they were what the network predicts.
 * @returns the symbols of the tile, and the table rows.
 * @throws {@link CorruptFileError} if the stream ends too early or too late, or holds impossible symbols.
 * @throws {@link ModelError} if the network `scales` gives anything but table rows.
 */
export async function decodeTile(
  model: Model,
  tile: Tile,
  level: number,
  stream: Uint8Array,
  incomplete = false,
): Promise<ImageSymbols> {
  const { hyper, latent } = tile;
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const decoder = new RansDecoder(model.tables, stream);
  const hyperSymbols = new Int32Array(hyperChannels * hyper.rows * hyper.columns);
  decoder.get(listHyperIndices(model, level, hyper), hyperSymbols);
  if (hyperSymbols.some((symbol) => Math.abs(symbol) > MAX_HYPER_SYMBOL)) {
    throw new CorruptFileError(
      `A hyper-latent is beyond ${MAX_HYPER_SYMBOL}; get a good copy of the file.`,
    );
  }
  const symbols = new Int32Array(latentChannels * latent.rows * latent.columns);
  const scaleIndices = new Uint8Array(symbols.length);
  for (let step = 0; step < STEPS; step++) {
    const indices = await computeScaleIndices(model, tile, level, step, { hyperSymbols, symbols });
    const run = new Int32Array(indices.length);
    const isWhole = decodeRun(decoder, indices, run, incomplete);
    const places = getStepPlaces(step, latent);
    scatterStep(run, latent, places, symbols);
    scatterStep(indices, latent, places, scaleIndices);
    if (!isWhole) return { hyperSymbols, symbols, scaleIndices };
  }
  decoder.finish();
  return { hyperSymbols, symbols, scaleIndices };
}

/** Decodes the symbols of a step; tells whether all of them are there. */
function decodeRun(
  decoder: RansDecoder,
  indices: Uint8Array,
  run: Int32Array,
  incomplete: boolean,
): boolean {
  try {
    decoder.get(indices, run);
    return true;
  } catch (error) {
    // What was decoded before the end is right.
    if (incomplete && error instanceof CorruptFileError) return false;
    throw error;
  }
}

/** Symbols that are all 0, in place of a tile that cannot be read. */
export function createZeroSymbols(model: Model, { hyper, latent }: Tile): ImageSymbols {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const latents = latentChannels * latent.rows * latent.columns;
  return {
    hyperSymbols: new Int32Array(hyperChannels * hyper.rows * hyper.columns),
    symbols: new Int32Array(latents),
    scaleIndices: new Uint8Array(latents),
  };
}

/** The table row of every hyper-latent of a tile: one row for each channel. */
function listHyperIndices(model: Model, level: number, { rows, columns }: PlaneSize): Uint8Array {
  const channels = model.getHyperTableRows(level);
  const indices = new Uint8Array(channels.length * rows * columns);
  for (const [channel, row] of channels.entries()) {
    indices.fill(row, channel * rows * columns, (channel + 1) * rows * columns);
  }
  return indices;
}
