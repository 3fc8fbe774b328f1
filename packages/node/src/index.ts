// The friendly door to Nacre on Node: pictures to .ncr and back in three lines, and everything else
// this package offers by name. The codec itself is @nacre/codec.

import { readFile } from 'node:fs/promises';
import {
  type DecodeOptions as CodecDecodeOptions,
  type EncodeOptions as CodecEncodeOptions,
  type DecodedImage,
  decode as decodeWith,
  encode as encodeWith,
  type Model,
  type RgbImage,
  readInfo,
} from '@nacre/codec';
import { checkSize, defaultMaxPixels } from './limits.js';
import { loadModel, loadModelFor } from './model.js';
import { type PictureSource, type ReadOptions, readImage } from './picture.js';

export * from '@nacre/codec';
export { outputExists, type WriteOptions, writeFileAtomic } from './atomic-write.js';
export { BYTES_PER_PIXEL, checkSize, defaultMaxPixels } from './limits.js';
export {
  DEFAULT_MODEL,
  type FoundModel,
  type LoadOptions,
  listModels,
  loadModel,
  loadModelFor,
  readModelFolder,
} from './model.js';
export {
  checkFormatSize,
  formatOf,
  PICTURE_FORMATS,
  type PictureFormat,
  type PictureQuality,
  type PictureSource,
  type ReadOptions,
  readImage,
  toBuffer,
  writeImage,
} from './picture.js';
export {
  createRuntime,
  DEVICES,
  type Device,
  type OptimizationLevel,
  type RuntimeOptions,
} from './runtime.js';

/** What {@link encode} takes; all of it optional. */
export interface EncodeOptions extends CodecEncodeOptions, ReadOptions {
  /** A model from {@link loadModel}; by default the default model on the CPU. */
  readonly model?: Model | undefined;
}

/** What {@link decode} takes; all of it optional. */
export interface DecodeOptions extends CodecDecodeOptions {
  /** A model from {@link loadModel}; by default the one the file was made with, on the CPU. */
  readonly model?: Model | undefined;
}

/**
 * Compresses a picture, given as pixels or as a picture file, to the bytes of a `.ncr` file.
 *
 * @throws what `readImage`, `loadModel` and the codec's `encode` throw; TooLargeError before anything
 * is allocated.
 * @example
 * import { decode, encode, writeFileAtomic, writeImage } from '@nacre/node';
 * await writeFileAtomic('photo.ncr', await encode('photo.jpg', { quality: 50 }));
 * await writeImage('photo.png', await decode('photo.ncr'));
 */
export async function encode(
  source: RgbImage | PictureSource,
  { model, maxPixels = defaultMaxPixels(), onNotice, ...options }: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const isFile =
    typeof source === 'string' || source instanceof URL || source instanceof Uint8Array;
  if (!isFile) checkSize(source.width, source.height, maxPixels);
  const image = isFile ? await readImage(source, { maxPixels, onNotice }) : source;
  return await encodeWith(model ?? (await loadModel()), image, options);
}

/**
 * Decompresses a `.ncr` file, given as its path, its URL or its bytes, to pixels.
 *
 * @throws what `loadModel` and the codec's `decode` throw; TooLargeError before anything is
 * allocated; ModelMissingError if no installed model made the file.
 * @example
 * const image = await decode('photo.ncr');
 * console.log(image.width, image.height, image.data.length); // 768 512 1179648
 */
export async function decode(
  source: PictureSource,
  { model, maxPixels = defaultMaxPixels(), ...options }: DecodeOptions = {},
): Promise<DecodedImage> {
  const bytes = source instanceof Uint8Array ? source : await readFile(source);
  const { width, height } = readInfo(bytes);
  checkSize(width, height, maxPixels);
  return await decodeWith(model ?? (await loadModelFor(bytes)), bytes, { ...options, maxPixels });
}
