// nacre decompress: .ncr files in, images out.

import {
  CorruptFileError,
  checkFormatSize,
  type Device,
  decode,
  formatOf,
  type ImageFormat,
  loadModel,
  loadModelFor,
  type NcrFile,
  openNcr,
  type Region,
  toBuffer,
} from '@nacre/node';
import { type Failure, failureOf, UsageError } from './exit-codes.js';
import { type Outcome, planJobs, readInput, runJobs, STDIO } from './jobs.js';
import type { Report } from './report.js';

/** The arguments of `nacre decompress`, checked. */
export interface DecompressArguments {
  readonly inputs: readonly string[];
  readonly output?: string | undefined;
  readonly outDir?: string | undefined;
  readonly format?: ImageFormat | undefined;
  readonly region?: Region | undefined;
  /** 1 or 1/8. */
  readonly scale: number;
  readonly strip: boolean;
  readonly force: boolean;
  readonly json: boolean;
  readonly model?: string | undefined;
  readonly device: Device;
  readonly threads?: number | undefined;
  readonly partial: boolean;
}

/** Decompresses each input, with the model named or else the one its header asks for. */
export async function decompress(args: DecompressArguments, report: Report): Promise<Outcome> {
  const format = outputFormat(args);
  const jobs = planJobs(args.inputs, args, format);
  const options = {
    device: args.device,
    threads: args.threads,
    onNotice: (text: string) => report.notice(undefined, text),
  };
  const named =
    args.model === undefined ? undefined : await loadModel({ ...options, model: args.model });
  return await runJobs(jobs, args, report, async ({ input }, label, onNotice) => {
    const started = performance.now();
    const { partial, region, scale } = args;
    const file = openNcr(await readInput(input), { partial });
    if (region !== undefined) checkWithin(region, file);
    if (scale === 1) {
      const { width, height } = region ?? file;
      checkFormatSize(format, width, height);
    }
    const model = named ?? (await loadModelFor(file, options));
    const image = await decode(file, {
      model,
      region,
      scale,
      onProgress: (done) => report.progress(`${label}: ${Math.round(100 * done)} %`),
    });
    report.progress(`${label}: writing`);
    const kept = args.strip ? { ...image, metadata: { icc: image.metadata.icc } } : image;
    const bytes = await toBuffer(kept, format, { onNotice });
    const { width, height, damaged = [], missing = [] } = image;
    return {
      bytes,
      failure: damage(damaged.length, missing),
      summary: `${width}×${height}, ${format}, ${bytes.length} bytes`,
      facts: {
        width,
        height,
        format,
        byteLength: bytes.length,
        model: model.description.id,
        device: model.runtime.device,
        ...(partial ? { damaged, missing } : {}),
        milliseconds: Math.round(performance.now() - started),
      },
    };
  });
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
