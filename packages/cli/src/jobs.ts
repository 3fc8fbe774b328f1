// Which output belongs to which input, what is refused before any work, and the run over all of
// them. It knows nothing of images or of the .ncr format.

import { realpathSync } from 'node:fs';
import { access, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { outputExists, writeFileAtomic } from '@nacre/node';
import { type Failure, failureOf, UsageError } from './exit-codes.js';
import type { Report } from './report.js';

/** The name that stands for stdin and stdout. */
export const STDIO = '-';

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
  readonly json: boolean;
}

/** What a command has done: the rest of the JSON object, and the first failure if there was one. */
export interface Outcome {
  readonly result: Readonly<Record<string, unknown>>;
  readonly failure?: Failure;
}

/**
 * Pairs each input with its output: `-o`, or the input's name with another extension, beside it or
 * in `--out-dir`.
 *
 * @throws UsageError if two results would go to one place, or one would replace an input.
 */
export function planJobs(
  inputs: readonly string[],
  { output, outDir, json }: OutputArguments,
  extension: string,
): Job[] {
  if (output !== undefined && outDir !== undefined) {
    throw new UsageError('Expected -o or --out-dir but received both: keep one of them.');
  }
  if (output !== undefined && inputs.length > 1) {
    throw new UsageError('Expected one input for -o but received several: use --out-dir DIR.');
  }
  if (inputs.includes(STDIO) && inputs.length > 1) {
    throw new UsageError('Expected - (stdin) as the only input: compress the files apart from it.');
  }
  if (inputs.includes(STDIO) && outDir !== undefined) {
    throw new UsageError('Expected -o for the input - (stdin), which has no name of its own.');
  }
  const jobs = inputs.map((input) => {
    if (output !== undefined) return { input, output };
    if (input === STDIO) return { input, output: STDIO };
    const name = `${parse(input).name}.${extension}`;
    return { input, output: join(outDir ?? dirname(input), name) };
  });
  refuseCollisions(jobs);
  if (jobs.some((job) => job.output === STDIO)) {
    if (json) throw new UsageError('Expected -o FILE with --json, which needs stdout for itself.');
    if (process.stdout.isTTY) {
      throw new UsageError('Expected -o FILE: binary data would only disturb the terminal.');
    }
  }
  return jobs;
}

function refuseCollisions(jobs: readonly Job[]): void {
  const inputs = new Set(jobs.filter((j) => j.input !== STDIO).map((j) => identity(j.input)));
  const outputs = new Map<string, string>();
  for (const { input, output } of jobs) {
    if (output === STDIO) continue;
    const place = identity(output);
    if (inputs.has(place)) {
      throw new UsageError(`${output} is an input: name another output with -o or --out-dir.`);
    }
    const other = outputs.get(place);
    if (other !== undefined) {
      throw new UsageError(`${other} and ${input} would both become ${output}: do them apart.`);
    }
    outputs.set(place, input);
  }
}

/** A path without links, so that two names of one file are seen to be one. */
function identity(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(resolve(path));
    return folder === resolve(path) ? folder : join(identity(folder), basename(path));
  }
}

/** The bytes of an input, which may be stdin. */
export async function readInput(input: string): Promise<Uint8Array> {
  if (input !== STDIO) return await readFile(input);
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/**
 * Writes a result whole or not at all; to stdout as it is. An interrupt waits until the file is
 * whole, as it would leave a part of it under another name; a second one does not wait.
 */
export async function writeOutput(
  output: string,
  bytes: Uint8Array,
  force: boolean,
): Promise<void> {
  if (output === STDIO) {
    return await new Promise<void>((done, failed) => {
      process.stdout.write(bytes, (error) => (error ? failed(error) : done()));
    });
  }
  let received: NodeJS.Signals | undefined;
  const wait = (signal: NodeJS.Signals): void => {
    received = signal;
  };
  for (const signal of INTERRUPTS) process.once(signal, wait);
  try {
    await writeFileAtomic(output, bytes, { overwrite: force });
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, wait);
    if (received) process.kill(process.pid, received);
  }
}

/**
 * Does the jobs one after the other; one that fails is reported and does not stop the rest.
 *
 * @param work does one job up to the bytes of its output, and returns them with what is to be
 * reported of it.
 */
export async function runJobs(
  jobs: readonly Job[],
  { force, outDir }: { force: boolean; outDir?: string | undefined },
  report: Report,
  work: (job: Job, label: string, notice: (text: string) => void) => Promise<Finished>,
): Promise<Outcome> {
  if (outDir !== undefined) await mkdir(outDir, { recursive: true });
  const files: Record<string, unknown>[] = [];
  let first: Failure | undefined;
  for (const [index, job] of jobs.entries()) {
    const { input, output } = job;
    const notices: string[] = [];
    const label = jobs.length > 1 ? `[${index + 1}/${jobs.length}] ${input}` : input;
    try {
      if (output !== STDIO) await checkOutput(output, force);
      const finished = await work(job, label, (text) => {
        notices.push(text);
        report.notice(input, text);
      });
      await writeOutput(output, finished.bytes, force);
      files.push({ input, output, ...finished.facts, notices });
      report.line(`${input} → ${output}  ${finished.summary}`);
      if (finished.failure) {
        first ??= finished.failure;
        report.failure(input, finished.failure);
      }
    } catch (error) {
      const failure = failureOf(error, input);
      first ??= failure;
      files.push({ input, error: { code: failure.code, message: failure.message }, notices });
      report.failure(input, failure);
    }
  }
  return { result: { files }, ...(first ? { failure: first } : {}) };
}

/** A job that is done but for the writing. */
export interface Finished {
  readonly bytes: Uint8Array;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly summary: string;
  /** Why the output is not all that it should be, although it is written. */
  readonly failure?: Failure | undefined;
}

/** Fails where writing would: known before the work rather than after it. writeOutput looks again. */
async function checkOutput(output: string, force: boolean): Promise<void> {
  await access(dirname(output));
  const taken = await access(output).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  if (taken && !force) throw outputExists(output);
}
