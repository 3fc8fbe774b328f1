// The options of nacre compare.

import type { Argv } from 'yargs';
import type { Submit } from '../command.js';
import { COMMON } from '../options.js';

const USAGE = `Examples:
  $ nacre compare photos/                          # writes report/index.html
  $ nacre compare a.png b.png --codecs nacre:photo-6,nacre:photo-7,avif --out report2
  $ nacre compare photos/ --metrics psnr --json
  $ nacre compare photos/ --codecs nacre,avif --blind blind    # writes blind/blind.html

Usage: nacre compare FILE|FOLDER... [--out FOLDER]
Measures codecs on images: bytes, quality and time over each codec's range, and how many bits Nacre
saves at the same quality (BD-rate). Results are cached: after Ctrl-C, the same command continues.
Exit codes: see nacre --help.`;

/** Adds the command. */
export function addCompare(parser: Argv, submit: Submit): void {
  parser.command(
    'compare <inputs..>',
    'Compare Nacre with JPEG, WebP and AVIF on images',
    (builder) =>
      builder
        .usage(USAGE)
        .positional('inputs', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'Images, and folders of them',
        })
        .options({
          codecs: {
            type: 'string',
            requiresArg: true,
            describe:
              'Codecs, such as nacre,nacre:photo-6,avif-psnr; the first is compared with the others; a ' +
              'wrong name lists them all; default: Nacre and codecs in common use',
          },
          qualities: {
            type: 'string',
            requiresArg: true,
            describe: '1..100, such as 10,30,50-55; default: about ten of each codec',
          },
          metrics: {
            type: 'string',
            requiresArg: true,
            describe:
              'Metrics, such as ssimulacra2,psnr; a wrong name lists them all; default: all',
          },
          anchors: {
            type: 'string',
            array: true,
            requiresArg: true,
            describe: 'JSON files or folders of published curves to compare with, as of CompressAI',
          },
          out: {
            type: 'string',
            requiresArg: true,
            default: 'report',
            describe: 'Folder for the report; an earlier report in it is replaced',
          },
          blind: {
            type: 'string',
            requiresArg: true,
            describe:
              'Folder for a page of blind comparisons, instead of the report: the first codec ' +
              'against each other, at equal bytes (0.25 bpp, or the qualities given)',
          },
          force: {
            alias: 'f',
            type: 'boolean',
            describe: 'Replace a page that nacre did not write',
          },
          ...COMMON,
        } as const),
    ({ inputs, codecs, qualities, metrics, anchors = [], out, blind, force = false, verbose }) => {
      const args = { inputs, codecs, qualities, metrics, anchors, out, blind, force };
      submit({
        command: 'compare',
        stdoutIsData: false,
        verbose,
        run: async (report) => (await import('../compare.js')).compare(args, report),
      });
    },
  );
}
