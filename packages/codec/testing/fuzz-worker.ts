// The process in which `npm run fuzz` decodes damaged files: it says which one it is about to decode, so
// that fuzz-cli.ts knows where it hung or died, and what was wrong.
import { setImmediate } from 'node:timers/promises';
import { decode } from '@nacre/codec';
import { fuzzOne } from './fuzz.js';
import { fuzzTargets } from './fuzz-targets.js';

/** What the worker says. */
export type Message =
  | { readonly about: 'begin'; readonly index: number }
  | { readonly about: 'violation'; readonly index: number; readonly text: string }
  | { readonly about: 'end'; readonly outcomes: Outcomes; readonly peakMemory: Peak };

/** How often each outcome came. */
export type Outcomes = Readonly<Record<string, number>>;

/** Most resident memory in bytes, before the first mutation and after the last. */
export interface Peak {
  readonly before: number;
  readonly after: number;
}

/** The process as a whole may take this many times the memory that decoding whole files took, */
const MOST_MEMORY = 2;

/** and so much garbage beyond: V8 collects at the latest when 64 MB of it lie outside its own heap. */
const MOST_GARBAGE = 2 ** 26;

// The other process has gone: there is nobody to tell.
process.once('disconnect', () => process.exit());

/** Whole files decoded before memory is measured, in the two ways that damaged ones are. */
const WARM_UP = 4000;

const [seed, first, count] = process.argv.slice(2).map(Number) as [number, number, number];
const targets = await fuzzTargets();
// The engine's heap finds its size.
for (let i = 0; i < WARM_UP; i++) {
  const { model, bytes } = targets[i % targets.length]!;
  await decode(model, bytes, { partial: i % 2 === 1, onPreview: () => {} });
}
const before = peakMemory();
const outcomes: Record<string, number> = {};
let allowed = MOST_MEMORY * before + MOST_GARBAGE;
for (let index = first; index < first + count; index++) {
  say({ about: 'begin', index });
  // The fake networks wait for nothing: without this, no message would leave for long.
  await setImmediate();
  const verdict = await fuzzOne(targets, seed, index, true);
  const { target, mutation, expected, outcome, bytes } = verdict;
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  let { violation } = verdict;
  if (peakMemory() > allowed) {
    violation ??= `the process takes ${peakMemory()} bytes, more than ${allowed}`;
    allowed = 2 * peakMemory(); // said once
  }
  const told = `${mutation}, of ${target}: expected ${expected}, outcome ${outcome}`;
  if (violation) say({ about: 'violation', index, text: `${told}: ${violation}` });
  if (count === 1) console.log(`${told}\n${Buffer.from(bytes).toString('hex')}`);
}
say({ about: 'end', outcomes, peakMemory: { before, after: peakMemory() } });
process.disconnect?.();

function say(message: Message): void {
  process.send?.(message);
}

function peakMemory(): number {
  return 1024 * process.resourceUsage().maxRSS;
}
