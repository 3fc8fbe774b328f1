// nacre info: what .ncr files say about themselves.

import { levelToQuality, listModels, openNcr } from '@nacre/node';
import type { Outcome } from './command.js';
import { type Failure, failureOf } from './exit-codes.js';
import { readInput } from './files.js';
import { findInputs } from './inputs.js';
import { TUNED_FOR } from './models.js';
import type { Report } from './report.js';

/** What a pixel is, by its number of channels. */
const KINDS = {
  1: 'grey',
  2: 'grey with alpha',
  3: 'colour',
  4: 'colour with alpha',
} as const;

const WANTED = { extensions: ['ncr'], matches: (): boolean => false };

/** Describes files; every checksum in them is verified on the way. One that fails does not stop the others. */
export async function info(inputs: readonly string[], report: Report): Promise<Outcome> {
  const models = await listModels();
  let firstFailure: Failure | undefined;
  for await (const { path } of await findInputs({ inputs }, WANTED, { files: 0, links: 0 })) {
    try {
      describe(path, await readInput(path), models, report);
    } catch (error) {
      const failure = failureOf(error, path);
      firstFailure ??= failure;
      report.failure(path, failure);
      const { code, exit, message } = failure;
      report.object({ command: 'info', input: path, exitCode: exit, error: { code, message } });
    }
  }
  return { failure: firstFailure };
}

function describe(
  input: string,
  bytes: Uint8Array,
  models: Awaited<ReturnType<typeof listModels>>,
  report: Report,
): void {
  const file = openNcr(bytes);
  const { version, width, height, channels, level, byteLength, sections, tileSide } = file;
  const model = models.find(({ hash }) =>
    file.modelHash.every((byte, i) => byte === hash[i]),
  )?.description;
  const modelHash = Buffer.from(file.modelHash).toString('hex');
  const bpp = (8 * byteLength) / (width * height);
  // Only the model knows how many levels there are.
  const quality = model && levelToQuality(level, model.bitstream.levels);
  const tuned = model?.tunedFor && `, tuned ${TUNED_FOR[model.tunedFor]}`;
  const known = model === undefined ? 'not installed here' : `${model.id}${tuned ?? ''}`;
  report.line(`${input}: .ncr version ${version}, ${byteLength} bytes, ${bpp.toFixed(3)} bpp`);
  report.line(`  image     ${width}×${height}, ${KINDS[channels]}`);
  report.line(`  quality   ${quality ?? 'unknown'} (level ${level})`);
  report.line(`  model     ${modelHash} (${known})`);
  for (const section of sections) {
    report.line(`  section   ${section.type} ${section.byteLength} bytes`);
  }
  const tileCount = Math.ceil(width / tileSide) * Math.ceil(height / tileSide);
  report.line(`  tiles     ${tileCount}, up to ${tileSide}×${tileSide}`);
  report.object({
    command: 'info',
    input,
    exitCode: 0,
    version,
    width,
    height,
    channels,
    level,
    quality,
    byteLength,
    bpp,
    modelHash,
    model: model?.id,
    sections,
    tileSide,
    // Made when JSON is: a file may claim a million.
    get tiles() {
      return file.tiles;
    },
  });
}
