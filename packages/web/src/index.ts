// The door to Nacre in a browser: pixels to .ncr and back in the thread that calls, page or worker. The
// worker and its client are client.ts, the element is element.ts; the codec itself is @nacre/codec.

import {
  type BitMap,
  type DecodeOptions as CodecDecodeOptions,
  type EncodeOptions as CodecEncodeOptions,
  type DecodedImage,
  decode as decodeWith,
  encode as encodeWith,
  type JobOptions,
  Model,
  measureBits as measureBitsWith,
  type ParseOptions,
  readInfo,
} from '@nacre/codec';
import {
  checkBytes,
  checkDecodeOptions,
  checkEncodeOptions,
  checkFunction,
  checkInteger,
  checkObject,
  expectedButReceived,
} from '@nacre/codec/internal';
import { type DecodedImageData, toDecodedImageData } from './decoded-image-data.js';
import { checkReadOptions, checkRgba, type ReadOptions, type RgbaImage } from './image.js';
import { checkSize, DEFAULT_MAX_PIXELS } from './limits.js';
import { Queue } from './queue.js';

export * from '@nacre/codec';
export { DeviceError, FetchError, InputError, ModelMissingError } from '@nacre/codec/internal';
export type { DecodedImageData } from './decoded-image-data.js';
export { HEADER_BYTES, type Size, sizeInHeader } from './header.js';
export {
  IMAGE_FORMATS,
  type ImageFormat,
  type ImageOptions,
  type ReadOptions,
  type RgbaImage,
  readImage,
  toBlob,
} from './image.js';
export { checkSize, DEFAULT_MAX_PIXELS } from './limits.js';
export { type LoadOptions, loadModel } from './model.js';
export { DEFAULT_MODEL, type FoundModel, readModelFolder } from './model-folders.js';
export { createRuntime } from './runtime.js';
export { DEVICES, type Device, type RuntimeOptions } from './runtime-options.js';

/** What {@link encode} takes; the model is required. */
export interface EncodeOptions extends CodecEncodeOptions, ReadOptions {
  /** From `loadModel`. */
  readonly model: Model;
}

/** What {@link measureBits} takes; the model is required. */
export interface MeasureOptions extends Omit<ParseOptions, 'partial'> {
  /** From `loadModel`: the model that the file was made with. */
  readonly model: Model;
}

/** What {@link decode} takes; the model is required. */
export interface DecodeOptions extends Omit<CodecDecodeOptions, 'onPreview'>, MeasureOptions {
  /**
   * With scale 1: given the preview as soon as it is there, before the image is computed; as the codec's
   * `decode` has it.
   */
  readonly onPreview?: ((preview: DecodedImageData) => void) | undefined;
  /** Told, in one sentence, if the image's ICC profile cannot be used. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** Jobs of this thread run one after another: two at once would take twice the memory, not half the time. */
const queue = new Queue();

/**
 * Compresses pixels to the bytes of a `.ncr` file. Alpha and metadata are kept to the bit.
 *
 * @throws what the codec's `encode` throws; TooLargeError before anything is allocated;
 * {TypeError | RangeError} for a bad argument.
 * @example
 * import { encode, loadModel, readImage } from '@nacre/web';
 * const model = await loadModel('/models/photo-6/');
 * const bytes = await encode(await readImage(file), { model, quality: 50 });
 */
export async function encode(
  image: ImageData | RgbaImage,
  options: EncodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  checkReadOptions(options);
  checkModel(options.model);
  checkJobOptions(options);
  checkEncodeOptions(options);
  checkRgba(image, 'image');
  const { model, maxPixels = DEFAULT_MAX_PIXELS, ...job } = options;
  const { width, height, data, icc, exif, xmp }: RgbaImage = image;
  checkSize(width, height, maxPixels);
  const pixels = { width, height, channels: 4, data, icc, exif, xmp } as const;
  return await queue.run(() => encodeWith(model, pixels, job), job.signal);
}

/**
 * Decompresses the bytes of a `.ncr` file, a region of it, or a preview, to pixels. Colours of another
 * space become sRGB by the image's ICC profile. What else it holds, `readMetadata` tells.
 *
 * @throws what the codec's `decode` throws; TooLargeError before anything is allocated;
 * {TypeError | RangeError} for a bad argument.
 * @example
 * const response = await fetch('photo.ncr');
 * const image = await decode(new Uint8Array(await response.arrayBuffer()), { model });
 * canvas.getContext('2d').putImageData(image, 0, 0);
 */
export async function decode(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedImageData> {
  checkDecodeOptions(options);
  if (options.onNotice !== undefined) checkFunction(options.onNotice, 'onNotice');
  const maxPixels = checkDecoding(bytes, options);
  const { model, onNotice, onPreview, ...job } = options;
  return await queue.run(async () => {
    let shown: Promise<void> | undefined;
    const show = (preview: DecodedImage): void => {
      shown = toDecodedImageData(preview).then((image) => {
        // Nothing is returned: who decodes in the callback waits for this job, which must not wait for it.
        if (!job.signal?.aborted) onPreview?.(image);
      });
      // It is awaited below, if the image comes at all.
      shown.catch(() => {});
    };
    const decoded = await decodeWith(model, bytes, {
      ...job,
      maxPixels,
      onPreview: onPreview && show,
    });
    await shown;
    return await toDecodedImageData(decoded, onNotice);
  }, job.signal);
}

/**
 * What each 16×16 pixels of a `.ncr` file cost, in bits, as the codec's function of this name; for a
 * heat map. No pixel is computed.
 *
 * @throws as {@link decode}.
 * @example
 * const { bits, rows, columns } = await measureBits(bytes, { model });
 */
export async function measureBits(bytes: Uint8Array, options: MeasureOptions): Promise<BitMap> {
  const maxPixels = checkDecoding(bytes, options);
  const { model, ...job } = options;
  return await queue.run(() => measureBitsWith(model, bytes, { ...job, maxPixels }), job.signal);
}

/** Checks what {@link decode} takes, and that the file is not too large; gives the limit. */
function checkDecoding(
  bytes: Uint8Array,
  options: MeasureOptions & Pick<DecodeOptions, 'partial' | 'region'>,
): number {
  checkBytes(bytes, 'bytes');
  checkObject(options, 'options');
  checkModel(options.model);
  checkJobOptions(options);
  const { maxPixels = DEFAULT_MAX_PIXELS, region, partial } = options;
  checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
  const { width, height } = region ?? readInfo(bytes, { partial });
  checkSize(width, height, maxPixels);
  return maxPixels;
}

function checkModel(model: unknown): void {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
}

function checkJobOptions({ signal, onProgress }: JobOptions): void {
  if (signal !== undefined) checkObject(signal, 'signal');
  if (onProgress !== undefined) checkFunction(onProgress, 'onProgress');
}
