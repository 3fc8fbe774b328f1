// From the bytes of a .ncr file to an image or its preview: reads the symbols, runs a network and crops.
// Nothing is allocated before the size it follows from has been checked.
import { type Canvas, finished, newCanvas, shrunk } from './canvas.js';
import { checkLeft, DecodedTiles, decodeTileOf, type WindowSymbols } from './decoded-tiles.js';
import { CorruptFileError, ModelMismatchError, TooLargeError } from './errors.js';
import type { DecodedImage } from './image.js';
import { type NcrInfo, type ReadFile, readFile } from './info.js';
import { advance, checkJobOptions, type JobOptions, partsOf } from './job.js';
import { Model } from './model.js';
import { getMargin } from './model-description.js';
import { cropFromPlanes } from './pad.js';
import { checkRegion, checkWithin, hyperLatentsUnder, type Region } from './region.js';
import type { ImageSymbols } from './tile-coding.js';
import { copyCells, latentsOf, pixelsOf, tileAt, type Window } from './tiles.js';
import { checkBoolean, checkFunction, checkInteger, expectedButReceived } from './validate.js';
import { cutIntoWindows, MAX_WINDOW_PIXELS } from './windows.js';

/** Windows are cut at multiples of this many hyper-latents, 256 pixels: few ways to choose from. */
const WINDOW_UNIT = 4;

/** Most pixels that are decoded unless the caller says otherwise: 268 megapixels, as sharp's limit. */
const DEFAULT_MAX_PIXELS = 2 ** 28;

/** A way from latents to pixels. */
interface Drawing {
  readonly graph: 'synthesis' | 'preview';
  readonly output: string;
  /** Pixels of the image to one of the drawing, along each side. */
  readonly stride: number;
}

const WHOLE: Drawing = { graph: 'synthesis', output: 'x_hat', stride: 1 };
const PREVIEW: Drawing = { graph: 'preview', output: 'preview', stride: 8 };

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
  /** The part of the image that is wanted; all of it if left out. Only its tiles are decoded. */
  readonly region?: Region | undefined;
  /**
   * 1, the default, or 1/8: a preview an eighth as wide and high, rounded up, in about half the time, as
   * it needs no synthesis. A region then grows to multiples of 8 pixels: it begins at the column
   * `left − left % 8` of the image and at the row `top − top % 8`.
   */
  readonly scale?: number | undefined;
  /**
   * With scale 1: given the preview, as with scale 1/8, as soon as it is there, before the image is
   * computed. That takes a fifth longer in all, and for an image of several windows 2.5 bytes of memory
   * a pixel, as its integers are kept. Never called if the model makes no previews, or the device cannot.
   */
  readonly onPreview?: ((preview: DecodedImage) => void) | undefined;
  /** Most pixels computed at once, 70 bytes of memory each; 2^23 if left out. */
  readonly windowPixels?: number | undefined;
}

/** A file's integers, before any floating-point network has run. */
export interface ParsedFile extends ImageSymbols {
  readonly info: NcrInfo;
  /** With `partial`: which of `info.tiles` were damaged; their integers are all 0. */
  readonly damagedTiles: readonly number[];
}

/**
 * Decodes an image, a region of it, or a preview: window by window, so that memory grows with the
 * image by no more than its pixels, unless `onPreview` is given. The same pixels come out whatever the
 * windows, within 1/255; alpha and metadata come back as they were, to the bit.
 *
 * @param model the model the file was made with.
 * @param bytes the whole file.
 * @throws {FormatError} if this is no `.ncr` file, or one that needs a later decoder.
 * @throws {CorruptFileError} if it was cut off, changed, or something follows it; in a tile that a
 * region does not need, what only decoding it would show is not looked for.
 * @throws {ModelMismatchError} if it was made with another model.
 * @throws {ModelError} for scale 1/8 if the model makes no previews.
 * @throws {TooLargeError} if it has more pixels than `maxPixels`, those of a preview counted at full size.
 * @throws {TypeError | RangeError} for a bad argument, and a region that is not within the image.
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
  const { scale = 1, onPreview, partial, windowPixels = MAX_WINDOW_PIXELS } = options;
  const file = open(model, bytes, options);
  const { width, height } = file.info;
  const region = options.region ?? { left: 0, top: 0, width, height };
  const windows = cutIntoWindows(hyperLatentsUnder(region), file.grid.hyper, {
    margin: getMargin(model.description),
    unit: WINDOW_UNIT,
    maxPixels: windowPixels,
  });
  const first = scale === 1 && onPreview !== undefined && model.description.preview !== undefined;
  const passes = first ? 2 : 1;
  const [parsing, drawing] = partsOf(options, 0.4, 0.6);
  const damaged = partial ? new Set<number>() : undefined;
  // One pass over all windows for each drawing; tiles that the second needs again are kept for it.
  const asked = Array.from({ length: passes }, () => windows.map(({ around }) => around)).flat();
  const tiles = new DecodedTiles(model, file, asked, parsing!, damaged);
  /** Draws window `i` of a pass; tells whether it could. A function: its numbers are gone when it ends. */
  const drawWindow = async (way: Drawing, pass: number, i: number, canvas: Canvas) => {
    const { core, around } = windows[i]!;
    const symbols = await tiles.window(pass * windows.length + i, around);
    const drawn = draw(model, way, file.info.level, around, symbols);
    // An image does not fail for want of its preview.
    const planes = await (pass < passes - 1 ? drawn.catch(() => undefined) : drawn);
    if (planes === undefined) return false;
    const [from, kept] = [around, core].map((window) => shrunk(pixelsOf(window), way.stride));
    cropFromPlanes(planes, from!, kept!, canvas.covers, canvas.data, file.info.channels);
    return true;
  };
  const imageBy = async (way: Drawing, pass: number): Promise<DecodedImage | undefined> => {
    const canvas = newCanvas(file, way.stride, region, partial === true);
    for (let i = 0; i < windows.length; i++) {
      if (!(await drawWindow(way, pass, i, canvas))) return undefined;
      advance(drawing!, (pass * windows.length + i + 1) / asked.length);
    }
    return finished(file, way.stride, canvas, damaged);
  };
  const preview = first ? await imageBy(PREVIEW, 0) : undefined;
  if (preview) onPreview?.(preview);
  return (await imageBy(scale === 1 ? WHOLE : PREVIEW, passes - 1))!;
}

/**
 * Asserts that options are such as {@link decode} takes.
 *
 * @throws {TypeError | RangeError} naming the one that is wrong.
 */
export function checkDecodeOptions(
  // Others may give previews of another type.
  options: Omit<DecodeOptions, 'onPreview'> & { readonly onPreview?: unknown },
): void {
  checkJobOptions(options);
  const { maxPixels = DEFAULT_MAX_PIXELS, region, windowPixels = MAX_WINDOW_PIXELS } = options;
  const { scale = 1, onPreview } = options;
  checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  if (options.partial !== undefined) checkBoolean(options.partial, 'partial');
  if (region !== undefined) checkRegion(region, 'region');
  if (scale !== 1 && scale !== 1 / PREVIEW.stride) {
    const Wrong = typeof scale === 'number' ? RangeError : TypeError;
    throw new Wrong(expectedButReceived('1 or 1/8', 'scale', scale));
  }
  if (onPreview !== undefined) checkFunction(onPreview, 'onPreview');
  checkInteger(windowPixels, 1, Number.MAX_SAFE_INTEGER, 'windowPixels');
}

/** Runs the network of a drawing over a window; gives the planes of its pixels. */
async function draw(
  model: Model,
  { graph, output, stride }: Drawing,
  level: number,
  window: Window,
  { z, symbols }: WindowSymbols,
): Promise<Float32Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const latents = latentsOf(window);
  const pixels = shrunk(pixelsOf(window), stride);
  const planes = await model.run(
    graph,
    {
      symbols: { data: symbols, dims: [1, latentChannels, latents.rows, latents.columns] },
      z: { data: z, dims: [1, hyperChannels, window.rows, window.columns] },
      level: { data: Int32Array.of(level), dims: [1] },
    },
    { [output]: [1, 3, pixels.rows, pixels.columns] },
  );
  return planes[output]!;
}

/**
 * The first half of {@link decode}: the integers a file holds, the same on every device. It takes about
 * 9 bytes of memory a pixel.
 *
 * @returns the symbols of the whole padded image, planar, and the scale indices they were coded with.
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
  const { hyper, latent, count } = file.grid;
  const whole = { top: 0, left: 0 };
  const hyperSymbols = new Int32Array(hyperChannels * hyper.rows * hyper.columns);
  const symbols = new Int32Array(latentChannels * latent.rows * latent.columns);
  const scaleIndices = new Uint8Array(symbols.length);
  const damaged = options.partial ? new Set<number>() : undefined;
  for (let i = 0; i < count; i++) {
    const tile = tileAt(file.grid, i);
    const decoded = await decodeTileOf(file, model, i, damaged);
    checkLeft(damaged, count);
    copyCells(decoded.hyperSymbols, tile.hyper, hyperSymbols, { ...whole, ...hyper });
    copyCells(decoded.symbols, tile.latent, symbols, { ...whole, ...latent });
    copyCells(decoded.scaleIndices, tile.latent, scaleIndices, { ...whole, ...latent });
    advance(options, (i + 1) / count);
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
  // fits a window; another's may be the whole image, and so may a tile of alpha.
  const side = Math.max(tileSide, alpha ? 2 ** alpha.log2Side : 0);
  const tile = Math.min(side, width) * Math.min(side, height);
  const pixels = Math.max(wanted.width * wanted.height, tile > MAX_WINDOW_PIXELS ? 4 * tile : 0);
  if (pixels <= maxPixels) return;
  throw new TooLargeError(
    `The image is ${width}×${height}; ${pixels} pixels must be decoded and the limit is ` +
      `${maxPixels}: raise maxPixels if the memory allows, or decode a region.`,
  );
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
