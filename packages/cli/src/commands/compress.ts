// The options of nacre compress.

import type { Argv } from 'yargs';
import type { Submit } from '../command.js';
import { STDIO } from '../jobs.js';
import {
  bytesIn,
  COMMON,
  checkBatch,
  DEVICE,
  FILES,
  integerIn,
  MODEL,
  numberIn,
  refuseBoth,
} from '../options.js';

const USAGE = `Examples:
  $ nacre compress photo.jpg                     # writes photo.ncr
  $ nacre compress photo.jpg -q 30 -o small.ncr
  $ nacre compress photo.jpg --target-size 120kB -o web.ncr
  $ nacre compress photos/ --out-dir small/ --skip-existing
  $ cat photo.jpg | nacre compress - > photo.ncr

Usage: nacre compress FILE|FOLDER... [-o OUT.ncr | --out-dir FOLDER]
Compresses images (JPEG, PNG, WebP, AVIF, GIF, TIFF, SVG, BMP, PNM; JPEG XL and HEIC if their tools
are installed) to .ncr files. Folders are searched for images. Exit codes: see nacre --help.`;

/** Adds the command. */
export function addCompress(parser: Argv, submit: Submit): void {
  parser.command(
    'compress [inputs..]',
    'Compress images to .ncr files',
    (builder) =>
      builder
        .usage(USAGE)
        .positional('inputs', { type: 'string', array: true, describe: 'Images, folders, or -' })
        .options({
          quality: {
            alias: 'q',
            type: 'number',
            requiresArg: true,
            describe: '1..100, default 50: 20 for thumbnails, 50 for the web, 80 to edit',
          },
          'target-size': {
            type: 'string',
            requiresArg: true,
            describe: 'Instead of -q: the best image in 120kB, 0.5MB or 64KiB; 6 times slower',
          },
          'target-psnr': {
            type: 'number',
            requiresArg: true,
            describe: 'Instead of -q: at least this many dB, 30 for the web; 8 times slower',
          },
          'keep-profile': {
            type: 'boolean',
            describe: 'Keep the ICC profile instead of converting to sRGB: for wide gamuts',
          },
          'allow-damaged': { type: 'boolean', describe: 'Take what is there of damaged images' },
          ...FILES,
          ...MODEL,
          ...DEVICE,
          ...COMMON,
        } as const),
    ({ quality, targetSize, targetPsnr, shard, ...options }) => {
      refuseBoth({ quality, 'target-size': targetSize, 'target-psnr': targetPsnr });
      integerIn(1, 100, 'quality', quality);
      numberIn(1, 100, 'target-psnr', targetPsnr);
      const { inputs = [], output, verbose } = options;
      const args = {
        ...options,
        ...checkBatch({ ...options, shard }),
        command: 'compress',
        inputs,
        quality,
        targetSize: targetSize === undefined ? undefined : bytesIn(targetSize),
        targetPsnr,
      } as const;
      submit({
        command: 'compress',
        stdoutIsData: output === STDIO || (inputs.includes(STDIO) && output === undefined),
        verbose,
        run: async (report) => (await import('../compress.js')).compress(args, report),
      });
    },
  );
}
