// From an image to the bytes of a .ncr file: runs the encoder's networks, chooses symbols, and hands
// them to the entropy coder. Reading image files is not done here.
import { ALPHA_TYPE, writeAlphaSection } from './alpha-section.js';
import { decode } from './decode.js';
import { type Section, writeContainer } from './format.js';
import { checkImage, MAX_SIDE, type RawImage } from './image.js';
import { advance, checkJobOptions, type JobOptions, partsOf } from './job.js';
import { metadataSections } from './metadata.js';
import { Model } from './model.js';
import { getMargin } from './model-description.js';
import { padToPlanes } from './pad.js';
import { psnr } from './psnr.js';
import { quantize, quantizeHyper } from './quantize.js';
import {
  checkRateOptions,
  type RateOptions,
  type Setting,
  searchPsnr,
  searchSize,
} from './rate.js';
import type { Tensor } from './runtime.js';
import { gatherStep, STEPS, scatterStep, stepPlaces } from './steps.js';
import { encodeTile, type ImageSymbols } from './tile-coding.js';
import { TILE_TYPE, writeTileSection } from './tile-section.js';
import {
  copyCells,
  latentsOf,
  type PlaneSize,
  pixelsOf,
  type Tile,
  tileAt,
  tileGrid,
  tilesUnder,
  type Window,
} from './tiles.js';
import { alphaOf, fillTransparent } from './transparency.js';
import { checkFunction, checkInteger, expectedButReceived } from './validate.js';
import { cutIntoWindows, MAX_WINDOW_PIXELS } from './windows.js';

/**
 * log2 of the tile side. Images of one window have tiles of 1024 pixels. Larger ones have tiles of 256, so
 * that a region is decoded from little of the file; they cost 1.3 % more, and tiles of 512 0.3 %.
 */
const LOG2_TILE_SIDE = 10;
const LOG2_TILE_SIDE_OF_LARGE = 8;

const DEFAULT_QUALITY = 50;

/** Options of {@link encode}. */
export interface EncodeOptions extends JobOptions, RateOptions {
  /** Told, in one sentence, if a target is out of reach and quality 100 was taken. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Most pixels computed at once, 70 bytes of memory each; 2^23 if left out. */
  readonly windowPixels?: number | undefined;
}

/** What an encoder needs to know of a window. */
type WindowSymbols = Pick<ImageSymbols, 'hyperSymbols' | 'symbols'>;

/**
 * Encodes an image, window by window, so that memory does not grow with it. Alpha is kept to the bit, and
 * costs nothing where all of it is opaque; where it is 0, the colours are not kept. Metadata is kept as it is.
 *
 * @returns the bytes of a `.ncr` file.
 * @throws {TypeError | RangeError} for a bad argument.
 * @throws {TooLargeError} if `targetSize` is less than quality 1 takes.
 * @throws {ModelError} if the model's networks do not fit its description.
 * @throws the signal's reason once it is aborted.
 * @example
 * const image = { width, height, channels: 3, data };
 * const bytes = await encode(model, image, { quality: 30 });
 * const fits = await encode(model, image, { targetSize: 120_000 });
 */
export async function encode(
  model: Model,
  image: RawImage,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  checkImage(image, 'image');
  checkEncodeOptions(options);
  const { quality = DEFAULT_QUALITY, targetSize, targetPsnr } = options;
  const { windowPixels = MAX_WINDOW_PIXELS } = options;
  const prepared = prepare(image);
  if (targetSize === undefined && targetPsnr === undefined) {
    const setting = { level: model.toLevel(quality), deadZone: 0 };
    return await encodeAt(model, prepared, setting, windowPixels, options);
  }
  const { levels } = model.description.bitstream;
  const { signal, onProgress, onNotice } = options;
  let done = 0;
  // The analysis depends on the level, so each that is tried is an encoding of its own. How many there will
  // be is not known: each takes a quarter of the progress that is left.
  const attempt = async (setting: Setting): Promise<Uint8Array<ArrayBuffer>> => {
    const before = done;
    done += (1 - done) / 4;
    const tell = (fraction: number) => onProgress?.(before + fraction * (done - before));
    return await encodeAt(model, prepared, setting, windowPixels, { signal, onProgress: tell });
  };
  const attemptAndLook = async (setting: Setting) => {
    const file = await attempt(setting);
    const decoded = await decode(model, file, { maxPixels: MAX_SIDE ** 2, windowPixels, signal });
    return { file, psnr: psnr(prepared.image, decoded) };
  };
  const file = await (targetSize !== undefined
    ? searchSize(targetSize, levels, attempt, onNotice)
    : searchPsnr(targetPsnr!, levels, attemptAndLook, onNotice));
  advance(options, 1);
  return file;
}

/**
 * Asserts that options are such as {@link encode} takes.
 *
 * @throws {TypeError | RangeError} naming the one that is wrong.
 */
export function checkEncodeOptions(options: EncodeOptions): void {
  checkJobOptions(options);
  checkRateOptions(options);
  const { onNotice, windowPixels = MAX_WINDOW_PIXELS } = options;
  if (onNotice !== undefined) checkFunction(onNotice, 'onNotice');
  checkInteger(windowPixels, 1, Number.MAX_SAFE_INTEGER, 'windowPixels');
}

/** What is the same at every level. */
interface PreparedImage {
  /** With colours that cost little where nobody sees them. */
  readonly image: RawImage;
  /** What follows the tiles in the file. */
  readonly sections: readonly Section[];
}

function prepare(image: RawImage): PreparedImage {
  const metadata = metadataSections(image);
  const alpha = alphaOf(image);
  if (alpha === undefined) return { image, sections: metadata };
  const payload = writeAlphaSection(alpha, image.width, image.height);
  return { image: fillTransparent(image), sections: [{ type: ALPHA_TYPE, payload }, ...metadata] };
}

/** Encodes an image with one level. */
async function encodeAt(
  model: Model,
  { image, sections }: PreparedImage,
  setting: Setting,
  windowPixels: number,
  options: JobOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { level } = setting;
  const { width, height } = image;
  const log2Side = log2SideFor(width, height);
  const grid = tileGrid(width, height, log2Side);
  const windows = cutIntoWindows({ top: 0, left: 0, ...grid.hyper }, grid.hyper, {
    margin: getMargin(model.description),
    unit: grid.side,
    maxPixels: windowPixels,
  });
  const [choosingAll, coding] = partsOf(options, 0.8, 0.2);
  const choosing = partsOf(choosingAll!, ...windows.map(() => 1 / windows.length));
  advance(options, 0);
  const streams: Uint8Array[] = [];
  let coded = 0;
  for (const [i, { core, around }] of windows.entries()) {
    const symbols = await chooseSymbols(model, image, around, setting, choosing[i]!);
    for (const index of tilesUnder(grid, core)) {
      const tile = tileAt(grid, index);
      streams[index] = await encodeTile(model, tile, level, cut(model, symbols, around, tile));
      coded += 1;
      advance(coding!, coded / grid.count);
    }
  }
  const payload = writeTileSection({ log2Side, streams });
  return writeContainer({
    width,
    height,
    level,
    greyscale: image.channels < 3,
    modelHash: model.hash,
    sections: [{ type: TILE_TYPE, payload }, ...sections],
  });
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
  setting: Setting,
  options: JobOptions,
): Promise<WindowSymbols> {
  const level = integer(setting.level);
  const [analysing, rounding] = partsOf(options, 0.6, 0.4);
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const plane = latentsOf(window);
  const pixels = pixelsOf(window);
  const { y, z } = await model.run(
    'analysis',
    { x: { data: padToPlanes(image, pixels), dims: dimsOf(3, pixels) }, level },
    { y: dimsOf(latentChannels, plane), z: dimsOf(hyperChannels, window) },
  );
  advance(analysing!, 1);
  const hyperSymbols = quantizeHyper(z);
  const symbols = await chooseLatents(model, window, setting, y, hyperSymbols, rounding!);
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
  setting: Setting,
  y: Float32Array,
  hyperSymbols: Int32Array,
  options: JobOptions,
): Promise<Int32Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const plane = latentsOf(window);
  const dims = dimsOf(latentChannels, plane);
  const z = { data: new Float32Array(hyperSymbols), dims: dimsOf(hyperChannels, window) };
  const level = integer(setting.level);
  const symbols = new Int32Array(y.length);
  const known = new Float32Array(y.length);
  const latents = new Float32Array(y.length / STEPS);
  const decoded = new Float32Array(y.length / STEPS);
  for (let step = 0; step < STEPS; step++) {
    const { mu } = await model.run(
      'means',
      { y_known: { data: known, dims }, z, level, step: integer(step) },
      { mu: dims },
    );
    const places = stepPlaces(step, plane);
    gatherStep(y, plane, places, latents);
    gatherStep(mu, plane, places, decoded);
    const chosen = quantize(latents, decoded, setting.deadZone);
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
