// nacre decompress: .ncr files in, images out.

import {
  CorruptFileError,
  checkFormatSize,
  decode,
  defaultMaxPixels,
  formatOf,
  type ImageFormat,
  loadModel,
  loadModelFor,
  type NcrFile,
  openNcr,
  type Region,
  readImage,
  toBuffer,
} from '@nacre/node';
import { type BatchOptions, runBatch, type Trade } from './batch.js';
import type { Outcome } from './command.js';
import { type Failure, failureOf, UsageError } from './exit-codes.js';
import { STDIO } from './jobs.js';
import type { Report } from './report.js';
import { type Work, workOf } from './work.js';

/** The arguments of `nacre decompress`, checked. */
export interface DecompressArguments extends BatchOptions {
  readonly command: 'decompress';
  readonly format?: ImageFormat | undefined;
  /** 1..100, of the lossy formats. */
  readonly quality?: number | undefined;
  readonly region?: Region | undefined;
  /** 1 or 1/8. */
  readonly scale: number;
  readonly strip?: boolean | undefined;
  readonly partial?: boolean | undefined;
}

const WANTED = {
  extensions: ['ncr'],
  matches: (start: Uint8Array): boolean =>
    String.fromCharCode(...start.subarray(0, 4)) === '\x89NCR',
};

/** Decompresses each input, with the model named or else the one its header asks for. */
export async function decompress(args: DecompressArguments, report: Report): Promise<Outcome> {
  const format = outputFormat(args);
  if (format === 'png' && args.quality !== undefined) {
    throw new UsageError(
      'Expected no --quality for PNG, which is lossless: choose jpg, webp or avif.',
    );
  }
  const trade: Trade = {
    wanted: WANTED,
    extension: format,
    past: 'Decompressed',
    nouns: ['a .ncr file', '.ncr files'],
  };
  return await runBatch({ ...args, format }, trade, report);
}

/** Loads the model, if one is named; otherwise each file names its own. */
export async function beginDecompress(
  args: DecompressArguments,
  onNotice: (text: string) => void,
): Promise<Work> {
  const { format = 'png', quality, partial = false, region, scale, jobs = 1 } = args;
  const options = { device: args.device, threads: args.threads, onNotice };
  const named =
    args.model === undefined ? undefined : await loadModel({ ...options, model: args.model });
  const craft = {
    verify: (output: Uint8Array) => readImage(output),
    make: async (input: Uint8Array, hooks: Parameters<Work>[1], alone: boolean) => {
      const file = openNcr(input, { partial });
      if (region !== undefined) checkWithin(region, file);
      if (scale === 1) {
        const { width, height } = region ?? file;
        checkFormatSize(format, width, height);
      }
      const model = named ?? (await loadModelFor(file, options));
      const maxPixels = args.maxPixels ?? defaultMaxPixels(undefined, alone ? 1 : 1 / jobs);
      const image = await decode(file, {
        model,
        region,
        scale,
        maxPixels,
        onProgress: hooks.progress,
      });
      const kept = args.strip ? { ...image, metadata: { icc: image.metadata.icc } } : image;
      const bytes = await toBuffer(kept, format, { quality, onNotice: hooks.notice });
      const { width, height, damaged = [], missing = [] } = image;
      return {
        bytes,
        failure: damage(damaged.length, missing),
        summary: `${width}×${height}, ${format}, ${input.length} → ${bytes.length} bytes`,
        facts: {
          model: model.description.id,
          device: model.runtime.device,
          width,
          height,
          format,
          byteLength: bytes.length,
          ...(partial ? { damaged, missing } : {}),
        },
      };
    },
  };
  return workOf(craft, args);
}

function checkWithin({ left, top, width, height }: Region, image: NcrFile): void {
  if (left + width <= image.width && top + height <= image.height) return;
  throw new UsageError(
    `Expected --region within ${image.width}×${image.height} pixels ` +
      `but received ${left},${top},${width},${height}.`,
  );
}

/** What is said, and which exit code is given, of an image that is not whole. */
function damage(tiles: number, sections: readonly string[]): Failure | undefined {
  const lost = sections.map((type) => `section ${type}`);
  if (tiles > 0) lost.unshift(`${tiles} damaged ${tiles === 1 ? 'tile' : 'tiles'}, grey or opaque`);
  if (lost.length === 0) return undefined;
  const message = `The image lacks ${lost.join('; ')}: get a good copy of the file.`;
  return failureOf(new CorruptFileError(message));
}

function outputFormat({ output, format }: DecompressArguments): ImageFormat {
  if (output === undefined || output === STDIO) return format ?? 'png';
  const named = formatOf(output);
  if (format !== undefined && format !== named) {
    throw new UsageError(
      `Expected --format ${named} or none for ${output} but received ${format}.`,
    );
  }
  return named;
}
