// From a .ncr file to an image, a region of it, or a preview: window by window, so that memory grows with the
// image by no more than its pixels.
import { DecodedTiles } from './decoded-tiles.js';
import { type Drawing, drawWindow, PREVIEW, WHOLE } from './draw.js';
import type { DecodedImage, DecodedImage16 } from './image.js';
import type { Model } from './model.js';
import { getMargin } from './model-description.js';
import type { NcrFile } from './ncr-file.js';
import {
  checkParseOptions,
  type NcrSource,
  openForModel,
  type ParseOptions,
} from './open-for-model.js';
import { OutputImage } from './output-image.js';
import { type ProgressOptions, reportProgress, splitProgress } from './progress.js';
import { checkRegion, type Region, toHyperLatents } from './region.js';
import { smoothGradients } from './smooth-gradients.js';
import { checkFunction, checkInteger, expectedButReceived } from './validate.js';
import { cutIntoWindows, type ImageWindow, MAX_WINDOW_PIXELS } from './windows.js';

/** Windows are cut at multiples of this many hyper-latents, 256 pixels: there are few ways to choose from. */
const WINDOW_UNIT = 4;

/** Options of {@link decode}. */
export interface DecodeOptions extends ParseOptions {
  /** The part of the image that you want; all of it by default. Only its tiles are decoded. */
  readonly region?: Region | undefined;
  /**
   * 1, the default, or 1/8: a preview an eighth as wide and high, rounded up, in about half the time, as
   * it needs no synthesis. A region then grows to multiples of 8 pixels: it begins at the column
   * `left − left % 8` of the image and at the row `top − top % 8`.
   */
  readonly scale?: number | undefined;
  /**
   * With scale 1: called with the preview, as with scale 1/8, before the image is computed. This takes a
   * fifth longer in all, and for an image of several windows 2.5 bytes of memory a pixel, as its integers are
   * kept. Never called if the model makes no previews, or if the device cannot compute one.
   */
  readonly onPreview?: ((preview: DecodedImage) => void) | undefined;
  /** Most pixels computed at once, 70 bytes of memory each; 2^23 by default. */
  readonly windowPixels?: number | undefined;
  /** Bits of a sample; 8 by default. */
  readonly depth?: 8 | undefined;
}

/** Options of {@link decode} for 16-bit samples. */
export interface DecodeOptions16 extends Omit<DecodeOptions, 'depth'> {
  /**
   * 16-bit samples, 0..65535. Where the image is smooth, they are more precise than 8 bits can be: the noise of
   * the codec below one step of 8 bits is smoothed away, so that gradients have no bands.
   */
  readonly depth: 16;
}

/**
 * Decodes an image, a region of it, or a preview. The pixels are the same for every `windowPixels`, within
 * 1/255; alpha and metadata are exactly what was encoded.
 *
 * @param model - the model that the file was made with.
 * @param source - the whole file, or the result of `openNcr`.
 * @returns the image: samples 0..255, `channels` for each pixel, row by row.
 * @throws {@link FormatError} if this is not a `.ncr` file, or one that needs a later decoder.
 * @throws {@link CorruptFileError} if it was cut off or changed, or if anything follows it. Tiles outside a
 * region are not decoded, so damage that only decoding shows is not found there.
 * @throws {@link ModelMismatchError} if it was made with another model.
 * @throws {@link ModelError} for scale 1/8 if the model makes no previews.
 * @throws {@link TooLargeError} if it has more pixels than `maxPixels`; those of a preview count at full size.
 * @throws TypeError or RangeError for a bad argument, or a region outside the image.
 * @throws the signal's reason once it is aborted.
 * @example
 * ```ts
 * const { width, height, data } = await decode(model, bytes);
 * const region = { left: 100, top: 100, width: 512, height: 512 };
 * const part = await decode(model, bytes, { region });
 * ```
 */
export async function decode(
  model: Model,
  source: NcrSource,
  options: DecodeOptions16,
): Promise<DecodedImage16>;
export async function decode(
  model: Model,
  source: NcrSource,
  options?: DecodeOptions,
): Promise<DecodedImage>;
export async function decode(
  model: Model,
  source: NcrSource,
  options: DecodeOptions | DecodeOptions16 = {},
): Promise<DecodedImage | DecodedImage16> {
  checkDecodeOptions(options);
  const { depth = 8, scale = 1, onPreview, windowPixels = MAX_WINDOW_PIXELS } = options;
  const { file, partial } = openForModel(model, source, options, options.region);
  const region = options.region ?? { left: 0, top: 0, width: file.width, height: file.height };
  const windows = cutIntoWindows(toHyperLatents(region), file.grid.hyper, {
    margin: getMargin(model.description),
    unit: WINDOW_UNIT,
    maxPixels: windowPixels,
  });
  const [parsing, drawing] = splitProgress(options, 0.4, 0.6);
  const damaged = partial ? new Set<number>() : undefined;
  const around = windows.map((window) => window.around);
  const tiles = new DecodedTiles(model, file, around, parsing, damaged);
  const work: Work = { model, file, region, partial, windows, tiles, damaged };

  const draw = depth === 16 ? drawImage16 : drawImage;
  if (scale !== 1) return await draw(work, PREVIEW, drawing);
  if (onPreview === undefined || model.description.preview === undefined) {
    return await draw(work, WHOLE, drawing);
  }
  const [first, second] = splitProgress(drawing, 0.5, 0.5);
  // Without its preview, an image is still an image. Any other failure happens again below.
  const preview = await drawImage(work, PREVIEW, first, true).catch(() => undefined);
  reportProgress(second, 0);
  if (preview !== undefined) onPreview(preview);
  return await draw(work, WHOLE, second);
}

/**
 * Asserts that options are valid for {@link decode}.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function checkDecodeOptions(
  // Other packages may give previews of another type.
  options: Omit<DecodeOptions, 'onPreview' | 'depth'> & {
    readonly onPreview?: unknown;
    readonly depth?: unknown;
  },
): void {
  checkParseOptions(options);
  const { region, scale = 1, onPreview, windowPixels = MAX_WINDOW_PIXELS } = options;
  const { depth = 8 } = options;
  if (depth !== 8 && depth !== 16) {
    const Wrong = typeof depth === 'number' ? RangeError : TypeError;
    throw new Wrong(expectedButReceived('8 or 16', 'depth', depth));
  }
  if (region !== undefined) checkRegion(region, 'region');
  if (scale !== 1 && scale !== 1 / PREVIEW.stride) {
    const Wrong = typeof scale === 'number' ? RangeError : TypeError;
    throw new Wrong(expectedButReceived('1 or 1/8', 'scale', scale));
  }
  if (onPreview !== undefined) checkFunction(onPreview, 'onPreview');
  checkInteger(windowPixels, 1, Number.MAX_SAFE_INTEGER, 'windowPixels');
}

/** What every pass over the windows of an image needs. */
interface Work {
  readonly model: Model;
  readonly file: NcrFile;
  readonly region: Region;
  readonly partial: boolean;
  readonly windows: readonly ImageWindow[];
  readonly tiles: DecodedTiles;
  readonly damaged: ReadonlySet<number> | undefined;
}

/**
 * Draws all windows, one after another.
 *
 * @param keepTiles - keeps the integers of all tiles for another pass.
 */
async function drawImage(
  work: Work,
  drawing: Drawing,
  options: ProgressOptions,
  keepTiles = false,
): Promise<DecodedImage> {
  const { file, region, partial, damaged = [] } = work;
  const allocate = (length: number) => new Uint8Array(length);
  const image = new OutputImage(file, drawing.stride, region, partial, allocate);
  await drawWindows(work, drawing, options, keepTiles, image);
  return image.finish(damaged);
}

/** Draws all windows with 16-bit samples, and smooths gradients. */
async function drawImage16(
  work: Work,
  drawing: Drawing,
  options: ProgressOptions,
): Promise<DecodedImage16> {
  const { file, region, partial, damaged = [] } = work;
  const allocate = (length: number) => new Uint16Array(length);
  const image = new OutputImage(file, drawing.stride, region, partial, allocate);
  await drawWindows(work, drawing, options, false, image);
  const finished = image.finish(damaged);
  smoothGradients(finished);
  return finished;
}

async function drawWindows(
  work: Work,
  drawing: Drawing,
  options: ProgressOptions,
  keepTiles: boolean,
  image: Pick<OutputImage<Uint8Array>, 'draw'>,
): Promise<void> {
  for (const index of work.windows.keys()) {
    await drawOne(work, drawing, index, keepTiles, image);
    reportProgress(options, (index + 1) / work.windows.length);
  }
}

/** Draws one window. A function of its own, so that the numbers of a window are freed before the next one. */
async function drawOne(
  { model, file, windows, tiles }: Work,
  drawing: Drawing,
  index: number,
  keepTiles: boolean,
  image: Pick<OutputImage<Uint8Array>, 'draw'>,
): Promise<void> {
  const { core, around } = windows[index]!;
  const symbols = await tiles.read(index, keepTiles);
  const planes = await drawWindow(model, drawing, file.level, around, symbols);
  image.draw(planes, around, core);
}
