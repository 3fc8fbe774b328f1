// What runs in each worker thread: one image through one codec, on one thread. The pool's threads are
// the parallelism, so neither libvips nor ONNX Runtime may start threads of their own.
import type { RawImage } from '@nacre/codec';
import { flatten, loadModel, readImage } from '@nacre/node';
import sharp from 'sharp';
import { type CodecName, type ImageCodec, nacreCodec, sharpCodec } from './codecs.js';
import { middleSquare } from './crops.js';
import { type Measurement, measure } from './measure.js';
import type { Metric } from './metrics.js';
import { codedOfBytes } from './quality-search.js';

sharp.concurrency(1);
sharp.cache(false);

/** Which image and which codec. */
interface Task {
  readonly file: string;
  readonly codec: CodecName;
  /** For Nacre: the id or folder of the model; the shipped one if undefined. */
  readonly model: string | undefined;
}

/** To measure at one quality. */
export interface MeasureTask extends Task {
  readonly quality: number;
  readonly metrics: readonly Metric[];
}

/** To code at the quality that gives about so many bytes, and cut out the middle to look at. */
export interface CropTask extends Task {
  /** Undefined for the original. */
  readonly bytes: number | undefined;
  /** Of the square, in pixels. */
  readonly side: number;
}

/** A crop to look at. */
export interface Crop {
  readonly quality?: number;
  readonly bytes?: number;
  readonly psnr?: number;
  readonly side: number;
  /** Lossless WebP, base64. */
  readonly webp: string;
}

/** The last image, as a thread mostly gets many tasks on one image in a row. */
let last: { readonly file: string; readonly image: Promise<RawImage> } | undefined;

async function readCached(file: string): Promise<RawImage> {
  if (last?.file !== file) last = { file, image: readImage(file, { strip: true }).then(flatten) };
  return await last.image;
}

async function open({ codec, model }: Task): Promise<ImageCodec> {
  if (codec !== 'nacre') return sharpCodec(codec);
  return nacreCodec(await loadModel({ model, threads: 1 }));
}

/** Measures; the result's image is the file, for want of its name. */
export async function measureOne(task: MeasureTask): Promise<Measurement> {
  const image = await readCached(task.file);
  return await measure(await open(task), task.file, image, task.quality, task.metrics);
}

/** Codes and cuts out. */
export async function cropOne(task: CropTask): Promise<Crop> {
  const image = await readCached(task.file);
  if (task.bytes === undefined) return await cropOf(image, task.side);
  const coded = await codedOfBytes(await open(task), image, task.bytes);
  const { quality, psnr } = coded;
  return { quality, bytes: coded.file.length, psnr, ...(await cropOf(coded.image, task.side)) };
}

async function cropOf(image: RawImage, side: number): Promise<Crop> {
  const { width, height, data } = middleSquare(image, side);
  const webp = await sharp(data, { raw: { width, height, channels: 3 } })
    .webp({ lossless: true })
    .toBuffer();
  return { side: width, webp: webp.toString('base64') };
}
