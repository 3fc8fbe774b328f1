// The nacre command as a process: reads the command line, runs the command, and ends with its exit code.

import { hideBin, Parser } from 'yargs/helpers';
import type { Outcome } from './command.js';
import { PARSING, readCommandLine } from './command-line.js';
import { type Failure, failureOf } from './exit-codes.js';
import { guard } from './options.js';
import { Report } from './report.js';

process.stdout.on('error', (error) => endWith(failureOf(error), 'stdout'));
// There is nobody left to tell.
process.stderr.on('error', () => {});

try {
  process.exitCode = await main(hideBin(process.argv));
} catch (error) {
  endWith(failureOf(error), 'stdout');
}

async function main(args: readonly string[]): Promise<number> {
  // Read apart from all else, so that a wrong command line is reported as JSON too.
  const { json } = Parser(guard(args), { boolean: ['json'], configuration: PARSING });
  const voice = { json: Boolean(json), stdoutIsData: false };
  let report = new Report(voice);
  let command: string | undefined;
  let outcome: Outcome;
  try {
    const read = await readCommandLine(args);
    if (typeof read === 'string') {
      process.stdout.write(read);
      return 0;
    }
    command = read.command;
    report = new Report({ ...voice, stdoutIsData: read.stdoutIsData, verbose: read.verbose });
    outcome = await read.run(report);
  } catch (error) {
    const failure = failureOf(error);
    report.failure(undefined, failure);
    outcome = { result: { error: { code: failure.code, message: failure.message } }, failure };
  }
  report.end();
  const exitCode = outcome.failure?.exit ?? 0;
  if (outcome.result) report.object({ command, exitCode, ...outcome.result });
  return exitCode;
}

/** Ends the process: whatever it was doing, its result cannot be written. */
function endWith({ exit, message }: Failure, place: string): never {
  process.stderr.write(`nacre: ${place}: ${message}\n`);
  process.exit(exit);
}
