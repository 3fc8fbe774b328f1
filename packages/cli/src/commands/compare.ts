// The options of nacre compare.

import type { Argv } from 'yargs';
import type { Submit } from '../command.js';
import { COMMON, MODEL } from '../options.js';

const USAGE = `Examples:
  $ nacre compare photos/                          # writes report/index.html
  $ nacre compare a.png b.png --codecs nacre,avif --out report2
  $ nacre compare photos/ --metrics psnr --json

Usage: nacre compare FILE|FOLDER... [--out FOLDER]
Measures codecs on images: bytes, quality and time over each codec's range, and how many bits Nacre
saves at the same quality (BD-rate). Results are kept: after Ctrl-C, the same command continues.
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
            default: 'nacre,jpeg,webp,avif',
            describe:
              'Some of nacre,jpeg,mozjpeg,webp,avif,avif-iq; the first is compared with the others',
          },
          qualities: {
            type: 'string',
            requiresArg: true,
            describe: '1..100, such as 10,30,50-55; default: about ten of each codec',
          },
          metrics: {
            type: 'string',
            requiresArg: true,
            default: 'psnr,ms-ssim,butteraugli',
            describe: 'Some of psnr,ms-ssim,butteraugli; the last needs the tool butteraugli_main',
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
            describe: 'Folder for the report; one that is there is replaced',
          },
          force: { alias: 'f', type: 'boolean', describe: 'Replace a page that is not a report' },
          ...MODEL,
          ...COMMON,
        } as const),
    ({ inputs, codecs, qualities, metrics, anchors = [], out, force = false, model, verbose }) => {
      const args = { inputs, codecs, qualities, metrics, anchors, out, force, model };
      submit({
        command: 'compare',
        stdoutIsData: false,
        verbose,
        run: async (report) => (await import('../compare.js')).compare(args, report),
      });
    },
  );
}
