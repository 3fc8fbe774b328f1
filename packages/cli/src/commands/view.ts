// The options of nacre view.

import type { Argv } from 'yargs';
import type { Submit } from '../command.js';

const USAGE = `Examples:
  $ nacre view photo.ncr
  $ nacre view photo.jpg --no-open
  $ nacre view

Usage: nacre view [FILE]
Opens a .ncr file, or any image to compress, in a page in your browser, and prints its address. Only
this machine can reach the page. Ctrl-C ends it. Exit codes: see nacre --help.`;

/** Adds the command. */
export function addView(parser: Argv, submit: Submit): void {
  parser.command(
    'view [input]',
    'Show a .ncr file in the browser',
    (builder) =>
      builder
        .usage(USAGE)
        .positional('input', { type: 'string', describe: 'A .ncr file, an image, or -' })
        .option('no-open', { type: 'boolean', describe: 'Print the address without opening it' }),
    ({ input, noOpen = false }) => {
      submit({
        command: 'view',
        stdoutIsData: false,
        verbose: undefined,
        run: async (report) => (await import('../view.js')).view({ input, noOpen }, report),
      });
    },
  );
}
