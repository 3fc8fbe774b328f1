// What decoding and parsing do first: check the arguments, open the file, and refuse one that the model does
// not fit or that has too many pixels. Nothing of the image's size is allocated before that.
import { CorruptFileError, ModelMismatchError, TooLargeError } from './errors.js';
import { Model } from './model.js';
import { NcrFile, openNcr } from './ncr-file.js';
import { checkProgressOptions, type ProgressOptions, reportProgress } from './progress.js';
import { checkWithin, type Region } from './region.js';
import { checkBoolean, checkInteger, expectedButReceived } from './validate.js';
import { MAX_WINDOW_PIXELS } from './windows.js';

/** Most pixels that are decoded by default: 268 megapixels, sharp's limit. */
const DEFAULT_MAX_PIXELS = 2 ** 28;

/** A `.ncr` file, opened or not. */
export type NcrSource = Uint8Array | NcrFile;

/** Options of {@link parse}. */
export interface ParseOptions extends ProgressOptions {
  /** Largest width × height that is decoded; 2^28 by default. */
  readonly maxPixels?: number | undefined;
  /**
   * Decodes whatever is intact in a damaged file, provided the header and at least one tile are. The result
   * says which parts are damaged. By default, as the file was opened; false for bytes, so that a damaged
   * file is an error.
   */
  readonly partial?: boolean | undefined;
}

/**
 * Asserts that options are valid for {@link parse}.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function checkParseOptions(options: ParseOptions): void {
  checkProgressOptions(options);
  const { maxPixels = DEFAULT_MAX_PIXELS, partial } = options;
  checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  if (partial !== undefined) checkBoolean(partial, 'partial');
}

/**
 * Opens a file for a model, or takes one that is open.
 *
 * @param options - already checked.
 * @param region - the part of the image that is needed; all of it by default.
 * @returns the file, and whether damage is tolerated.
 */
export function openForModel(
  model: Model,
  source: NcrSource,
  options: ParseOptions,
  region?: Region,
): { file: NcrFile; partial: boolean } {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  const file = source instanceof NcrFile ? source : openNcr(source, { partial: options.partial });
  const { maxPixels = DEFAULT_MAX_PIXELS, partial = file.partial } = options;
  if (file.partial && !partial) checkIntact(file);
  if (region !== undefined) checkWithin(region, file);
  checkFits(file, model);
  checkPixels(file, region ?? file, maxPixels);
  reportProgress(options, 0);
  return { file, partial };
}

/** Refuses a damaged file that was opened with `partial`. */
function checkIntact({ missing, tileStreams }: NcrFile): void {
  if (missing.length === 0 && !tileStreams.sizes.includes(0)) return;
  throw new CorruptFileError(
    'The file is damaged: get a good copy of it, or decode what is left with partial.',
  );
}

/** Refuses a file that this model cannot decode. */
function checkFits({ level, modelHash }: NcrFile, model: Model): void {
  const loaded = model.hash.subarray(0, modelHash.length);
  if (modelHash.some((byte, i) => byte !== loaded[i])) {
    throw new ModelMismatchError(
      `The file needs the model with hash ${toHex(modelHash)} but ${model.description.id} has ` +
        `${toHex(loaded)}: load the model it was made with.`,
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
  { width, height, tileSide, alphaStreams }: NcrFile,
  wanted: { readonly width: number; readonly height: number },
  maxPixels: number,
): void {
  // A tile is decoded as a whole, in four times the memory of its pixels. The tiles that this encoder writes
  // fit into a window; those of another encoder may be as large as the image, and so may tiles of alpha.
  const side = Math.max(tileSide, alphaStreams ? 2 ** alphaStreams.log2Side : 0);
  const tile = Math.min(side, width) * Math.min(side, height);
  const pixels = Math.max(wanted.width * wanted.height, tile > MAX_WINDOW_PIXELS ? 4 * tile : 0);
  if (pixels <= maxPixels) return;
  throw new TooLargeError(
    `The image is ${width}×${height}; ${pixels} pixels must be decoded and the limit is ` +
      `${maxPixels}: raise maxPixels if the memory allows, or decode a region.`,
  );
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
