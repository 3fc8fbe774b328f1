// nacre compress: images in, .ncr files out.

import { extname } from 'node:path';
import { defaultMaxPixels, encode, loadModel, OutputError, openNcr, readImage } from '@nacre/node';
import { type BatchOptions, change, runBatch, type Trade } from './batch.js';
import type { Outcome } from './command.js';
import { STDIO } from './jobs.js';
import type { Report } from './report.js';
import { type Work, workOf } from './work.js';

/** The arguments of `nacre compress`, checked. */
export interface CompressArguments extends BatchOptions {
  readonly command: 'compress';
  /** One of the three at most. */
  readonly quality?: number | undefined;
  /** Bytes. */
  readonly targetSize?: number | undefined;
  /** dB. */
  readonly targetPsnr?: number | undefined;
  readonly strip?: boolean | undefined;
  readonly keepProfile?: boolean | undefined;
  readonly allowDamaged?: boolean | undefined;
}

const TRADE: Trade = {
  wanted: {
    extensions: [
      ...[
        'jpg',
        'jpeg',
        'jpe',
        'jfif',
        'png',
        'apng',
        'webp',
        'avif',
        'avifs',
        'gif',
        'tif',
        'tiff',
        'svg',
      ],
      ...['bmp', 'dib', 'pbm', 'pgm', 'ppm', 'pnm', 'pam', 'pfm', 'jxl', 'heic', 'heif', 'hif'],
    ],
    matches: (start) => {
      const text = String.fromCharCode(...start.subarray(0, 16));
      return /^(\xff\xd8\xff|\x89PNG|GIF8|RIFF.{4}WEBP|II\*\0|MM\0\*|BM.{4}\0\0\0\0|.{4}ftyp(avi|hei|mif))/s.test(
        text,
      );
    },
  },
  extension: 'ncr',
  past: 'Compressed',
  nouns: ['an image', 'images'],
};

/** Compresses each input to one quality or target, with one model. */
export async function compress(args: CompressArguments, report: Report): Promise<Outcome> {
  const { output } = args;
  if (output !== undefined && output !== STDIO && extname(output).toLowerCase() !== '.ncr') {
    throw new OutputError(
      'UNKNOWN_EXTENSION',
      `${output} does not name a .ncr file: end it in .ncr, or use decompress to write images.`,
    );
  }
  return await runBatch(args, TRADE, report);
}

/** Loads the model, for any number of files. */
export async function beginCompress(
  args: CompressArguments,
  onNotice: (text: string) => void,
): Promise<Work> {
  const { quality, targetSize, targetPsnr, strip, keepProfile, allowDamaged, jobs = 1 } = args;
  const model = await loadModel({
    model: args.model,
    device: args.device,
    threads: args.threads,
    onNotice,
  });
  const craft = {
    verify: async (output: Uint8Array) => openNcr(output),
    make: async (input: Uint8Array, hooks: Parameters<Work>[1], alone: boolean) => {
      const maxPixels = args.maxPixels ?? defaultMaxPixels(undefined, alone ? 1 : 1 / jobs);
      const onNotice = hooks.notice;
      const image = await readImage(input, {
        strip,
        keepProfile,
        allowDamaged,
        maxPixels,
        onNotice,
      });
      const bytes = await encode(image, {
        model,
        quality,
        targetSize,
        targetPsnr,
        maxPixels,
        onNotice,
        onProgress: hooks.progress,
      });
      const { width, height } = image;
      const bpp = (8 * bytes.length) / (width * height);
      const saving = change(input.length, bytes.length);
      return {
        bytes,
        summary: `${width}×${height}, ${input.length} → ${bytes.length} bytes (${saving}), ${bpp.toFixed(3)} bpp`,
        facts: {
          model: model.description.id,
          device: model.runtime.device,
          width,
          height,
          quality: model.toQuality(openNcr(bytes).level),
          byteLength: bytes.length,
          bpp,
        },
      };
    },
  };
  return workOf(craft, args);
}
