// Pixels and image files as browsers have them, to and from the codec's 8-bit sRGB. It knows nothing
// of .ncr files.

import { type DecodedImage, type ImageMetadata, TooLargeError } from '@nacre/codec';
import {
  checkFunction,
  checkInteger,
  checkMetadata,
  checkObject,
  expectedButReceived,
  InputError,
  MAX_SIDE,
  OutputError,
} from '@nacre/codec/internal';
import { checkSize, DEFAULT_MAX_PIXELS } from './limits.js';

/** As much of an `ImageData` as is read; an `ImageData` with 8 bits a channel is one, without metadata. */
export interface RgbaImage {
  /** Pixels per row, 1..65535. */
  readonly width: number;
  /** Rows, 1..65535. */
  readonly height: number;
  /** Red, green, blue, alpha of each pixel, row by row from the top left: 4·width·height values. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** `srgb`, or missing. Colours are in the space of `metadata.icc` if there is one. */
  readonly colorSpace?: string;
  /** ICC profile, EXIF and XMP, those that the image has. */
  readonly metadata?: ImageMetadata | undefined;
}

/** The image formats that are written, where the browser can; PNG always. */
export const IMAGE_FORMATS = ['png', 'jpg', 'webp', 'avif'] as const;

/** One of {@link IMAGE_FORMATS}. */
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** What {@link readImage} takes; all of it optional. */
export interface ReadOptions {
  /** Refuse more pixels than this; 2^27 if left out. */
  readonly maxPixels?: number | undefined;
}

/** What {@link toBlob} takes; all of it optional. */
export interface ImageOptions {
  /** 1..100 for the lossy formats, default 90; PNG is lossless and takes none. */
  readonly quality?: number | undefined;
  /** Told, one sentence each, of everything that the format cannot hold. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

const MIME_TYPES: Readonly<Record<ImageFormat, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
};

/**
 * Reads an image file of any format the browser knows as 8-bit sRGB: the EXIF orientation applied,
 * colours converted by the embedded profile.
 *
 * @throws {@link InputError} `NOT_AN_IMAGE` for what the browser cannot read.
 * @throws {@link TooLargeError} for more pixels than allowed; TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * const image = await readImage(fileInput.files[0]);
 * ```
 */
export async function readImage(source: Blob, options: ReadOptions = {}): Promise<ImageData> {
  if (!(source instanceof Blob)) {
    throw new TypeError(expectedButReceived('Blob', 'source', source));
  }
  checkReadOptions(options);
  const bitmap = await createImageBitmap(source, { imageOrientation: 'from-image' }).catch(
    (cause: unknown) => {
      throw new InputError(
        'NOT_AN_IMAGE',
        'The input is not an image that this browser can read: give a JPEG, PNG, WebP or AVIF file.',
        { cause },
      );
    },
  );
  try {
    const { width, height } = bitmap;
    checkSize(width, height, options.maxPixels);
    const context = canvasOf(width, height);
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, width, height);
  } finally {
    bitmap.close();
  }
}

/**
 * An image file in memory, written by the browser. JPEG, which has no transparency, is over white.
 *
 * @throws {@link OutputError} `UNKNOWN_EXTENSION` for a format that this browser cannot write.
 * @throws TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * const file = await toBlob(await decode(bytes, { model }), 'png');
 * ```
 */
export async function toBlob(
  image: ImageData,
  format: ImageFormat,
  options: ImageOptions = {},
): Promise<Blob> {
  checkRgba(image, 'image');
  if (!IMAGE_FORMATS.includes(format)) {
    throw new TypeError(expectedButReceived(IMAGE_FORMATS.join(' | '), 'format', format));
  }
  checkObject(options, 'options');
  const { quality = 90, onNotice } = options;
  checkInteger(quality, 1, 100, 'quality');
  if (onNotice !== undefined) checkFunction(onNotice, 'onNotice');
  const context = canvasOf(image.width, image.height);
  context.putImageData(image, 0, 0);
  if (format === 'jpg' && image.data.some((value, i) => i % 4 === 3 && value !== 255)) {
    onNotice?.('Composited the transparency over white, as JPEG has none.');
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = 'white';
    context.fillRect(0, 0, image.width, image.height);
  }
  const type = MIME_TYPES[format];
  const blob = await context.canvas.convertToBlob({ type, quality: quality / 100 });
  if (blob.type === type) return blob;
  throw new OutputError(
    'UNKNOWN_EXTENSION',
    `This browser cannot write ${format} files: choose png.`,
  );
}

/** A canvas for pixels that are read back. */
export function canvasOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const canvas = new OffscreenCanvas(width, height);
  // Pixels are read back once: a canvas on the GPU would only be slower.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context) return context;
  throw new TooLargeError(`This browser has no canvas of ${width}×${height}: use a smaller image.`);
}

/**
 * Asserts that an argument is an image in RGBA whose data has the length its size asks for.
 *
 * @throws TypeError or RangeError naming the property that is not so.
 */
export function checkRgba(value: unknown, name: string): asserts value is RgbaImage {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(expectedButReceived('ImageData', name, value));
  }
  const { width, height, data, colorSpace = 'srgb', metadata = {} } = value as Partial<RgbaImage>;
  checkInteger(width, 1, MAX_SIDE, `${name}.width`);
  checkInteger(height, 1, MAX_SIDE, `${name}.height`);
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw new TypeError(
      expectedButReceived('Uint8Array or Uint8ClampedArray', `${name}.data`, data),
    );
  }
  if (data.length !== 4 * width * height) {
    const expected = `${4 * width * height} (4 × ${width} × ${height})`;
    throw new RangeError(expectedButReceived(expected, `${name}.data.length`, data.length));
  }
  if (colorSpace !== 'srgb') {
    throw new RangeError(expectedButReceived('srgb', `${name}.colorSpace`, colorSpace));
  }
  checkMetadata(metadata, `${name}.metadata`);
}

/**
 * Asserts that options are such as {@link readImage} takes.
 *
 * @throws TypeError or RangeError naming the one that is wrong.
 */
export function checkReadOptions(options: ReadOptions): void {
  checkObject(options, 'options');
  const { maxPixels = DEFAULT_MAX_PIXELS } = options;
  checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
}

/** The same image as canvases take it: red, green, blue and alpha. */
export function toImageData({ width, height, channels, data }: DecodedImage): ImageData {
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const hasAlpha = channels % 2 === 0;
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + green]!;
    rgba[to + 2] = data[from + blue]!;
    rgba[to + 3] = hasAlpha ? data[from + channels - 1]! : 255;
  }
  return new ImageData(rgba, width, height);
}
