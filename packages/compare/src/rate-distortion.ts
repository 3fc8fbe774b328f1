// Measures codecs on pictures and averages over them. Knows no codec's settings and reads no files.
import { checkInteger, checkString, expectedButReceived, type RawImage } from '@nacre/codec';
import type { RatePoint } from './bd-rate.js';
import { checkCodec, type PictureCodec } from './codecs.js';
import { psnr } from './psnr.js';
import { checkRgb } from './rgb.js';

/** One picture through one codec at one quality. */
export interface Measurement extends RatePoint {
  readonly picture: string;
  readonly codec: string;
  readonly quality: number;
  readonly width: number;
  readonly height: number;
  /** Size of the whole file, header and all. */
  readonly bytes: number;
}

/** The mean over pictures of one codec at one quality. */
export interface MeanPoint extends RatePoint {
  readonly quality: number;
  readonly bytes: number;
}

/**
 * Codes a picture and measures the file and what it decodes to.
 *
 * @param codec - the codec
 * @param picture - the picture's name in the result
 * @param image - the picture
 * @param quality - integer in 1..100
 * @returns whole-file bytes and bits per pixel, and PSNR over RGB (see {@link psnr})
 * @throws TypeError or RangeError for a bad argument
 * @example
 * const { bpp, psnr } = await measure(sharpJpeg, 'kodim01', image, 80);
 */
export async function measure(
  codec: PictureCodec,
  picture: string,
  image: RawImage,
  quality: number,
): Promise<Measurement> {
  checkCodec(codec);
  checkString(picture, 'picture');
  checkRgb(image, 'image');
  checkInteger(quality, 1, 100, 'quality');
  const { width, height } = image;
  const coded = await codec.code(image, quality);
  const bytes = coded.file.length;
  return {
    picture,
    codec: codec.name,
    quality,
    width,
    height,
    bytes,
    bpp: (8 * bytes) / (width * height),
    psnr: psnr(image, coded.image),
  };
}

/**
 * A codec's rate-distortion curve: at each quality the mean over pictures of bytes, of bits per
 * pixel and of PSNR. PSNR is averaged in decibels, picture by picture, as the literature does;
 * averaging squared errors first would move BD-rates by several per cent.
 *
 * @param measurements - of one codec
 * @returns one point a quality, by rising quality
 * @throws TypeError for anything but an array
 */
export function averageOverPictures(measurements: readonly Measurement[]): MeanPoint[] {
  checkArray(measurements, 'measurements');
  const qualities = [...new Set(measurements.map((one) => one.quality))];
  const mean = (group: readonly Measurement[], of: (one: Measurement) => number): number =>
    group.reduce((sum, one) => sum + of(one), 0) / group.length;
  return qualities
    .toSorted((a, b) => a - b)
    .map((quality) => {
      const group = measurements.filter((one) => one.quality === quality);
      return {
        quality,
        bytes: mean(group, (one) => one.bytes),
        bpp: mean(group, (one) => one.bpp),
        psnr: mean(group, (one) => one.psnr),
      };
    });
}

/**
 * The first step from one quality to the next at which a mean does not rise, if there is one.
 *
 * @param points - by rising quality
 * @param value - `bytes` or `psnr`
 * @returns the two points around the step, or undefined if the mean rises strictly throughout
 * @throws TypeError for a bad argument
 */
export function firstStepNotUp(
  points: readonly MeanPoint[],
  value: 'bytes' | 'psnr',
): readonly [MeanPoint, MeanPoint] | undefined {
  checkArray(points, 'points');
  if (value !== 'bytes' && value !== 'psnr') {
    throw new TypeError(expectedButReceived('bytes | psnr', 'value', value));
  }
  for (let i = 1; i < points.length; i++) {
    const [before, after] = [points[i - 1]!, points[i]!];
    if (!(after[value] > before[value])) return [before, after];
  }
  return undefined;
}

function checkArray(value: unknown, name: string): void {
  if (!Array.isArray(value)) throw new TypeError(expectedButReceived('array', name, value));
}
