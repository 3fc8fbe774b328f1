// The options of nacre models.

import type { Argv } from 'yargs';
import type { Submit } from '../command.js';
import { COMMON } from '../options.js';

const USAGE = `Examples:
  $ nacre models
  $ nacre models --json

Usage: nacre models
Lists the models that are installed, and what each is tuned for. Exit codes: see nacre --help.`;

/** Adds the command. */
export function addModels(parser: Argv, submit: Submit): void {
  parser.command(
    'models',
    'List the installed models',
    (builder) => builder.usage(USAGE).options(COMMON),
    ({ verbose }) => {
      submit({
        command: 'models',
        stdoutIsData: false,
        verbose,
        run: async (report) => (await import('../models.js')).models(report),
      });
    },
  );
}
