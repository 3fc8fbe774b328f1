// The options of nacre devices.

import type { Argv } from 'yargs';
import type { Submit } from '../command.js';
import { COMMON } from '../options.js';

const USAGE = `Examples:
  $ nacre devices
  $ nacre devices --json

Usage: nacre devices
Tries each device that models can run on, and says how to enable those that do not work here.
Exit codes: see nacre --help.`;

/** Adds the command. */
export function addDevices(parser: Argv, submit: Submit): void {
  parser.command(
    'devices',
    'Try the CPU, CUDA and WebGPU',
    (builder) => builder.usage(USAGE).options(COMMON),
    ({ verbose }) => {
      submit({
        command: 'devices',
        stdoutIsData: false,
        verbose,
        run: async (report) => (await import('../devices.js')).devices(report),
      });
    },
  );
}
