// From a picture to the bytes of a .ncr file: runs the encoder's networks, chooses symbols, and hands
// them to the entropy coder. Reading picture files is not done here.
import { writeContainer } from './format.js';
import { checkImage, type RgbImage } from './image.js';
import { advance, checkJobOptions, type JobOptions, partOf } from './job.js';
import { Model } from './model.js';
import { padToPlanes } from './pad.js';
import { quantize, quantizeHyper } from './quantize.js';
import type { Tensor } from './runtime.js';
import { scaleIndicesOf } from './scale-indices.js';
import { gatherStep, STEPS, scatterStep, stepPlaces } from './steps.js';
import { encodeTiles, noSymbols, type PictureSymbols } from './tile-coding.js';
import { TILE_TYPE, writeTileSection } from './tile-section.js';
import { type PlaneSize, type TileGrid, tileGrid } from './tiles.js';
import { checkInteger, expectedButReceived } from './validate.js';

/** log2 of the tile side this encoder writes, 512 pixels: a tile costs about 11 bytes. */
const LOG2_TILE_SIDE = 9;

const DEFAULT_QUALITY = 50;

/** Options of {@link encode}. */
export interface EncodeOptions extends JobOptions {
  /** Integer in 1..100, from the smallest file to the best picture; 50 if left out. */
  readonly quality?: number | undefined;
}

/**
 * Encodes a picture.
 *
 * @returns the bytes of a `.ncr` file.
 * @throws {TypeError | RangeError} for a bad argument.
 * @throws {ModelError} if the model's networks do not fit its description.
 * @throws the signal's reason once it is aborted.
 * @example
 * const bytes = await encode(model, { width, height, data }, { quality: 30 });
 */
export async function encode(
  model: Model,
  image: RgbImage,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  checkImage(image, 'image');
  checkJobOptions(options);
  const { quality = DEFAULT_QUALITY } = options;
  checkInteger(quality, 1, 100, 'quality');
  const { width, height } = image;
  const level = model.levelOf(quality);
  const grid = tileGrid(width, height, LOG2_TILE_SIDE);
  advance(options, 0);
  const { y, hyperSymbols } = await analyse(model, grid, level, image);
  advance(options, 0.5);
  const choosing = partOf(options, 0.5, 0.95);
  const symbols = await chooseSymbols(model, grid, level, y, hyperSymbols, choosing);
  const streams = encodeTiles(model, grid, level, symbols);
  const payload = writeTileSection({ log2Side: LOG2_TILE_SIDE, streams });
  const bytes = writeContainer({
    width,
    height,
    level,
    modelHash: model.hash,
    sections: [{ type: TILE_TYPE, payload }],
  });
  advance(options, 1);
  return bytes;
}

/** Runs the analysis, and rounds the hyper-latents. */
async function analyse(
  model: Model,
  { padded, latent, hyper }: TileGrid,
  level: number,
  image: RgbImage,
): Promise<{ y: Float32Array; hyperSymbols: Int32Array }> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const { y, z } = await model.run(
    'analysis',
    { x: { data: padToPlanes(image, padded), dims: dimsOf(3, padded) }, level: integer(level) },
    { y: dimsOf(latentChannels, latent), z: dimsOf(hyperChannels, hyper) },
  );
  return { y, hyperSymbols: quantizeHyper(z) };
}

/**
 * Chooses the symbols step by step: means and tables of each step follow from the steps before, as
 * the decoder will know them.
 *
 * @param y the picture's latents, times the gains of the level, planar.
 */
async function chooseSymbols(
  model: Model,
  grid: TileGrid,
  level: number,
  y: Float32Array,
  hyperSymbols: Int32Array,
  options: JobOptions,
): Promise<PictureSymbols> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const { latent: plane, tiles } = grid;
  const dims = dimsOf(latentChannels, plane);
  const z = { data: new Float32Array(hyperSymbols), dims: dimsOf(hyperChannels, grid.hyper) };
  const picture = { ...noSymbols(model, grid), hyperSymbols };
  const known = new Float32Array(y.length);
  for (let step = 0; step < STEPS; step++) {
    const { mu } = await model.run(
      'means',
      { y_known: { data: known, dims }, z, level: integer(level), step: integer(step) },
      { mu: dims },
    );
    advance(options, (step + 0.5) / STEPS);
    for (const [i, tile] of tiles.entries()) {
      const indices = await scaleIndicesOf(model, grid, tile, level, step, picture);
      const places = stepPlaces(step, plane, tile.latent);
      const latents = new Float32Array(indices.length);
      const means = new Float32Array(indices.length);
      gatherStep(y, plane, places, latents);
      gatherStep(mu, plane, places, means);
      const symbols = quantize(latents, means);
      const decoded = means;
      for (let at = 0; at < decoded.length; at++) decoded[at]! += symbols[at]!;
      scatterStep(symbols, plane, places, picture.symbols);
      scatterStep(indices, plane, places, picture.scaleIndices);
      scatterStep(decoded, plane, places, known);
      advance(options, (step + 0.5 + (0.5 * (i + 1)) / tiles.length) / STEPS);
    }
  }
  return picture;
}

function dimsOf(channels: number, { rows, columns }: PlaneSize): readonly number[] {
  return [1, channels, rows, columns];
}

function integer(value: number): Tensor {
  return { data: Int32Array.of(value), dims: [1] };
}
