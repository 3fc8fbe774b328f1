// From a picture to the bytes of a .ncr file: runs the encoder's networks, chooses symbols, and hands
// them to the entropy coder. Reading picture files is not done here.
import { writeContainer } from './format.js';
import { checkImage, type RgbImage } from './image.js';
import { advance, checkJobOptions, type JobOptions, partOf } from './job.js';
import { Model } from './model.js';
import { padToPlanes } from './pad.js';
import { quantize, quantizeHyper } from './quantize.js';
import type { Tensor } from './runtime.js';
import { gatherStep, STEPS, scatterStep, stepPlaces } from './steps.js';
import { encodeTiles } from './tile-coding.js';
import { TILE_TYPE, writeTileSection } from './tile-section.js';
import { type PlaneSize, type TileGrid, tileGrid } from './tiles.js';
import { checkInteger, expectedButReceived } from './validate.js';

/** log2 of the tile side this encoder writes, 1024 pixels. Tiles of 512 cost 0.3 to 0.5 % more on Kodak. */
const LOG2_TILE_SIDE = 10;

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
  const choosing = partOf(options, 0.5, 0.8);
  const symbols = await chooseSymbols(model, grid, level, y, hyperSymbols, choosing);
  const coding = partOf(options, 0.8, 1);
  const streams = await encodeTiles(model, grid, level, { hyperSymbols, symbols }, coding);
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
 * Chooses the symbols step by step: the means of each step follow from the latents of the steps
 * before, as the decoder will know them.
 *
 * @param y the picture's latents, times the gains of the level, planar.
 */
async function chooseSymbols(
  model: Model,
  { latent: plane, hyper }: TileGrid,
  level: number,
  y: Float32Array,
  hyperSymbols: Int32Array,
  options: JobOptions,
): Promise<Int32Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const dims = dimsOf(latentChannels, plane);
  const z = { data: new Float32Array(hyperSymbols), dims: dimsOf(hyperChannels, hyper) };
  const symbols = new Int32Array(y.length);
  const known = new Float32Array(y.length);
  const latents = new Float32Array(y.length / STEPS);
  const decoded = new Float32Array(y.length / STEPS);
  for (let step = 0; step < STEPS; step++) {
    const { mu } = await model.run(
      'means',
      { y_known: { data: known, dims }, z, level: integer(level), step: integer(step) },
      { mu: dims },
    );
    const places = stepPlaces(step, plane, { ...plane, top: 0, left: 0 });
    gatherStep(y, plane, places, latents);
    gatherStep(mu, plane, places, decoded);
    const chosen = quantize(latents, decoded);
    for (let i = 0; i < decoded.length; i++) decoded[i]! += chosen[i]!;
    scatterStep(chosen, plane, places, symbols);
    scatterStep(decoded, plane, places, known);
    advance(options, (step + 1) / STEPS);
  }
  return symbols;
}

function dimsOf(channels: number, { rows, columns }: PlaneSize): readonly number[] {
  return [1, channels, rows, columns];
}

function integer(value: number): Tensor {
  return { data: Int32Array.of(value), dims: [1] };
}
