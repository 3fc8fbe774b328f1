// `npm run fuzz`: damages files again and again, in a process of its own that this one watches. Prints
// each violation with the command that repeats it, and at the end, or at Ctrl-C, what came of all; saves
// nothing.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Message } from './fuzz-worker.js';

const USAGE = 'npm run fuzz -- [--iterations N] [--seed S] [--only K]';

/** What does not end within this hangs: thousands of times what the slowest file takes. */
const HANG_MILLISECONDS = 30_000;

/** After so many violations there is enough to look at. */
const MOST_VIOLATIONS = 10;

const { iterations, seed, only } = readArguments();
const count = only === undefined ? iterations : 1;
const worker = fork(
  fileURLToPath(new URL('fuzz-worker.js', import.meta.url)),
  [seed, only ?? 0, count].map(String),
);
const violations = await watch(worker);
process.exitCode = violations === 0 ? 0 : 1;

/** Prints what the worker finds until it ends, or must be ended. */
async function watch(worker: ChildProcess): Promise<number> {
  let violations = 0;
  let begun: number | undefined;
  let ended = false;
  let started = 0;
  const report = (index: number | undefined, text: string): void => {
    violations += 1;
    const replay = `npm run fuzz -- --seed ${seed} --only ${index}`;
    console.error(`Mutation ${index}: ${text}\n  again: ${index === undefined ? USAGE : replay}`);
    if (violations === MOST_VIOLATIONS) worker.kill('SIGKILL');
  };
  const begin = performance.now();
  worker.on('message', (message: Message) => {
    started = performance.now();
    if (message.about === 'begin') begun = message.index;
    else if (message.about === 'violation') report(message.index, message.text);
    else {
      ended = true;
      const { outcomes, peakMemory } = message;
      for (const [outcome, times] of Object.entries(outcomes).sort()) {
        console.log(`${String(times).padStart(9)}  ${outcome}`);
      }
      const megabytes = [peakMemory.before, peakMemory.after].map((n) => Math.round(n / 1e6));
      const seconds = Math.round((performance.now() - begin) / 1000);
      console.log(
        `${count} mutations, seed ${seed}, ${seconds} s: ${violations} violations; ` +
          `peak memory ${megabytes[1]} MB, ${megabytes[0]} MB of it before the first`,
      );
    }
  });
  process.once('SIGINT', () => {
    ended = true;
    worker.kill('SIGKILL');
    console.log(`Stopped at mutation ${begun} of ${count}, seed ${seed}: ${violations} violations`);
  });
  const timer = setInterval(() => {
    if (begun === undefined || ended || performance.now() - started < HANG_MILLISECONDS) return;
    report(begun, `does not end within ${HANG_MILLISECONDS / 1000} s`);
    worker.kill('SIGKILL');
    clearInterval(timer);
  }, 1000);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    worker.on('exit', (code, signal) => resolve([code, signal]));
  });
  clearInterval(timer);
  if (!ended && violations === 0) report(begun, `ended the process (${signal ?? `exit ${code}`})`);
  return violations;
}

function readArguments(): { iterations: number; seed: number; only: number | undefined } {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ options: { iterations: text, seed: text, only: text } });
    const number = (name: keyof typeof values, least: number): number | undefined => {
      const value = values[name];
      if (value === undefined) return undefined;
      if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value);
      throw new RangeError(`Expected integer from ${least} for --${name} but received ${value}`);
    };
    return {
      iterations: number('iterations', 1) ?? 100_000,
      seed: number('seed', 0) ?? 1,
      only: number('only', 0),
    };
  } catch (error) {
    console.error(`${(error as Error).message}: ${USAGE}`);
    process.exit(2);
  }
}
