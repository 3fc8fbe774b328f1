// From a picture to the bytes of a .ncr file: runs the encoder's networks, rounds, and hands the
// symbols to the entropy coder. Reading picture files is not done here.
import { writeContainer } from './format.js';
import { checkImage, MAX_SIDE, type RgbImage } from './image.js';
import { advance, checkJobOptions, type JobOptions, partOf } from './job.js';
import { Model } from './model.js';
import { padToPlanes } from './pad.js';
import { quantizeHalf, quantizeHyper, reconstructAnchors } from './quantize.js';
import { scaleIndicesOf } from './scale-indices.js';
import { encodeTiles } from './tile-coding.js';
import { TILE_TYPE, writeTileSection } from './tile-section.js';
import { type PlaneSize, type TileGrid, tileGrid } from './tiles.js';
import { checkInteger, checkObject, expectedButReceived } from './validate.js';

/** log2 of the tile side this encoder writes, 512 pixels: a tile costs about 11 bytes. */
const LOG2_TILE_SIDE = 9;

const DEFAULT_QUALITY = 50;

/** Options of {@link encode}. */
export interface EncodeOptions extends JobOptions {
  /** Integer in 1..100, from the smallest file to the best picture; 50 if left out. */
  readonly quality?: number | undefined;
}

/** A picture after analysis: what all qualities have in common. */
export interface Latents {
  /** Pixels per row of the picture. */
  readonly width: number;
  /** Rows of the picture. */
  readonly height: number;
  /** Planar [latentChannels, ⌈height/64⌉·4, ⌈width/64⌉·4]. */
  readonly y: Float32Array;
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
  checkEncodeOptions(options);
  const latents = await analyse(model, image, partOf(options, 0, 0.5));
  const rest = partOf(options, 0.5, 1);
  return await encodeLatents(model, latents, { ...rest, quality: options.quality });
}

/**
 * The first and slowest step of {@link encode}, which does not depend on the quality.
 *
 * @throws as {@link encode}.
 * @example
 * const latents = await analyse(model, image);
 * const sizes = [];
 * for (const quality of [20, 50, 80]) {
 *   sizes.push((await encodeLatents(model, latents, { quality })).length);
 * }
 */
export async function analyse(
  model: Model,
  image: RgbImage,
  options: JobOptions = {},
): Promise<Latents> {
  checkModel(model);
  checkImage(image, 'image');
  checkJobOptions(options);
  const { width, height } = image;
  const { padded, latent } = tileGrid(width, height, LOG2_TILE_SIDE);
  advance(options, 0);
  const { y } = await model.run(
    'analysis',
    { x: { data: padToPlanes(image, padded), dims: [1, 3, padded.rows, padded.columns] } },
    { y: dimsOf(model.description.bitstream.latentChannels, latent) },
  );
  advance(options, 1);
  return { width, height, y };
}

/**
 * The rest of {@link encode}: from analysed latents to the bytes of a file of some quality.
 *
 * @param latents from {@link analyse} with the same model.
 * @throws as {@link encode}.
 */
export async function encodeLatents(
  model: Model,
  latents: Latents,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkModel(model);
  checkEncodeOptions(options);
  const grid = gridOf(latents, model);
  const { width, height } = latents;
  const level = model.levelOf(options.quality ?? DEFAULT_QUALITY);
  const { scaled, hyperSymbols } = await hyperAnalyse(model, grid, latents.y, level);
  advance(options, 0.3);
  const scaleIndices = await scaleIndicesOf(model, grid, level, hyperSymbols);
  advance(options, 0.4);
  const symbols = await latentSymbols(model, grid, level, scaled, hyperSymbols, options);
  const streams = encodeTiles(model, grid, level, { hyperSymbols, symbols, scaleIndices });
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

/** Runs the hyper-analysis and rounds the hyper-latents. */
async function hyperAnalyse(
  model: Model,
  { latent, hyper }: TileGrid,
  y: Float32Array,
  level: number,
): Promise<{ scaled: Float32Array; hyperSymbols: Int32Array }> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const dims = dimsOf(latentChannels, latent);
  const { y_scaled, z } = await model.run(
    'hyper_analysis',
    { y: { data: y, dims }, level: { data: Int32Array.of(level), dims: [1] } },
    { y_scaled: dims, z: dimsOf(hyperChannels, hyper) },
  );
  return { scaled: y_scaled, hyperSymbols: quantizeHyper(z) };
}

/**
 * Predicts and rounds the latents in the two steps of the checkerboard: the anchors from the
 * hyper-latents alone, the others from the anchors as the decoder will know them.
 */
async function latentSymbols(
  model: Model,
  { latent, hyper }: TileGrid,
  level: number,
  scaled: Float32Array,
  hyperSymbols: Int32Array,
  options: JobOptions,
): Promise<Int32Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const dims = dimsOf(latentChannels, latent);
  const z = { data: new Float32Array(hyperSymbols), dims: dimsOf(hyperChannels, hyper) };
  const meansFrom = async (anchors: Float32Array): Promise<Float32Array> => {
    const { mu } = await model.run(
      'means',
      {
        y_anchor: { data: anchors, dims },
        z,
        level: { data: Int32Array.of(level), dims: [1] },
      },
      { mu: dims },
    );
    return mu;
  };
  const symbols = new Int32Array(scaled.length);
  const anchorMeans = await meansFrom(new Float32Array(scaled.length));
  advance(options, 0.6);
  quantizeHalf('anchors', scaled, anchorMeans, latent, symbols);
  const otherMeans = await meansFrom(reconstructAnchors(symbols, anchorMeans, latent));
  advance(options, 0.8);
  quantizeHalf('others', scaled, otherMeans, latent, symbols);
  return symbols;
}

function dimsOf(channels: number, { rows, columns }: PlaneSize): readonly number[] {
  return [1, channels, rows, columns];
}

function checkModel(model: unknown): void {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
}

function checkEncodeOptions(options: EncodeOptions): void {
  checkJobOptions(options);
  if (options.quality !== undefined) checkInteger(options.quality, 1, 100, 'quality');
}

/** Checks that latents are those of a picture and of the model; gives the picture's tiles. */
function gridOf(latents: Latents, model: Model): TileGrid {
  checkObject(latents, 'latents');
  const { width, height, y } = latents;
  checkInteger(width, 1, MAX_SIDE, 'latents.width');
  checkInteger(height, 1, MAX_SIDE, 'latents.height');
  if (!(y instanceof Float32Array)) {
    throw new TypeError(expectedButReceived('Float32Array', 'latents.y', y));
  }
  const grid = tileGrid(width, height, LOG2_TILE_SIDE);
  const { rows, columns } = grid.latent;
  const length = model.description.bitstream.latentChannels * rows * columns;
  if (y.length !== length) {
    throw new RangeError(expectedButReceived(`${length}`, 'latents.y.length', y.length));
  }
  return grid;
}
