// Which output belongs to which input, and what is refused before any work. It knows nothing of images or of the
// .ncr format.

import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from './exit-codes.js';
import { type Input, STDIO, stem } from './inputs.js';

export type { Outcome } from './command.js';
export { STDIO } from './inputs.js';

/** The signals that end a command from outside. */
export const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One input and where its result goes. */
export interface Job {
  readonly input: string;
  readonly output: string;
}

/** What the command line says about outputs. */
export interface OutputArguments {
  readonly output?: string | undefined;
  readonly outDir?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Pairs each input with its output: `-o`; or the input's name with another extension, next to it or in its place
 * below `--out-dir`.
 *
 * @throws UsageError if named inputs would have the same output, or one would be replaced.
 */
export function planJobs(
  inputs: readonly Input[],
  args: OutputArguments,
  extension: string,
): readonly Job[] {
  const { output, outDir } = args;
  if (output !== undefined && inputs.some(({ isNamed }) => !isNamed)) {
    throw new UsageError('Expected a file for -o but received a folder: use --out-dir FOLDER.');
  }
  if (output !== undefined && inputs.length > 1) {
    throw new UsageError('Expected one input for -o but received several: use --out-dir FOLDER.');
  }
  if (inputs[0]?.path === STDIO && outDir !== undefined) {
    throw new UsageError('Expected -o for the input - (stdin), which has no name of its own.');
  }
  const jobs = inputs.map(({ path, place }) => {
    if (output !== undefined) return { input: path, output };
    return { input: path, output: outputOf(path, place, outDir, extension) };
  });
  const planned = separate(jobs, inputs, extension);
  refuseInputs(planned);
  checkStdout(planned, args);
  return planned;
}

/** Pairs inputs that come in one by one; the first of several with the same output has it. */
export async function* planStream(
  inputs: AsyncIterable<Input>,
  { output, outDir }: OutputArguments,
  extension: string,
): AsyncGenerator<Job> {
  if (output !== undefined) {
    throw new UsageError('Expected --out-dir or neither with --files-from - but received -o.');
  }
  for await (const { path, place } of inputs) {
    yield { input: path, output: outputOf(path, place, outDir, extension) };
  }
}

/** Refuses two ways to name outputs. */
export function checkOutputs({ output, outDir }: OutputArguments): void {
  if (output === undefined || outDir === undefined) return;
  throw new UsageError('Expected -o or --out-dir but received both: keep one of them.');
}

function outputOf(
  path: string,
  place: string,
  outDir: string | undefined,
  extension: string,
): string {
  if (path === STDIO) return STDIO;
  const name = `${stem(path)}.${extension}`;
  return join(outDir === undefined ? dirname(path) : join(outDir, dirname(place)), name);
}

/**
 * Gives outputs of the same name names of their own: `a.jpg` and `a.png` of a folder become `a.jpg.ncr` and
 * `a.png.ncr`. Where all of them are named, that is more likely to be a mistake.
 */
function separate(
  jobs: readonly Job[],
  inputs: readonly Input[],
  extension: string,
): readonly Job[] {
  const sharing = new Map<string, number[]>();
  for (const [i, { output }] of jobs.entries()) {
    if (output === STDIO) continue;
    const key = identity(output);
    sharing.set(key, [...(sharing.get(key) ?? []), i]);
  }
  const separated = [...jobs];
  for (const [first = 0, second, ...rest] of sharing.values()) {
    if (second === undefined) continue;
    const places = [first, second, ...rest];
    const { input, output } = jobs[first]!;
    if (places.every((i) => inputs[i]!.isNamed)) {
      const other = jobs[second]!.input;
      throw new UsageError(
        `${input} and ${other} would both become ${output}: convert one of them later.`,
      );
    }
    for (const i of places) {
      const job = jobs[i]!;
      const name = `${basename(job.input)}.${extension}`;
      separated[i] = { input: job.input, output: join(dirname(job.output), name) };
    }
  }
  return separated;
}

function refuseInputs(jobs: readonly Job[]): void {
  const inputs = new Set(jobs.filter((j) => j.input !== STDIO).map((j) => identity(j.input)));
  for (const { output } of jobs) {
    if (output !== STDIO && inputs.has(identity(output))) {
      throw new UsageError(`${output} is an input: name another output with -o or --out-dir.`);
    }
  }
}

function checkStdout(jobs: readonly Job[], { json }: OutputArguments): void {
  if (!jobs.some((job) => job.output === STDIO)) return;
  if (json) throw new UsageError('Expected -o FILE with --json, which needs stdout for itself.');
  if (process.stdout.isTTY) {
    throw new UsageError('Expected -o FILE: binary data would only disturb the terminal.');
  }
}

/** Folders without links, as there are few of them and many files. */
const realFolders = new Map<string, string>();

/** A path without links, so that two names of one file are seen to be one. */
function identity(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(resolve(path));
    if (folder === resolve(path)) return folder;
    const known = realFolders.get(folder) ?? identity(folder);
    realFolders.set(folder, known);
    return join(known, basename(path));
  }
}
