// The command line of nacre: its commands, its help, and what is wrong with it. What a command does is in the
// module of its name; its options are in commands/.

import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import type { Request } from './command.js';
import { addCompare } from './commands/compare.js';
import { addCompress } from './commands/compress.js';
import { addDecompress } from './commands/decompress.js';
import { addDevices } from './commands/devices.js';
import { addInfo } from './commands/info.js';
import { addModels } from './commands/models.js';
import { addView } from './commands/view.js';
import { EXIT_CODES, UsageError } from './exit-codes.js';
import { guard, refuseRepeated, rephrase, unguard } from './options.js';

/** How yargs takes apart a command line. */
export const PARSING = { 'parse-positional-numbers': false, 'boolean-negation': false } as const;

/** Every command, in the order of the help: a command is a row here and a module in commands/. */
const COMMANDS = [addCompress, addDecompress, addInfo, addView, addCompare, addModels, addDevices];

const EXAMPLES = `Examples:
  $ nacre compress photo.jpg                   # writes photo.ncr
  $ nacre decompress photo.ncr -o photo.png    # and back
  $ nacre compress photos/ --out-dir small/    # a whole folder
  $ cat photo.jpg | nacre compress - | nacre decompress - -o copy.webp

Usage: nacre COMMAND
Compresses images to .ncr files with a small neural network, and back.`;

/**
 * Reads the command line.
 *
 * @returns the text to print if it asks for help or the version.
 * @throws UsageError if it is wrong.
 */
export async function readCommandLine(args: readonly string[]): Promise<Request | string> {
  let request: Request | undefined;
  let printed = '';
  const parser = yargs()
    .scriptName('nacre')
    .locale('en')
    .usage(EXAMPLES)
    .demandCommand(1, 1, 'Expected a command, such as compress')
    .strict()
    .version(version())
    .alias({ help: 'h', version: 'V' })
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .parserConfiguration(PARSING)
    .epilogue(exitCodeTable())
    .exitProcess(false)
    .showHelpOnFail(false)
    .middleware((argv) => {
      for (const [name, value] of Object.entries(argv)) argv[name] = unguard(value);
      refuseRepeated(argv, ['inputs', 'anchors']);
    })
    .fail((message, error) => {
      // yargs has its own errors, and passes on those that commands throw.
      if (error && error.name !== 'YError') throw error;
      throw new UsageError(`${rephrase(message ?? error.message)}: see nacre --help.`);
    });
  for (const add of COMMANDS) {
    add(parser, (submitted) => {
      request = submitted;
    });
  }
  await parser.parseAsync(guard(args), {}, (_error, _argv, output) => {
    printed = output;
  });
  if (request) return request;
  return `${printed}\n`;
}

function exitCodeTable(): string {
  const rows = EXIT_CODES.map(({ exit, meaning }) => `  ${String(exit).padStart(2)}  ${meaning}`);
  return `Exit codes (of several files, that of the first failure):\n${rows.join('\n')}`;
}

function version(): string {
  const file = new URL('../package.json', import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}
