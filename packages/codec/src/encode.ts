// From a picture to the bytes of a .ncr file: runs the encoder's networks, chooses symbols, and hands
// them to the entropy coder. Reading picture files is not done here.
import { ALPHA_TYPE, writeAlphaSection } from './alpha-section.js';
import { type Section, writeContainer } from './format.js';
import { checkImage, type RawImage } from './image.js';
import { advance, checkJobOptions, type JobOptions, partsOf } from './job.js';
import { metadataSections } from './metadata.js';
import { Model, marginOf } from './model.js';
import { padToPlanes } from './pad.js';
import { quantize, quantizeHyper } from './quantize.js';
import type { Tensor } from './runtime.js';
import { gatherStep, STEPS, scatterStep, stepPlaces } from './steps.js';
import { encodeTile, type PictureSymbols } from './tile-coding.js';
import { TILE_TYPE, writeTileSection } from './tile-section.js';
import {
  copyCells,
  latentsOf,
  type PlaneSize,
  pixelsOf,
  type Tile,
  tileGrid,
  tilesUnder,
  type Window,
} from './tiles.js';
import { alphaOf, fillTransparent } from './transparency.js';
import { checkInteger, expectedButReceived } from './validate.js';
import { cutIntoWindows, MAX_WINDOW_PIXELS } from './windows.js';

/**
 * log2 of the tile side. Pictures of one window have tiles of 1024 pixels; tiles of 512 cost 0.3 to 0.5 %
 * more on Kodak. Larger ones have tiles of 256, so that a region is decoded from little of the file.
 */
const LOG2_TILE_SIDE = 10;
const LOG2_TILE_SIDE_OF_LARGE = 8;

const DEFAULT_QUALITY = 50;

/** Options of {@link encode}. */
export interface EncodeOptions extends JobOptions {
  /** Integer in 1..100, from the smallest file to the best picture; 50 if left out. */
  readonly quality?: number | undefined;
  /** Most pixels computed at once, 70 bytes of memory each; 2^23 if left out. */
  readonly windowPixels?: number | undefined;
}

/** What an encoder needs to know of a window. */
type WindowSymbols = Pick<PictureSymbols, 'hyperSymbols' | 'symbols'>;

/**
 * Encodes a picture, window by window, so that memory does not grow with it. Alpha is kept to the bit, and
 * costs nothing where all of it is opaque; where it is 0, the colours are not kept. Metadata is kept as it is.
 *
 * @returns the bytes of a `.ncr` file.
 * @throws {TypeError | RangeError} for a bad argument.
 * @throws {ModelError} if the model's networks do not fit its description.
 * @throws the signal's reason once it is aborted.
 * @example
 * const bytes = await encode(model, { width, height, channels: 3, data }, { quality: 30 });
 */
export async function encode(
  model: Model,
  image: RawImage,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  checkImage(image, 'image');
  checkJobOptions(options);
  const { quality = DEFAULT_QUALITY, windowPixels = MAX_WINDOW_PIXELS } = options;
  checkInteger(quality, 1, 100, 'quality');
  checkInteger(windowPixels, 1, Number.MAX_SAFE_INTEGER, 'windowPixels');
  const { width, height } = image;
  const alpha = alphaOf(image);
  const coloured = alpha === undefined ? image : fillTransparent(image);
  const level = model.levelOf(quality);
  const log2Side = log2SideFor(width, height);
  const grid = tileGrid(width, height, log2Side);
  const windows = cutIntoWindows({ top: 0, left: 0, ...grid.hyper }, grid.hyper, {
    margin: marginOf(model.description),
    unit: grid.side,
    maxPixels: windowPixels,
  });
  const [choosingAll, coding] = partsOf(options, 0.8, 0.2);
  const choosing = partsOf(choosingAll!, ...windows.map(() => 1 / windows.length));
  advance(options, 0);
  const streams: Uint8Array[] = [];
  let coded = 0;
  for (const [i, { core, around }] of windows.entries()) {
    const symbols = await chooseSymbols(model, coloured, around, level, choosing[i]!);
    for (const index of tilesUnder(grid, core)) {
      const tile = grid.tiles[index]!;
      streams[index] = await encodeTile(model, tile, level, cut(model, symbols, around, tile));
      coded += 1;
      advance(coding!, coded / grid.tiles.length);
    }
  }
  const sections: Section[] = [
    { type: TILE_TYPE, payload: writeTileSection({ log2Side, streams }) },
  ];
  if (alpha !== undefined) {
    sections.push({ type: ALPHA_TYPE, payload: writeAlphaSection(alpha, width, height) });
  }
  sections.push(...metadataSections(image));
  const greyscale = image.channels < 3;
  return writeContainer({ width, height, level, greyscale, modelHash: model.hash, sections });
}

function log2SideFor(width: number, height: number): number {
  return width * height <= MAX_WINDOW_PIXELS ? LOG2_TILE_SIDE : LOG2_TILE_SIDE_OF_LARGE;
}

/**
 * Chooses the integers of a window.
 *
 * Those in its margin are not written: the window they are the core of chooses them again, and there a
 * value on the border between two integers may fall to the other side. Then the decoder's means, which
 * follow from what is written, differ a little from the ones used here, and so do the latents it finds:
 * by a fraction of the rounding that every latent suffers anyway, and in nothing that is parsed.
 */
async function chooseSymbols(
  model: Model,
  image: RawImage,
  window: Window,
  level: number,
  options: JobOptions,
): Promise<WindowSymbols> {
  const [analysing, rounding] = partsOf(options, 0.6, 0.4);
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const plane = latentsOf(window);
  const pixels = pixelsOf(window);
  const { y, z } = await model.run(
    'analysis',
    { x: { data: padToPlanes(image, pixels), dims: dimsOf(3, pixels) }, level: integer(level) },
    { y: dimsOf(latentChannels, plane), z: dimsOf(hyperChannels, window) },
  );
  advance(analysing!, 1);
  const hyperSymbols = quantizeHyper(z);
  const symbols = await chooseLatents(model, window, level, y, hyperSymbols, rounding!);
  return { hyperSymbols, symbols };
}

/**
 * Chooses the latents step by step: the means of each step follow from the latents of the steps before,
 * as the decoder will know them.
 *
 * @param y the window's latents, times the gains of the level, planar.
 */
async function chooseLatents(
  model: Model,
  window: Window,
  level: number,
  y: Float32Array,
  hyperSymbols: Int32Array,
  options: JobOptions,
): Promise<Int32Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const plane = latentsOf(window);
  const dims = dimsOf(latentChannels, plane);
  const z = { data: new Float32Array(hyperSymbols), dims: dimsOf(hyperChannels, window) };
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
    const places = stepPlaces(step, plane);
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

/** The integers of a tile out of those of the window around it. */
function cut(model: Model, from: WindowSymbols, window: Window, tile: Tile): WindowSymbols {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const { hyper, latent } = tile;
  const hyperSymbols = new Int32Array(hyperChannels * hyper.rows * hyper.columns);
  const symbols = new Int32Array(latentChannels * latent.rows * latent.columns);
  copyCells(from.hyperSymbols, window, hyperSymbols, hyper);
  copyCells(from.symbols, latentsOf(window), symbols, latent);
  return { hyperSymbols, symbols };
}

function dimsOf(channels: number, { rows, columns }: PlaneSize): readonly number[] {
  return [1, channels, rows, columns];
}

function integer(value: number): Tensor {
  return { data: Int32Array.of(value), dims: [1] };
}
