// What each worker thread runs: one image through one or two codecs, on one thread. The pool has a thread per core,
// so libvips and ONNX Runtime must not start threads of their own.
import type { RawImage } from '@nacre/codec';
import { flatten, readImage } from '@nacre/node';
import sharp from 'sharp';
import { openCodec } from './codecs.js';
import { middleSquare } from './crops.js';
import { pairOfEqualBytes } from './equal-bytes.js';
import { type Measurement, measure } from './measure.js';
import type { Metric } from './metrics.js';
import { type Coded, codedOfBytes } from './quality-search.js';

sharp.concurrency(1);
sharp.cache(false);

/** To measure a codec at one quality. */
export interface MeasureTask {
  readonly file: string;
  readonly codec: string;
  readonly quality: number;
  readonly metrics: readonly Metric[];
}

/** To code at the quality that gives about so many bytes, and to cut out the middle. */
export interface CropTask {
  readonly file: string;
  readonly codec: string;
  /** Undefined for the original. */
  readonly bytes: number | undefined;
  /** Of the square, in pixels. */
  readonly side: number;
}

/** To code with two codecs to about equal bytes. */
export interface PairTask {
  readonly file: string;
  readonly codecs: readonly [string, string];
  /** Of the first codec; undefined to come close to `bpp`. */
  readonly quality: number | undefined;
  readonly bpp: number;
}

/** A crop to look at. */
export interface Crop {
  /** In 1..100; missing for the original. */
  readonly quality?: number;
  /** The size of the file; missing for the original. */
  readonly bytes?: number;
  /** In dB, of the whole image; missing for the original. */
  readonly psnr?: number;
  /** In pixels. */
  readonly side: number;
  /** Lossless WebP, base64. */
  readonly webp: string;
}

/** A whole image to look at. */
export interface Candidate {
  /** In 1..100. */
  readonly quality: number;
  /** The size of the file. */
  readonly bytes: number;
  /** Lossless WebP, base64. */
  readonly webp: string;
}

/** An image and two files of it of about equal bytes. */
export interface Pair {
  readonly width: number;
  readonly height: number;
  /** Lossless WebP, base64. */
  readonly original: string;
  readonly candidates: readonly [Candidate, Candidate];
}

/** The last image: a thread often gets several tasks on one image in a row. */
let last: { readonly file: string; readonly image: Promise<RawImage> } | undefined;

async function readCached(file: string): Promise<RawImage> {
  if (last?.file !== file) last = { file, image: readImage(file, { strip: true }).then(flatten) };
  return await last.image;
}

/** Measures. The result has the path of the file as the name of the image. */
export async function measureOne(task: MeasureTask): Promise<Measurement> {
  const image = await readCached(task.file);
  return await measure(await openCodec(task.codec), task.file, image, task.quality, task.metrics);
}

/** Codes and cuts out. */
export async function cropOne(task: CropTask): Promise<Crop> {
  const image = await readCached(task.file);
  if (task.bytes === undefined) return await cropOf(image, task.side);
  const coded = await codedOfBytes(await openCodec(task.codec), image, task.bytes);
  const { quality, psnr } = coded;
  return { quality, bytes: coded.file.length, psnr, ...(await cropOf(coded.image, task.side)) };
}

/** Codes twice; undefined if the codecs have no files of equal bytes near the wanted size. */
export async function pairOne({ file, codecs, quality, bpp }: PairTask): Promise<Pair | null> {
  const image = await readCached(file);
  const { width, height } = image;
  const [first, second] = [await openCodec(codecs[0]), await openCodec(codecs[1])];
  const wanted = quality === undefined ? { bytes: (bpp * width * height) / 8 } : { quality };
  const pair = await pairOfEqualBytes(first, second, image, wanted);
  if (!pair) return null;
  const candidateOf = async (coded: Coded): Promise<Candidate> => {
    return { quality: coded.quality, bytes: coded.file.length, webp: await webpOf(coded.image) };
  };
  const candidates = [await candidateOf(pair[0]), await candidateOf(pair[1])] as const;
  return { width, height, original: await webpOf(image), candidates };
}

async function cropOf(image: RawImage, side: number): Promise<Crop> {
  const square = middleSquare(image, side);
  return { side: square.width, webp: await webpOf(square) };
}

async function webpOf({ width, height, data }: RawImage): Promise<string> {
  const pixels = sharp(data, { raw: { width, height, channels: 3 } });
  return (await pixels.webp({ lossless: true }).toBuffer()).toString('base64');
}
