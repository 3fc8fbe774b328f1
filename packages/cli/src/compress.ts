// nacre compress: images in, .ncr files out.

import { extname } from 'node:path';
import { type Device, encode, loadModel, OutputError, openNcr, readImage } from '@nacre/node';
import { type Outcome, planJobs, readInput, runJobs, STDIO } from './jobs.js';
import type { Report } from './report.js';

/** The arguments of `nacre compress`, checked. */
export interface CompressArguments {
  readonly inputs: readonly string[];
  readonly output?: string | undefined;
  readonly outDir?: string | undefined;
  /** One of the three at most. */
  readonly quality?: number | undefined;
  /** Bytes. */
  readonly targetSize?: number | undefined;
  /** dB. */
  readonly targetPsnr?: number | undefined;
  readonly strip: boolean;
  readonly keepProfile: boolean;
  readonly force: boolean;
  readonly json: boolean;
  readonly model?: string | undefined;
  readonly device: Device;
  readonly threads?: number | undefined;
}

/** Compresses each input to one quality or target, with one model. */
export async function compress(args: CompressArguments, report: Report): Promise<Outcome> {
  const { output, quality, targetSize, targetPsnr, strip, keepProfile } = args;
  if (output !== undefined && output !== STDIO && extname(output).toLowerCase() !== '.ncr') {
    throw new OutputError(
      'UNKNOWN_EXTENSION',
      `${output} does not name a .ncr file: end it in .ncr, or use decompress to write images.`,
    );
  }
  const jobs = planJobs(args.inputs, args, 'ncr');
  const model = await loadModel({
    model: args.model,
    device: args.device,
    threads: args.threads,
    onNotice: (text) => report.notice(undefined, text),
  });
  const outcome = await runJobs(jobs, args, report, async ({ input }, label, onNotice) => {
    const started = performance.now();
    report.progress(`${label}: reading`);
    const image = await readImage(await readInput(input), { strip, keepProfile, onNotice });
    const bytes = await encode(image, {
      model,
      quality,
      targetSize,
      targetPsnr,
      onNotice,
      onProgress: (done) => report.progress(`${label}: ${Math.round(100 * done)} %`),
    });
    const { width, height } = image;
    const bpp = (8 * bytes.length) / (width * height);
    return {
      bytes,
      summary: `${width}×${height}, ${bytes.length} bytes, ${bpp.toFixed(3)} bpp`,
      facts: {
        width,
        height,
        quality: model.toQuality(openNcr(bytes).level),
        byteLength: bytes.length,
        bpp,
        milliseconds: Math.round(performance.now() - started),
      },
    };
  });
  const facts = { model: model.description.id, device: model.runtime.device };
  return { ...outcome, result: { ...facts, ...outcome.result } };
}
