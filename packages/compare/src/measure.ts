// Measures one codec on one image. Knows no codec's settings, reads no files and averages nothing.
import type { RawImage } from '@nacre/codec';
import { checkInteger, checkString, expectedButReceived } from '@nacre/codec/internal';
import { checkCodec, type ImageCodec } from './codecs.js';
import { checkMetric, METRIC_FACTS, type Metric } from './metrics.js';
import { checkRgb } from './rgb.js';

/** One image through one codec at one quality. */
export interface Measurement {
  readonly image: string;
  readonly codec: string;
  readonly quality: number;
  readonly width: number;
  readonly height: number;
  /** Size of the whole file, header and all. */
  readonly bytes: number;
  /** Bits per pixel of the whole file. */
  readonly bpp: number;
  /** What each metric gave; where one does not take such an image, `failures` says why. */
  readonly values: Readonly<Partial<Record<Metric, number>>>;
  readonly failures: Readonly<Partial<Record<Metric, string>>>;
  readonly encodeMs: number;
  readonly decodeMs: number;
}

/**
 * Codes an image and measures the file, what it decodes to, and how long both took.
 *
 * @param codec - the codec
 * @param name - the image's name in the result
 * @param image - the image
 * @param quality - integer in 1..100
 * @param metrics - what to measure
 * @throws TypeError or RangeError for a bad argument; what the codec, or the tool of a metric, throws
 * @example
 * const { bpp, values } = await measure(sharpCodec('jpeg'), 'kodim01', image, 80, ['psnr']);
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
      values[metric] = await METRIC_FACTS[metric].measure(image, decoded);
    } catch (error) {
      // Refused for what the image is; whatever else it was may go well another time.
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
