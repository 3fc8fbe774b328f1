// From the bytes of a .ncr file to a picture: reads the symbols, runs the synthesis and crops.
// Nothing is allocated before the size it follows from has been checked.
import { CorruptFileError, ModelMismatchError, TooLargeError } from './errors.js';
import type { DecodedImage } from './image.js';
import { type NcrInfo, readFile } from './info.js';
import { advance, checkJobOptions, type JobOptions, partOf } from './job.js';
import { Model } from './model.js';
import { cropToImage } from './pad.js';
import { decodeTiles, type PictureSymbols } from './tile-coding.js';
import type { TileGrid } from './tiles.js';
import { checkInteger, expectedButReceived } from './validate.js';

/** Most pixels a picture may have unless the caller says otherwise: 67 megapixels. */
const DEFAULT_MAX_PIXELS = 2 ** 26;

/** Options of {@link decode} and {@link parse}. */
export interface DecodeOptions extends JobOptions {
  /** Largest width × height that is decoded; 2^26 if left out. Memory grows with it. */
  readonly maxPixels?: number | undefined;
}

/** A file's integers, before any floating-point network has run. */
export interface ParsedFile extends PictureSymbols {
  readonly info: NcrInfo;
}

/**
 * Decodes a picture.
 *
 * @param model the model the file was made with.
 * @param bytes the whole file.
 * @throws {FormatError} if this is no `.ncr` file, or one that needs a later decoder.
 * @throws {CorruptFileError} if it was cut off, changed, or something follows it.
 * @throws {ModelMismatchError} if it was made with another model.
 * @throws {TooLargeError} if it has more pixels than `maxPixels`.
 * @throws {TypeError | RangeError} for a bad argument.
 * @throws the signal's reason once it is aborted.
 * @example
 * const { width, height, data } = await decode(model, bytes);
 */
export async function decode(
  model: Model,
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  checkJobOptions(options);
  const { maxPixels } = options;
  const parsing = { ...partOf(options, 0, 0.4), maxPixels };
  const { grid, info, symbols, hyperSymbols } = await parseFile(model, bytes, parsing);
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const { hyper, latent, padded } = grid;
  const { x_hat } = await model.run(
    'synthesis',
    {
      symbols: {
        data: new Float32Array(symbols),
        dims: [1, latentChannels, latent.rows, latent.columns],
      },
      z: {
        data: new Float32Array(hyperSymbols),
        dims: [1, hyperChannels, hyper.rows, hyper.columns],
      },
      level: { data: Int32Array.of(info.level), dims: [1] },
    },
    { x_hat: [1, 3, padded.rows, padded.columns] },
  );
  const image = cropToImage(x_hat, padded, info.width, info.height);
  advance(options, 1);
  return image;
}

/**
 * The first half of {@link decode}: the integers a file holds, the same on every device.
 *
 * @returns the symbols of the whole padded picture, planar, and the scale indices they were coded with.
 * @throws as {@link decode}.
 * @example
 * const { symbols, scaleIndices } = await parse(model, bytes);
 */
export async function parse(
  model: Model,
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<ParsedFile> {
  const { info, symbols, hyperSymbols, scaleIndices } = await parseFile(model, bytes, options);
  return { info, symbols, hyperSymbols, scaleIndices };
}

async function parseFile(
  model: Model,
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<ParsedFile & { readonly grid: TileGrid }> {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  checkJobOptions(options);
  const { maxPixels = DEFAULT_MAX_PIXELS } = options;
  checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  const { info, grid, streams } = readFile(bytes);
  checkFits(info, model, maxPixels);
  advance(options, 0);
  const picture = await decodeTiles(model, grid, info.level, streams, options);
  return { info, grid, ...picture };
}

/** Refuses a file that this model cannot decode, or that is larger than allowed. */
function checkFits({ width, height, level, modelHash }: NcrInfo, model: Model, maxPixels: number) {
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
  if (width * height > maxPixels) {
    throw new TooLargeError(
      `The picture is ${width}×${height} pixels and the limit ${maxPixels} in all: ` +
        'raise maxPixels if the memory allows.',
    );
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
