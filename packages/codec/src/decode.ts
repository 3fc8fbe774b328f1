// From the bytes of a .ncr file to a picture: reads the symbols, runs the synthesis and crops.
// Nothing is allocated before the size it follows from has been checked.
import { decodeAlpha } from './alpha-section.js';
import { checkLeft, DecodedTiles, decodeTileOf, type WindowSymbols } from './decoded-tiles.js';
import { CorruptFileError, ModelMismatchError, TooLargeError } from './errors.js';
import type { Channels, DecodedImage } from './image.js';
import { type NcrInfo, type ReadFile, readFile } from './info.js';
import { advance, checkJobOptions, type JobOptions, partsOf } from './job.js';
import { metadataOf } from './metadata.js';
import { Model, marginOf } from './model.js';
import { cropFromPlanes } from './pad.js';
import { checkRegion, checkWithin, hyperLatentsUnder, type Region } from './region.js';
import type { PictureSymbols } from './tile-coding.js';
import { copyCells, latentsOf, pixelsOf, type Window } from './tiles.js';
import { insertAlpha } from './transparency.js';
import { checkBoolean, checkInteger, expectedButReceived } from './validate.js';
import { cutIntoWindows, MAX_WINDOW_PIXELS } from './windows.js';

/** Windows are cut at multiples of this many hyper-latents, 256 pixels: few ways to choose from. */
const WINDOW_UNIT = 4;

/** Most pixels that are decoded unless the caller says otherwise: 268 megapixels, as sharp's limit. */
const DEFAULT_MAX_PIXELS = 2 ** 28;

/** What stands for pixels that are not known. */
const GREY = 128;

/** Options of {@link parse}. */
export interface ParseOptions extends JobOptions {
  /** Largest width × height that is decoded; 2^28 if left out. */
  readonly maxPixels?: number | undefined;
  /**
   * Takes what is whole of a damaged file, as long as its header and one tile are; false if left out,
   * which refuses such a file. The result says which tiles were damaged.
   */
  readonly partial?: boolean | undefined;
}

/** Options of {@link decode}. */
export interface DecodeOptions extends ParseOptions {
  /** The part of the picture that is wanted; all of it if left out. Only its tiles are decoded. */
  readonly region?: Region | undefined;
  /** Most pixels computed at once, 70 bytes of memory each; 2^23 if left out. */
  readonly windowPixels?: number | undefined;
}

/** A file's integers, before any floating-point network has run. */
export interface ParsedFile extends PictureSymbols {
  readonly info: NcrInfo;
  /** With `partial`: which of `info.tiles` were damaged; their integers are all 0. */
  readonly damagedTiles: readonly number[];
}

/**
 * Decodes a picture, or a region of it: window by window, so that memory grows with the picture by no
 * more than its pixels. The same pixels come out whatever the windows, within 1/255; alpha and metadata
 * come back as they were, to the bit.
 *
 * @param model the model the file was made with.
 * @param bytes the whole file.
 * @throws {FormatError} if this is no `.ncr` file, or one that needs a later decoder.
 * @throws {CorruptFileError} if it was cut off, changed, or something follows it; in a tile that a
 * region does not need, what only decoding it would show is not looked for.
 * @throws {ModelMismatchError} if it was made with another model.
 * @throws {TooLargeError} if it has more pixels than `maxPixels`.
 * @throws {TypeError | RangeError} for a bad argument, and a region that is not within the picture.
 * @throws the signal's reason once it is aborted.
 * @example
 * const { width, height, data } = await decode(model, bytes);
 * const middle = await decode(model, bytes, {
 *   region: { left: width / 2 - 256, top: height / 2 - 256, width: 512, height: 512 },
 * });
 */
export async function decode(
  model: Model,
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  checkDecodeOptions(options);
  const { windowPixels = MAX_WINDOW_PIXELS } = options;
  const file = open(model, bytes, options);
  const { info, grid } = file;
  const region = options.region ?? { left: 0, top: 0, width: info.width, height: info.height };
  const windows = cutIntoWindows(hyperLatentsUnder(region), grid.hyper, {
    margin: marginOf(model.description),
    unit: WINDOW_UNIT,
    maxPixels: windowPixels,
  });
  const [parsing, drawing] = partsOf(options, 0.4, 0.6);
  const around = windows.map((window) => window.around);
  const damaged = options.partial ? new Set<number>() : undefined;
  const tiles = new DecodedTiles(model, file, around, parsing!, damaged);
  const { width, height } = region;
  const { channels } = info;
  // Before the networks run: what is damaged shall be found soon.
  const damagedAlpha: Region[] | undefined = options.partial ? [] : undefined;
  const alpha =
    file.alpha && decodeAlpha(file.alpha, info.width, info.height, region, damagedAlpha);
  const data = new Uint8Array(channels * width * height);
  if (alpha) insertAlpha(data, channels, alpha);
  const target = { top: region.top, left: region.left, rows: height, columns: width };
  for (const [i, { core, around }] of windows.entries()) {
    const planes = await synthesise(model, info.level, around, await tiles.window(i, around));
    cropFromPlanes(planes, pixelsOf(around), pixelsOf(core), target, data, channels);
    advance(drawing!, (i + 1) / windows.length);
  }
  const lost = [...(damaged ?? [])].map((index) => rectangleOf(info.tiles[index]!));
  for (const rectangle of lost) fillGrey(data, channels, region, rectangle);
  lost.push(...(damagedAlpha ?? []));
  return {
    width,
    height,
    channels,
    data,
    ...metadataOf(file.sections),
    ...(lost.length > 0 ? { damaged: lost } : {}),
    ...(file.missing.length > 0 ? { missing: file.missing } : {}),
  };
}

function rectangleOf({ left, top, width, height }: Region): Region {
  return { left, top, width, height };
}

/**
 * Fills what two rectangles of a picture share, all channels but alpha.
 *
 * @param region what `data` covers.
 */
function fillGrey(data: Uint8Array, channels: Channels, region: Region, lost: Region): void {
  const colours = channels < 3 ? 1 : 3;
  const left = Math.max(0, lost.left - region.left);
  const right = Math.min(region.width, lost.left + lost.width - region.left);
  const bottom = Math.min(region.height, lost.top + lost.height - region.top);
  for (let row = Math.max(0, lost.top - region.top); row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const pixel = channels * (region.width * row + column);
      data.fill(GREY, pixel, pixel + colours);
    }
  }
}

/**
 * Asserts that options are such as {@link decode} takes.
 *
 * @throws {TypeError | RangeError} naming the one that is wrong.
 */
export function checkDecodeOptions(options: DecodeOptions): void {
  checkJobOptions(options);
  const { maxPixels = DEFAULT_MAX_PIXELS, region, windowPixels = MAX_WINDOW_PIXELS } = options;
  checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  if (options.partial !== undefined) checkBoolean(options.partial, 'partial');
  if (region !== undefined) checkRegion(region, 'region');
  checkInteger(windowPixels, 1, Number.MAX_SAFE_INTEGER, 'windowPixels');
}

/** Runs the synthesis over a window; gives the planes of its pixels. */
async function synthesise(
  model: Model,
  level: number,
  window: Window,
  { z, symbols }: WindowSymbols,
): Promise<Float32Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const latents = latentsOf(window);
  const pixels = pixelsOf(window);
  const { x_hat } = await model.run(
    'synthesis',
    {
      symbols: { data: symbols, dims: [1, latentChannels, latents.rows, latents.columns] },
      z: { data: z, dims: [1, hyperChannels, window.rows, window.columns] },
      level: { data: Int32Array.of(level), dims: [1] },
    },
    { x_hat: [1, 3, pixels.rows, pixels.columns] },
  );
  return x_hat;
}

/**
 * The first half of {@link decode}: the integers a file holds, the same on every device. It takes about
 * 9 bytes of memory a pixel.
 *
 * @returns the symbols of the whole padded picture, planar, and the scale indices they were coded with.
 * @throws as {@link decode}.
 * @example
 * const { symbols, scaleIndices } = await parse(model, bytes);
 */
export async function parse(
  model: Model,
  bytes: Uint8Array,
  options: ParseOptions = {},
): Promise<ParsedFile> {
  const file = open(model, bytes, options);
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const { hyper, latent, tiles } = file.grid;
  const whole = { top: 0, left: 0 };
  const hyperSymbols = new Int32Array(hyperChannels * hyper.rows * hyper.columns);
  const symbols = new Int32Array(latentChannels * latent.rows * latent.columns);
  const scaleIndices = new Uint8Array(symbols.length);
  const damaged = options.partial ? new Set<number>() : undefined;
  for (const [i, tile] of tiles.entries()) {
    const decoded = await decodeTileOf(file, model, i, damaged);
    checkLeft(damaged, tiles.length);
    copyCells(decoded.hyperSymbols, tile.hyper, hyperSymbols, { ...whole, ...hyper });
    copyCells(decoded.symbols, tile.latent, symbols, { ...whole, ...latent });
    copyCells(decoded.scaleIndices, tile.latent, scaleIndices, { ...whole, ...latent });
    advance(options, (i + 1) / tiles.length);
  }
  const damagedTiles = [...(damaged ?? [])];
  return { info: file.info, hyperSymbols, symbols, scaleIndices, damagedTiles };
}

/** Reads a file as far as it goes without networks, and checks that it can be decoded. */
function open(
  model: Model,
  bytes: Uint8Array,
  options: ParseOptions & Pick<DecodeOptions, 'region'>,
): ReadFile {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  checkDecodeOptions(options);
  const { maxPixels = DEFAULT_MAX_PIXELS, partial = false, region } = options;
  const file = readFile(bytes, partial);
  if (region !== undefined) checkWithin(region, file.info);
  checkFits(file.info, model);
  checkPixels(file, region, maxPixels);
  advance(options, 0);
  return file;
}

/** Refuses a file that this model cannot decode. */
function checkFits({ level, modelHash }: NcrInfo, model: Model): void {
  const loaded = model.hash.subarray(0, modelHash.length);
  if (modelHash.some((byte, i) => byte !== loaded[i])) {
    throw new ModelMismatchError(
      `The file needs the model with hash ${hex(modelHash)} but ${model.description.id} has ` +
        `${hex(loaded)}: load the model it was made with.`,
    );
  }
  const { levels } = model.description.bitstream;
  if (level >= levels) {
    throw new CorruptFileError(
      `The file has level ${level} but its model only ${levels} levels: get a good copy of it.`,
    );
  }
}

/** Refuses more pixels than allowed. */
function checkPixels(
  { info: { width, height, tileSide }, alpha }: ReadFile,
  region: Region | undefined,
  maxPixels: number,
): void {
  const wanted = region ?? { width, height };
  // A tile is decoded whole, in four times the memory that pixels alone take. What this encoder writes
  // fits a window; another's may be the whole picture, and so may a tile of alpha.
  const side = Math.max(tileSide, alpha ? 2 ** alpha.log2Side : 0);
  const tile = Math.min(side, width) * Math.min(side, height);
  const pixels = Math.max(wanted.width * wanted.height, tile > MAX_WINDOW_PIXELS ? 4 * tile : 0);
  if (pixels <= maxPixels) return;
  throw new TooLargeError(
    `The picture is ${width}×${height}; ${pixels} pixels must be decoded and the limit is ` +
      `${maxPixels}: raise maxPixels if the memory allows, or decode a region.`,
  );
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
