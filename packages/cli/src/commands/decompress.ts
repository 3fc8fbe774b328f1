// The options of nacre decompress.

import type { Argv } from 'yargs';
import type { Submit } from '../command.js';
import { STDIO } from '../jobs.js';
import { COMMON, checkBatch, DEVICE, FILES, integerIn, MODEL, regionIn } from '../options.js';

const USAGE = `Examples:
  $ nacre decompress photo.ncr -o photo.png
  $ nacre decompress small/ --out-dir images/ --format jpg
  $ nacre decompress photo.ncr --region 10,20,300,200 -o detail.png
  $ nacre decompress photo.ncr --scale 1/8 -o thumbnail.png
  $ nacre decompress - -o - < photo.ncr > photo.png

Usage: nacre decompress FILE.ncr|FOLDER... [-o OUT.(png|jpg|webp|avif) | --out-dir FOLDER]
Decompresses .ncr files to images. Folders are searched for .ncr files. Transparency is kept in all
formats but JPEG. Exit codes: see nacre --help.`;

/** Adds the command. */
export function addDecompress(parser: Argv, submit: Submit): void {
  parser.command(
    'decompress [inputs..]',
    'Decompress .ncr files to images',
    (builder) =>
      builder
        .usage(USAGE)
        .positional('inputs', {
          type: 'string',
          array: true,
          describe: '.ncr files, folders, or -',
        })
        .options({
          format: {
            choices: ['png', 'jpg', 'webp', 'avif'],
            requiresArg: true,
            describe: 'Format where -o does not name it; default: png, which is lossless',
          },
          quality: {
            alias: 'q',
            type: 'number',
            requiresArg: true,
            describe: '1..100 for jpg, webp and avif; default: 90',
          },
          region: {
            type: 'string',
            requiresArg: true,
            describe: 'X,Y,WIDTH,HEIGHT: decode only this part, in about its share of the time',
          },
          scale: {
            // Without a type, yargs would make a number of 1, which is not one of the choices.
            type: 'string',
            choices: ['1', '1/8'],
            default: '1',
            requiresArg: true,
            describe: '1/8: a preview, in about half the time',
          },
          partial: {
            type: 'boolean',
            describe: 'Decode the intact tiles of damaged files, the rest grey; exits with 9',
          },
          ...FILES,
          ...MODEL,
          ...DEVICE,
          ...COMMON,
        } as const),
    ({ quality, region, scale, shard, ...options }) => {
      integerIn(1, 100, 'quality', quality);
      const { inputs = [], output, verbose } = options;
      const args = {
        ...options,
        ...checkBatch({ ...options, shard }),
        command: 'decompress',
        inputs,
        quality,
        region: region === undefined ? undefined : regionIn(region),
        scale: scale === '1' ? 1 : 1 / 8,
      } as const;
      submit({
        command: 'decompress',
        stdoutIsData: output === STDIO || (inputs.includes(STDIO) && output === undefined),
        verbose,
        run: async (report) => (await import('../decompress.js')).decompress(args, report),
      });
    },
  );
}
