// Options that several commands share, and how their values are read from text.

import type { Region } from '@nacre/node';
import { UsageError } from './exit-codes.js';

/**
 * What is put before an argument that yargs would take for an option: `-` itself, and whatever begins with a dash
 * behind `--`.
 */
const GUARD = '\0';

/** The arguments as yargs reads them best; {@link unguard} gives them back. */
export function guard(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end + 1);
  return [
    ...options.map((arg) => (arg === '-' ? GUARD + arg : arg)),
    ...rest.map((arg) => (arg.startsWith('-') ? GUARD + arg : arg)),
  ];
}

/** A value that yargs has read, with its arguments as they were typed. */
export function unguard(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unguard);
  return typeof value === 'string' ? value.replace(GUARD, '') : value;
}

/** What yargs says, in one line and in the words of this command. */
export function rephrase(message: string): string {
  const text = message
    .replaceAll('\\u0000', '')
    .replaceAll(GUARD, '')
    .replace(/\s*\n\s*/g, ' ');
  const [, valueless] = /^Not enough arguments following: (.+)$/.exec(text) ?? [];
  return valueless ? `Expected a value for ${optionCalled(valueless)}` : text;
}

/** An option as it is typed. */
function optionCalled(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** Of every command. */
export const COMMON = {
  json: {
    type: 'boolean',
    describe: 'Print JSON on stdout, one object per file as it is finished',
  },
  verbose: {
    type: 'boolean',
    describe: 'Also print the model, the device and where the time goes',
  },
} as const;

/** Of the commands that read files and write others. */
export const FILES = {
  output: {
    alias: 'o',
    type: 'string',
    requiresArg: true,
    describe: 'Output file, or - for stdout; default: next to the input',
  },
  'out-dir': {
    type: 'string',
    requiresArg: true,
    describe: 'Output folder, which gets the tree of the inputs',
  },
  force: { alias: 'f', type: 'boolean', describe: 'Overwrite existing outputs' },
  'skip-existing': {
    type: 'boolean',
    describe: 'Skip inputs whose output is complete: resumes a stopped batch',
  },
  'keep-time': { type: 'boolean', describe: 'Give outputs the modification time of their inputs' },
  'files-from': {
    type: 'string',
    requiresArg: true,
    describe: 'Read more inputs from a file, or - for stdin, one per line',
  },
  jobs: {
    alias: 'j',
    type: 'number',
    requiresArg: true,
    describe: 'Files at once; default: as cores and memory allow',
  },
  shard: {
    type: 'string',
    requiresArg: true,
    describe: 'Take one part of the inputs, such as 3/16: for many machines',
  },
  'max-pixels': {
    type: 'number',
    requiresArg: true,
    describe: 'Refuse larger images; default: what fits in memory',
  },
  strip: { type: 'boolean', describe: 'Drop EXIF and XMP (place, camera, author)' },
} as const;

/** Of the commands that run a model. */
export const MODEL = {
  model: {
    type: 'string',
    requiresArg: true,
    describe: 'Model name or folder; default: see nacre models',
  },
} as const;

/** Where it runs. */
export const DEVICE = {
  device: {
    choices: ['auto', 'cpu', 'cuda', 'webgpu'],
    default: 'cpu',
    requiresArg: true,
    describe: 'See nacre devices',
  },
  threads: {
    type: 'number',
    requiresArg: true,
    describe: 'CPU threads per file; default: cores divided by jobs',
  },
} as const;

/** Refuses an option that is given twice: yargs would make a list of it. */
export function refuseRepeated(
  argv: Readonly<Record<string, unknown>>,
  lists: readonly string[],
): void {
  const [repeated] =
    Object.entries(argv).find(([name, value]) => {
      return name !== '_' && !lists.includes(name) && Array.isArray(value);
    }) ?? [];
  if (repeated === undefined) return;
  throw new UsageError(`Expected ${optionCalled(repeated)} once but received it several times.`);
}

/** Checks a number that an option was given. */
export function integerIn(
  low: number,
  high: number,
  name: string,
  value: number | undefined,
): void {
  if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) return;
  throw new UsageError(`Expected integer in ${low}..${high} for --${name} but received ${value}.`);
}

/** Checks a number that need not be an integer. */
export function numberIn(low: number, high: number, name: string, value: number | undefined): void {
  if (value === undefined || (value >= low && value <= high)) return;
  throw new UsageError(`Expected number in ${low}..${high} for --${name} but received ${value}.`);
}

/** Refuses two options that exclude each other. */
export function refuseBoth(options: Readonly<Record<string, unknown>>): void {
  const [one, other] = Object.keys(options).filter((name) => options[name] !== undefined);
  if (other === undefined) return;
  throw new UsageError(`Expected --${one} or --${other} but received both.`);
}

/** Bytes in each unit, in lower case. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** Reads a size as people write it: a number and a unit, in upper or lower case. */
export function bytesIn(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? [];
  const size = Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? 0));
  if (size >= 1 && size < 2 ** 32) return size;
  throw new UsageError(
    'Expected a size below 4 GiB in B, kB, MB, GB, KiB, MiB or GiB, such as 120kB, for --target-size ' +
      `but received ${text}.`,
  );
}

/** Reads `X,Y,WIDTH,HEIGHT`; whether it is within the image is checked once that is known. */
export function regionIn(text: string): Region {
  const numbers = /^\d+,\d+,\d+,\d+$/.test(text) ? text.split(',').map(Number) : [];
  const [left = 0, top = 0, width = 0, height = 0] = numbers;
  if (width > 0 && height > 0) return { left, top, width, height };
  throw new UsageError(`Expected X,Y,WIDTH,HEIGHT for --region but received ${text}.`);
}

/** One part of the inputs. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** Reads `3/16`. */
export function shardIn(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new UsageError(`Expected PART/PARTS, such as 3/16, for --shard but received ${text}.`);
}

/** Checks what the options of {@link FILES} and {@link DEVICE} were given, and reads the shard. */
export function checkBatch(options: {
  readonly jobs: number | undefined;
  readonly threads: number | undefined;
  readonly maxPixels: number | undefined;
  readonly shard: string | undefined;
}): { readonly shard: Shard | undefined } {
  integerIn(1, 1024, 'jobs', options.jobs);
  integerIn(1, 1024, 'threads', options.threads);
  integerIn(1, Number.MAX_SAFE_INTEGER, 'max-pixels', options.maxPixels);
  return { shard: options.shard === undefined ? undefined : shardIn(options.shard) };
}
