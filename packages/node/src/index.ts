// Nacre on Node: images to .ncr files and back in three lines. The codec itself is @nacre/codec.

import { readFile } from 'node:fs/promises';
import {
  type BitMap,
  type DecodeOptions as CodecDecodeOptions,
  type EncodeOptions as CodecEncodeOptions,
  type DecodedImage,
  decode as decodeWith,
  encode as encodeWith,
  Model,
  measureBits as measureBitsWith,
  openNcr,
  type ParseOptions,
  type RawImage,
  type Region,
} from '@nacre/codec';
import {
  checkDecodeOptions,
  checkEncodeOptions,
  checkImage,
  expectedButReceived,
  NcrFile,
} from '@nacre/codec/internal';
import { checkSize, defaultMaxPixels } from './limits.js';
import { DEFAULT_MODEL, loadModel, loadModelFor } from './model.js';
import {
  checkReadOptions,
  checkSource,
  type ImageSource,
  isImageSource,
  type ReadOptions,
  readImage,
} from './read-image.js';

export * from '@nacre/codec';
export {
  DeviceError,
  InputError,
  levelToQuality,
  ModelMissingError,
  OutputError,
} from '@nacre/codec/internal';
export {
  outputExists,
  removeStaleTemporaries,
  type WriteOptions,
  writeFileAtomic,
} from './atomic-write.js';
export { flatten } from './flatten.js';
export { checkSize, defaultMaxPixels } from './limits.js';
export {
  DEFAULT_MODEL,
  type LoadForOptions,
  type LoadOptions,
  loadModel,
  loadModelFor,
} from './model.js';
export { type FoundModel, type ListOptions, listModels, readModelFolder } from './model-folders.js';
export { type ImageSource, type ReadOptions, readImage } from './read-image.js';
export {
  createRuntime,
  DEVICES,
  type Device,
  type OptimizationLevel,
  type RuntimeOptions,
} from './runtime.js';
export {
  checkFormatSize,
  formatOf,
  IMAGE_FORMATS,
  type ImageFormat,
  type ImageOptions,
  toBuffer,
  writeImage,
} from './write-image.js';

/** Options of {@link encode}. */
export interface EncodeOptions extends CodecEncodeOptions, ReadOptions {
  /** The id of a model, its folder, or a model from {@link loadModel}; by default {@link DEFAULT_MODEL}. */
  readonly model?: Model | string | undefined;
}

/** Options of {@link measureBits}. */
export interface MeasureOptions extends Omit<ParseOptions, 'partial'> {
  /**
   * The id of a model, its folder, or a model from {@link loadModel}; by default the installed model that the
   * file was made with.
   */
  readonly model?: Model | string | undefined;
}

/** Options of {@link decode}. */
export interface DecodeOptions extends CodecDecodeOptions, MeasureOptions {}

/** A `.ncr` file: its path, its `file:` URL, its bytes, or the result of `openNcr`. */
export type FileSource = ImageSource | NcrFile;

/**
 * Compresses an image, given as pixels or as an image file, to the bytes of a `.ncr` file.
 *
 * @param source - pixels, or the path, `file:` URL or bytes of an image file.
 * @returns the bytes of the file.
 * @throws the same errors as `readImage`, `loadModel` and the codec's `encode`.
 * @throws {@link TooLargeError} before anything is allocated.
 * @throws TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * import { decode, encode, writeFileAtomic, writeImage } from '@nacre/node';
 * await writeFileAtomic('photo.ncr', await encode('photo.jpg', { quality: 50 }));
 * await writeImage('photo.png', await decode('photo.ncr'));
 * ```
 */
export async function encode(
  source: RawImage | ImageSource,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const isFile = isImageSource(source);
  if (!isFile && (typeof source !== 'object' || source === null)) {
    const expected = 'path, URL, Uint8Array or RawImage';
    throw new TypeError(expectedButReceived(expected, 'source', source));
  }
  checkReadOptions(options);
  checkModelOption(options.model);
  checkEncodeOptions(options);
  const { model, keepProfile, strip, allowDamaged, maxPixels: limit, ...rest } = options;
  const maxPixels = limit ?? defaultMaxPixels(rest.windowPixels);
  if (!isFile) {
    checkSize(source.width, source.height, maxPixels, rest.windowPixels);
    checkImage(source, 'source');
  }
  const reading = { maxPixels, keepProfile, strip, allowDamaged, onNotice: rest.onNotice };
  const image = isFile ? await readImage(source, reading) : source;
  const kept = strip ? { ...image, metadata: { icc: image.metadata?.icc } } : image;
  return await encodeWith(await resolveModel(model ?? DEFAULT_MODEL), kept, rest);
}

/**
 * Decompresses a `.ncr` file, a region of it, or a preview, to pixels.
 *
 * @param source - the path, `file:` URL or bytes of the file, or the result of `openNcr`.
 * @returns samples 0..255, `channels` for each pixel, row by row, and metadata.
 * @throws the same errors as `loadModel` and the codec's `decode`.
 * @throws {@link ModelMissingError} if no installed model made the file.
 * @throws {@link TooLargeError} before anything is allocated.
 * @throws TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * const image = await decode('photo.ncr');
 * console.log(image.width, image.height, image.data.length); // 768 512 1179648
 * const corner = await decode('photo.ncr', { region: { left: 0, top: 0, width: 64, height: 64 } });
 * const thumbnail = await decode('photo.ncr', { scale: 1 / 8 }); // 96 × 64
 * ```
 */
export async function decode(
  source: FileSource,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  checkDecodeOptions(options);
  const { region, windowPixels, ...common } = options;
  const { model, file, rest } = await prepareDecoding(source, common, region, windowPixels);
  return await decodeWith(model, file, { ...rest, region, windowPixels });
}

/**
 * Measures how many bits each 16×16 pixels of a `.ncr` file take, for a heat map. No pixel is computed.
 *
 * @param source - the path, `file:` URL or bytes of the file, or the result of `openNcr`.
 * @returns a map with one number for each region.
 * @throws the same errors as {@link decode}.
 * @example
 * ```ts
 * const { bits, rows, columns } = await measureBits('photo.ncr');
 * ```
 */
export async function measureBits(
  source: FileSource,
  options: MeasureOptions = {},
): Promise<BitMap> {
  const { model, file, rest } = await prepareDecoding(source, options);
  return await measureBitsWith(model, file, rest);
}

/** Opens the file, refuses one that is too large, and finds its model. */
async function prepareDecoding<Options extends MeasureOptions & Pick<DecodeOptions, 'partial'>>(
  source: FileSource,
  options: Options,
  region?: Region,
  windowPixels?: number,
) {
  const isOpen = source instanceof NcrFile;
  if (!isOpen) checkSource(source, 'source');
  checkReadOptions(options);
  checkModelOption(options.model);
  const { model, maxPixels = defaultMaxPixels(windowPixels), ...rest } = options;
  const file = isOpen ? source : await openFile(source, options.partial);
  const { width, height } = region ?? file;
  checkSize(width, height, maxPixels, windowPixels);
  const resolved = model === undefined ? await loadModelFor(file) : await resolveModel(model);
  return { model: resolved, file, rest: { ...rest, maxPixels } };
}

async function openFile(source: ImageSource, partial: boolean | undefined): Promise<NcrFile> {
  const bytes = source instanceof Uint8Array ? source : await readFile(source);
  return openNcr(bytes, { partial });
}

async function resolveModel(model: Model | string): Promise<Model> {
  return typeof model === 'string' ? await loadModel({ model }) : model;
}

function checkModelOption(model: unknown): void {
  if (model !== undefined && typeof model !== 'string' && !(model instanceof Model)) {
    throw new TypeError(expectedButReceived('name or Model', 'model', model));
  }
}
