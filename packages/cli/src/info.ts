// nacre info: what a .ncr file says about itself.

import { levelToQuality, listModels, openNcr } from '@nacre/node';
import { type Outcome, readInput } from './jobs.js';
import type { Report } from './report.js';

/** What a pixel is, by its number of channels. */
const KINDS = {
  1: 'grey',
  2: 'grey with alpha',
  3: 'colour',
  4: 'colour with alpha',
} as const;

/** Describes one file; every checksum in it is verified on the way. */
export async function info(input: string, report: Report): Promise<Outcome> {
  const file = openNcr(await readInput(input));
  const { version, width, height, channels, level, byteLength, sections, tileSide } = file;
  const model = (await listModels()).find(({ hash }) =>
    file.modelHash.every((byte, i) => byte === hash[i]),
  )?.description;
  const modelHash = Buffer.from(file.modelHash).toString('hex');
  const bpp = (8 * byteLength) / (width * height);
  // Only the model knows how many levels there are.
  const quality = model && levelToQuality(level, model.bitstream.levels);
  const known = model === undefined ? 'not installed here' : model.id;
  report.line(`${input}: .ncr version ${version}, ${byteLength} bytes, ${bpp.toFixed(3)} bpp`);
  report.line(`  image     ${width}×${height}, ${KINDS[channels]}`);
  report.line(`  quality   ${quality ?? 'unknown'} (level ${level})`);
  report.line(`  model     ${modelHash} (${known})`);
  for (const section of sections)
    report.line(`  section   ${section.type} ${section.byteLength} bytes`);
  const tileCount = Math.ceil(width / tileSide) * Math.ceil(height / tileSide);
  report.line(`  tiles     ${tileCount}, up to ${tileSide}×${tileSide}`);
  return {
    result: {
      input,
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
    },
  };
}
