// Measures one codec on one image at one quality.
import type { RawImage } from '@nacre/codec';
import { checkInteger, checkString, expectedButReceived } from '@nacre/codec/internal';
import { checkCodec, type ImageCodec } from './image-codec.js';
import { checkMetric, type Metric, metricRow } from './metrics.js';
import { checkRgb } from './rgb.js';

/** One image through one codec at one quality. */
export interface Measurement {
  /** The name of the image. */
  readonly image: string;
  /** The name of the codec. */
  readonly codec: string;
  /** In 1..100. */
  readonly quality: number;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Size of the whole file, header and all. */
  readonly bytes: number;
  /** Bits per pixel of the whole file. */
  readonly bpp: number;
  /** The value of each metric that applies to the image. */
  readonly values: Readonly<Partial<Record<Metric, number>>>;
  /** For metrics that do not apply to the image, the reason. */
  readonly failures: Readonly<Partial<Record<Metric, string>>>;
  /** In milliseconds. */
  readonly encodeMs: number;
  /** In milliseconds. */
  readonly decodeMs: number;
}

/**
 * Encodes and decodes an image, and measures the file, the decoded image and the times.
 *
 * @param codec - the codec
 * @param name - the image's name in the result
 * @param image - the image
 * @param quality - integer in 1..100
 * @param metrics - the metrics to measure
 * @throws TypeError or RangeError for a bad argument; what the codec or the program of a metric throws
 * @example
 * ```ts
 * const { bpp, values } = await measure(sharpCodec('jpeg'), 'kodim01', image, 80, ['psnr']);
 * ```
 */
export async function measure(
  codec: ImageCodec,
  name: string,
  image: RawImage,
  quality: number,
  metrics: readonly Metric[],
): Promise<Measurement> {
  checkCodec(codec);
  checkString(name, 'name');
  checkRgb(image, 'image');
  checkInteger(quality, 1, 100, 'quality');
  if (!Array.isArray(metrics)) {
    throw new TypeError(expectedButReceived('array', 'metrics', metrics));
  }
  for (const metric of metrics) checkMetric(metric);
  const { width, height } = image;
  const started = performance.now();
  const file = await codec.encode(image, quality);
  const encoded = performance.now();
  const decoded = await codec.decode(file);
  const finished = performance.now();
  const values: Partial<Record<Metric, number>> = {};
  const failures: Partial<Record<Metric, string>> = {};
  for (const metric of metrics as readonly Metric[]) {
    try {
      values[metric] = await metricRow(metric).measure(image, decoded);
    } catch (error) {
      // The metric does not apply to this image; any other error may be gone next time.
      if (!(error instanceof RangeError)) throw error;
      failures[metric] = error.message;
    }
  }
  return {
    image: name,
    codec: codec.name,
    quality,
    width,
    height,
    bytes: file.length,
    bpp: (8 * file.length) / (width * height),
    values,
    failures,
    encodeMs: encoded - started,
    decodeMs: finished - encoded,
  };
}
