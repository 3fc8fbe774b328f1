// The friendly door to Nacre on Node: images to .ncr and back in three lines, and everything else
// this package offers by name. The codec itself is @nacre/codec.

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
  type ParseOptions,
  type RawImage,
  type Region,
  readInfo,
} from '@nacre/codec';
import {
  checkDecodeOptions,
  checkEncodeOptions,
  checkImage,
  expectedButReceived,
} from '@nacre/codec/internal';
import { checkSize, defaultMaxPixels } from './limits.js';
import { loadModel, loadModelFor } from './model.js';
import {
  checkReadOptions,
  checkSource,
  type ImageSource,
  isImageSource,
  type ReadOptions,
  readImage,
} from './read-image.js';

export * from '@nacre/codec';
export { DeviceError, InputError, ModelMissingError, OutputError } from '@nacre/codec/internal';
export { outputExists, type WriteOptions, writeFileAtomic } from './atomic-write.js';
export { flatten } from './flatten.js';
export { checkSize, defaultMaxPixels } from './limits.js';
export { DEFAULT_MODEL, type LoadOptions, loadModel, loadModelFor } from './model.js';
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

/** What {@link encode} takes; all of it optional. */
export interface EncodeOptions extends CodecEncodeOptions, ReadOptions {
  /** A model from {@link loadModel}; by default the default model on the CPU. */
  readonly model?: Model | undefined;
}

/** What {@link measureBits} takes; all of it optional. */
export interface MeasureOptions extends Omit<ParseOptions, 'partial'> {
  /** A model from {@link loadModel}; by default the one the file was made with, on the CPU. */
  readonly model?: Model | undefined;
}

/** What {@link decode} takes; all of it optional. */
export interface DecodeOptions extends CodecDecodeOptions, MeasureOptions {}

/**
 * Compresses an image, given as pixels or as an image file, to the bytes of a `.ncr` file.
 *
 * @throws what `readImage`, `loadModel` and the codec's `encode` throw; TooLargeError before anything
 * is allocated; {TypeError | RangeError} for a bad argument.
 * @example
 * import { decode, encode, writeFileAtomic, writeImage } from '@nacre/node';
 * await writeFileAtomic('photo.ncr', await encode('photo.jpg', { quality: 50 }));
 * await writeImage('photo.png', await decode('photo.ncr'));
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
  checkOptionalModel(options.model);
  checkEncodeOptions(options);
  const {
    model,
    maxPixels = defaultMaxPixels(),
    keepProfile,
    strip,
    allowDamaged,
    ...job
  } = options;
  if (!isFile) {
    checkSize(source.width, source.height, maxPixels);
    checkImage(source, 'source');
  }
  const reading = { maxPixels, keepProfile, strip, allowDamaged, onNotice: job.onNotice };
  const image = isFile ? await readImage(source, reading) : source;
  const kept = strip ? { ...image, exif: undefined, xmp: undefined } : image;
  return await encodeWith(model ?? (await loadModel()), kept, job);
}

/**
 * Decompresses a `.ncr` file, given as its path, its URL or its bytes, a region of it, or a preview, to
 * pixels.
 *
 * @throws what `loadModel` and the codec's `decode` throw; TooLargeError before anything is
 * allocated; ModelMissingError if no installed model made the file; {TypeError | RangeError} for a
 * bad argument.
 * @example
 * const image = await decode('photo.ncr');
 * console.log(image.width, image.height, image.data.length); // 768 512 1179648
 * const corner = await decode('photo.ncr', { region: { left: 0, top: 0, width: 64, height: 64 } });
 * const thumbnail = await decode('photo.ncr', { scale: 1 / 8 }); // 96 × 64
 */
export async function decode(
  source: ImageSource,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  checkDecodeOptions(options);
  const { region, scale, onPreview, windowPixels, ...common } = options;
  const { model, bytes, job } = await prepareDecoding(source, common, region);
  return await decodeWith(model, bytes, { ...job, region, scale, onPreview, windowPixels });
}

/**
 * What each 16×16 pixels of a `.ncr` file cost, in bits, as the codec's function of this name; for a
 * heat map. No pixel is computed.
 *
 * @throws as {@link decode}.
 * @example
 * const { bits, rows, columns } = await measureBits('photo.ncr');
 */
export async function measureBits(
  source: ImageSource,
  options: MeasureOptions = {},
): Promise<BitMap> {
  const { model, bytes, job } = await prepareDecoding(source, options);
  return await measureBitsWith(model, bytes, job);
}

/** Checks what {@link decode} takes, reads the file, refuses one too large, and finds its model. */
async function prepareDecoding(
  source: ImageSource,
  options: MeasureOptions & Pick<DecodeOptions, 'partial'>,
  region?: Region,
) {
  checkSource(source, 'source');
  checkReadOptions(options);
  checkOptionalModel(options.model);
  const { model, maxPixels = defaultMaxPixels(), ...job } = options;
  const bytes = source instanceof Uint8Array ? source : await readFile(source);
  const { width, height } = region ?? readInfo(bytes, { partial: options.partial });
  checkSize(width, height, maxPixels);
  return { model: model ?? (await loadModelFor(bytes)), bytes, job: { ...job, maxPixels } };
}

function checkOptionalModel(model: unknown): void {
  if (model !== undefined && !(model instanceof Model)) {
    throw new TypeError(expectedButReceived('Model', 'model', model));
  }
}
