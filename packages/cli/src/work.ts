// One job from its input to its output: what compress and decompress have in common. Where it runs, here or in a
// process of its own, it does not know.

import { CodecError, outputExists } from '@nacre/node';
import type { Failure } from './exit-codes.js';
import { checkOutput, isThere, modifiedTime, readInput, writeOutput } from './files.js';
import { type Job, STDIO } from './jobs.js';

/** What is told while a job is done. */
export interface Hooks {
  /** Something worth knowing about the file. */
  readonly notice: (text: string) => void;
  /** Where the time went, for those who ask. */
  readonly detail: (text: string) => void;
  /** From 0 to 1. */
  readonly progress: (fraction: number) => void;
}

/** What has become of a job. */
export interface Finished {
  readonly status: 'done' | 'skipped';
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** For programs. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** For people. */
  readonly summary: string;
  /** Why the output is not all that it should be, although it is written. */
  readonly failure?: Failure | undefined;
}

/**
 * Does one job.
 *
 * @param alone - whether no other job is done at the same time, so that it may have all memory.
 */
export type Work = (job: Job, hooks: Hooks, alone: boolean) => Promise<Finished>;

/** What the command line says about every job. */
export interface WorkOptions {
  readonly force?: boolean | undefined;
  readonly skipExisting?: boolean | undefined;
  readonly keepTime?: boolean | undefined;
}

/** The bytes of an output, and what is to be said of it. */
export interface Made extends Pick<Finished, 'facts' | 'summary' | 'failure'> {
  readonly bytes: Uint8Array;
}

/** What a command does with one file. */
export interface Craft {
  readonly make: (input: Uint8Array, hooks: Hooks, alone: boolean) => Promise<Made>;
  /** Rejects for an output that a stopped run, or somebody else, has left incomplete. */
  readonly verify: (output: Uint8Array) => Promise<unknown>;
}

/** Errors of outputs that once were, or were to become, what they should be. */
const INCOMPLETE = ['CORRUPT_FILE', 'TRUNCATED_IMAGE'];

/** Reads the input, makes the output and writes it, or skips both. */
export function workOf({ make, verify }: Craft, options: WorkOptions): Work {
  const { force = false, skipExisting = false, keepTime = false } = options;
  return async ({ input, output }, hooks, alone) => {
    const existing = skipExisting && output !== STDIO && (await isThere(output));
    if (existing) {
      const bytes = await readInput(output);
      if (await isComplete(bytes, verify, output)) {
        const facts = { byteLength: bytes.length };
        return { status: 'skipped', inputBytes: 0, outputBytes: 0, facts, summary: 'is there' };
      }
      hooks.notice(`${output} was incomplete: replacing it.`);
    }
    const overwrite = force || existing;
    await checkOutput(input, output, overwrite);
    const started = performance.now();
    const modified = keepTime ? await modifiedTime(input) : undefined;
    const bytes = await readInput(input);
    const read = performance.now();
    const made = await make(bytes, hooks, alone);
    const finished = performance.now();
    await writeOutput(output, made.bytes, overwrite, modified);
    const written = performance.now();
    hooks.detail(
      `read in ${ms(read - started)}, converted in ${ms(finished - read)}, written in ${ms(written - finished)}`,
    );
    const milliseconds = Math.round(written - started);
    const { facts, summary, failure } = made;
    return {
      status: 'done',
      inputBytes: bytes.length,
      outputBytes: made.bytes.length,
      facts: { ...facts, inputByteLength: bytes.length, milliseconds },
      summary,
      failure,
    };
  };
}

/**
 * Whether an output is all there.
 *
 * @throws what refuses to overwrite it, if it is a file of another kind.
 */
async function isComplete(
  bytes: Uint8Array,
  verify: Craft['verify'],
  output: string,
): Promise<boolean> {
  try {
    await verify(bytes);
    return true;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    // A crash of the machine can leave a file of zeros, or of nothing.
    if (INCOMPLETE.includes(error.code) || bytes.every((byte) => byte === 0)) return false;
    throw outputExists(output);
  }
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(0)} ms`;
}
