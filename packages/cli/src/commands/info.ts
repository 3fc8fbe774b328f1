// The options of nacre info.

import type { Argv } from 'yargs';
import type { Submit } from '../command.js';
import { COMMON } from '../options.js';

const USAGE = `Examples:
  $ nacre info photo.ncr
  $ nacre info small/ --json

Usage: nacre info FILE.ncr|FOLDER...
Prints what the headers of .ncr files say. It needs no model. Exit codes: see nacre --help.`;

/** Adds the command. */
export function addInfo(parser: Argv, submit: Submit): void {
  parser.command(
    'info <inputs..>',
    'Print what is in .ncr files',
    (builder) =>
      builder
        .usage(USAGE)
        .positional('inputs', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: '.ncr files, folders, or -',
        })
        .options(COMMON),
    ({ inputs, verbose }) => {
      submit({
        command: 'info',
        stdoutIsData: false,
        verbose,
        run: async (report) => (await import('../info.js')).info(inputs, report),
      });
    },
  );
}
