// nacre models: the models that are installed.

import { DEFAULT_MODEL, listModels } from '@nacre/node';
import type { Outcome } from './command.js';
import type { Report } from './report.js';

/** What `tunedFor` of a model means, in words. */
export const TUNED_FOR = {
  eye: 'for the eye (SSIMULACRA 2, Butteraugli)',
  psnr: 'for PSNR',
} as const;

/** Lists the models of `@nacre/models`. */
export async function models(report: Report): Promise<Outcome> {
  const onDamaged = ({ message }: Error): void => report.notice(undefined, message);
  const rows = (await listModels({ onDamaged })).map(({ folder, description, hash }) => {
    const { id, name, tunedFor, license, bitstream, encoder } = description;
    const sizes = (graphs: object): number[] =>
      Object.values(graphs as Record<string, { bytes: number }>).map((graph) => graph.bytes);
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    return {
      id,
      name,
      tunedFor,
      license,
      default: id === DEFAULT_MODEL,
      hash: Buffer.from(hash).toString('hex'),
      decoderBytes: sum(sizes(bitstream.graphs)),
      encoderBytes: sum(sizes(encoder.graphs)),
      folder,
    };
  });
  for (const row of rows) {
    report.line(`${row.id}${row.default ? ' (default)' : ''}  ${row.name}, ${row.license}`);
    if (row.tunedFor !== undefined) report.line(`  tuned    ${TUNED_FOR[row.tunedFor]}`);
    report.line(`  hash     ${row.hash}`);
    report.line(`  weights  decoder ${row.decoderBytes} bytes, encoder ${row.encoderBytes} bytes`);
    report.line(`  folder   ${row.folder}`);
  }
  if (rows.length === 0) report.line('No model is installed.');
  return { result: { models: rows } };
}
