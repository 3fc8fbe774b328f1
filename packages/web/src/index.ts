// Nacre in a browser: pixels to .ncr and back in the thread that calls, page or worker. client.ts runs the same in
// a worker, element.ts shows images; the codec itself is @nacre/codec.

import {
  type BitMap,
  type DecodeOptions as CodecDecodeOptions,
  type EncodeOptions as CodecEncodeOptions,
  type DecodedImage,
  decode as decodeWith,
  encode as encodeWith,
  Model,
  measureBits as measureBitsWith,
  type NcrSource,
  openNcr,
  type ParseOptions,
} from '@nacre/codec';
import {
  checkDecodeOptions,
  checkEncodeOptions,
  checkFunction,
  checkObject,
  checkParseOptions,
  expectedButReceived,
  NcrFile,
} from '@nacre/codec/internal';
import { type DecodedImageData, toDecodedImageData } from './decoded-image-data.js';
import { checkReadOptions, checkRgba, type ReadOptions, type RgbaImage } from './image.js';
import { checkSize, DEFAULT_MAX_PIXELS } from './limits.js';
import { loadModel } from './model.js';
import { Queue } from './queue.js';

export * from '@nacre/codec';
export {
  DeviceError,
  FetchError,
  InputError,
  levelToQuality,
  ModelMissingError,
  OutputError,
} from '@nacre/codec/internal';
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
export {
  type ImageFileFacts,
  type ImageFileKind,
  inspectImageFile,
} from './inspect-image-file.js';
export { checkSize, DEFAULT_MAX_PIXELS } from './limits.js';
export { type LoadOptions, loadModel } from './model.js';
export { DEFAULT_MODEL, type FoundModel, readModelFolder } from './model-folders.js';
export { createRuntime } from './runtime.js';
export { DEVICES, type Device, type RuntimeOptions } from './runtime-options.js';

/** Options of {@link encode}. */
export interface EncodeOptions extends CodecEncodeOptions, ReadOptions {
  /**
   * The name of a model in the folder `models/` next to the page, the address of its folder, or a model from
   * {@link loadModel}; by default {@link DEFAULT_MODEL}.
   */
  readonly model?: Model | string | URL | undefined;
}

/** Options of {@link measureBits}. */
export interface MeasureOptions extends Omit<ParseOptions, 'partial'> {
  /** The model that the file was made with, as for {@link encode}; by default {@link DEFAULT_MODEL}. */
  readonly model?: Model | string | URL | undefined;
}

/** Options of {@link decode}. */
export interface DecodeOptions extends Omit<CodecDecodeOptions, 'onPreview'>, MeasureOptions {
  /** With scale 1: called with the preview before the image is computed; see the codec's `decode`. */
  readonly onPreview?: ((preview: DecodedImageData) => void) | undefined;
  /** Called, with one sentence, if the image's ICC profile cannot be used. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** Calls of this thread run one after another: two at once would take twice the memory, not half the time. */
const queue = new Queue();

/**
 * Compresses pixels to the bytes of a `.ncr` file. Alpha and metadata are kept exactly.
 *
 * @param image - RGBA pixels, from a canvas or `readImage`.
 * @returns the bytes of the file.
 * @throws the same errors as `loadModel` and the codec's `encode`.
 * @throws {@link TooLargeError} before anything is allocated.
 * @throws TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * import { encode, readImage } from '@nacre/web';
 * const bytes = await encode(await readImage(file), { quality: 50 });
 * ```
 */
export async function encode(
  image: ImageData | RgbaImage,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkReadOptions(options);
  checkModelOption(options.model);
  checkEncodeOptions(options);
  checkRgba(image, 'image');
  const { model, maxPixels = DEFAULT_MAX_PIXELS, ...rest } = options;
  const { width, height, data, metadata }: RgbaImage = image;
  checkSize(width, height, maxPixels, rest.windowPixels);
  const pixels = { width, height, channels: 4, data, metadata } as const;
  const resolved = await resolveModel(model);
  return await queue.run(() => encodeWith(resolved, pixels, rest), rest.signal);
}

/**
 * Decompresses a `.ncr` file, a region of it, or a preview, to pixels. Colours of another space become sRGB by
 * the image's ICC profile. `openNcr` gives its metadata.
 *
 * @param source - the bytes of the file, or the result of `openNcr`.
 * @returns RGBA pixels for a canvas.
 * @throws the same errors as `loadModel` and the codec's `decode`.
 * @throws {@link TooLargeError} before anything is allocated.
 * @throws TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * const response = await fetch('photo.ncr');
 * const image = await decode(new Uint8Array(await response.arrayBuffer()));
 * canvas.getContext('2d').putImageData(image, 0, 0);
 * ```
 */
export async function decode(
  source: NcrSource,
  options: DecodeOptions = {},
): Promise<DecodedImageData> {
  checkDecodeOptions(options);
  if (options.onNotice !== undefined) checkFunction(options.onNotice, 'onNotice');
  const { onNotice, onPreview, ...common } = options;
  const { model, file, rest } = await prepareDecoding(source, common);
  return await queue.run(async () => {
    let shown: Promise<void> | undefined;
    const show = (preview: DecodedImage): void => {
      shown = toDecodedImageData(preview).then((image) => {
        // Nothing is returned: a callback that decodes waits for this call, which must not wait for it.
        if (!rest.signal?.aborted) onPreview?.(image);
      });
      // It is awaited below, if the image comes at all.
      shown.catch(() => {});
    };
    const decoded = await decodeWith(model, file, { ...rest, onPreview: onPreview && show });
    await shown;
    return await toDecodedImageData(decoded, onNotice);
  }, rest.signal);
}

/**
 * Measures how many bits each 16×16 pixels of a `.ncr` file take, for a heat map. No pixel is computed.
 *
 * @param source - the bytes of the file, or the result of `openNcr`.
 * @returns a map with one number for each region.
 * @throws the same errors as {@link decode}.
 * @example
 * ```ts
 * const { bits, rows, columns } = await measureBits(bytes);
 * ```
 */
export async function measureBits(
  source: NcrSource,
  options: MeasureOptions = {},
): Promise<BitMap> {
  const { model, file, rest } = await prepareDecoding(source, options);
  return await queue.run(() => measureBitsWith(model, file, rest), rest.signal);
}

/** Opens the file, refuses one that is too large, and loads its model. */
async function prepareDecoding<
  Options extends MeasureOptions & Pick<DecodeOptions, 'partial' | 'region' | 'windowPixels'>,
>(source: NcrSource, options: Options) {
  checkObject(options, 'options');
  checkModelOption(options.model);
  checkParseOptions(options);
  const { model, maxPixels = DEFAULT_MAX_PIXELS, ...rest } = options;
  const { region, partial, windowPixels } = options;
  const file = source instanceof NcrFile ? source : openNcr(source, { partial });
  const { width, height } = region ?? file;
  checkSize(width, height, maxPixels, windowPixels);
  return { model: await resolveModel(model), file, rest: { ...rest, maxPixels } };
}

async function resolveModel(model: Model | string | URL | undefined): Promise<Model> {
  return model instanceof Model ? model : await loadModel({ model });
}

function checkModelOption(model: unknown): void {
  const isName = typeof model === 'string' || model instanceof URL;
  if (model !== undefined && !isName && !(model instanceof Model)) {
    throw new TypeError(expectedButReceived('name, URL or Model', 'model', model));
  }
}
