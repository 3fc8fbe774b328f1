// Which files a command works on: those that are named, those in folders, those that match a pattern, and those in
// a list. It knows no formats beyond their names and first bytes.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, parse, relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UsageError } from './exit-codes.js';
import type { Shard } from './options.js';

/** The name that stands for stdin and stdout. */
export const STDIO = '-';

/** One file to work on. */
export interface Input {
  readonly path: string;
  /** Where its output goes below an output folder: the tree that is kept. */
  readonly place: string;
  /** Whether it was named, and not found in a folder. */
  readonly isNamed: boolean;
}

/** What is looked for in folders. */
export interface Wanted {
  /** In lower case, without the dot. */
  readonly extensions: readonly string[];
  /** Whether a file of another extension is one all the same. */
  readonly matches: (start: Uint8Array) => boolean;
}

/** What was passed over in folders. */
export interface Skipped {
  /** Files that are not wanted. */
  files: number;
  /** Links to folders, which are not followed. */
  links: number;
}

/** What the command line says about inputs. */
export interface InputArguments {
  readonly inputs: readonly string[];
  readonly filesFrom?: string | undefined;
  /** Outputs are not searched for inputs. */
  readonly outDir?: string | undefined;
  readonly shard?: Shard | undefined;
}

/** Bytes that tell what a file is. */
const START_BYTES = 64;

/**
 * Finds the inputs of a command.
 *
 * @param skipped - counts what is passed over.
 * @returns a list, or with `--files-from -` what comes in one by one.
 * @throws UsageError if nothing is named.
 */
export async function findInputs(
  args: InputArguments,
  wanted: Wanted,
  skipped: Skipped,
): Promise<readonly Input[] | AsyncIterable<Input>> {
  const { inputs, filesFrom, shard } = args;
  if (inputs.length === 0 && filesFrom === undefined) {
    throw new UsageError('Expected an input: name a file or a folder, or - for stdin.');
  }
  if (inputs.includes(STDIO) && (inputs.length > 1 || filesFrom !== undefined)) {
    throw new UsageError('Expected - (stdin) as the only input: leave out the others.');
  }
  const search = { wanted, skipped, outDir: args.outDir && resolve(args.outDir) };
  const named = await namedInputs(inputs, search);
  if (filesFrom === undefined) return named.filter((input) => isIn(shard, input));
  const listed = inShard(shard, listedInputs(filesFrom, search));
  if (filesFrom === STDIO) return named.length === 0 ? listed : follow(named, listed);
  const all = named.filter((input) => isIn(shard, input));
  for await (const input of listed) all.push(input);
  return all;
}

interface Search {
  readonly wanted: Wanted;
  readonly skipped: Skipped;
  readonly outDir: string | undefined;
}

/** The inputs that arguments name. Their tree is kept below the folder that they have in common. */
async function namedInputs(args: readonly string[], search: Search): Promise<Input[]> {
  const found: { path: string; isNamed: boolean }[] = [];
  const folders: string[] = [];
  for (const arg of args) {
    if (arg === STDIO) return [{ path: STDIO, place: STDIO, isNamed: true }];
    for (const path of await expand(arg)) {
      if (!(await isFolder(path))) {
        found.push({ path, isNamed: true });
        folders.push(dirname(resolve(path)));
        continue;
      }
      folders.push(resolve(path));
      for await (const file of filesIn(path, search)) found.push({ path: file, isNamed: false });
    }
  }
  const root = commonFolder(folders);
  return found.map((input) => ({ ...input, place: relative(root, resolve(input.path)) }));
}

/** The inputs that lines of a file name. Their tree is kept below the current folder, or the root of the disk. */
async function* listedInputs(list: string, search: Search): AsyncGenerator<Input> {
  const stream: Readable = list === STDIO ? process.stdin : createReadStream(list);
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  let failure: unknown;
  stream.on('error', (error) => {
    failure = error;
    lines.close();
  });
  for await (const line of lines) {
    if (line === '') continue;
    if (!(await isFolder(line))) yield { path: line, place: placeOf(line), isNamed: true };
    else {
      for await (const path of filesIn(line, search)) {
        yield { path, place: placeOf(path), isNamed: false };
      }
    }
  }
  if (failure) throw failure;
}

function placeOf(path: string): string {
  const absolute = resolve(path);
  const below = relative(process.cwd(), absolute);
  const isBelow = below !== '' && !below.startsWith('..') && resolve(below) === absolute;
  return isBelow ? below : absolute.slice(parse(absolute).root.length);
}

/** The files a pattern matches: where the shell has not done it, as on Windows, or where it is quoted. */
async function expand(arg: string): Promise<readonly string[]> {
  if (!isDynamicPattern(arg) || (await exists(arg))) return [arg];
  const pattern = sep === '/' ? arg : arg.replaceAll(sep, '/');
  const found = await glob(pattern, { onlyFiles: false, expandDirectories: false });
  // A pattern that matches nothing is a file that is not there.
  return found.length > 0 ? found.sort() : [arg];
}

/** The wanted files in a folder and the folders in it, sorted by name; those whose name begins with a dot aside. */
async function* filesIn(folder: string, search: Search): AsyncGenerator<string> {
  if (resolve(folder) === search.outDir) return;
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* filesIn(path, search);
    } else if (entry.isSymbolicLink() && (await isFolder(path))) {
      search.skipped.links += 1;
    } else if (await isWanted(path, search.wanted)) {
      yield path;
    } else {
      search.skipped.files += 1;
    }
  }
}

async function isWanted(path: string, { extensions, matches }: Wanted): Promise<boolean> {
  if (extensions.includes(extname(path).slice(1).toLowerCase())) return true;
  try {
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(new Uint8Array(START_BYTES), 0, START_BYTES, 0);
      return matches(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    // A pipe, say, or a file that may not be read: nothing that anybody has asked for.
    return false;
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The innermost folder that all are in, or are. */
function commonFolder(folders: readonly string[]): string {
  const [first = process.cwd(), ...rest] = folders;
  let common = first;
  for (const folder of rest) {
    while (!`${folder}${sep}`.startsWith(common.endsWith(sep) ? common : common + sep)) {
      if (dirname(common) === common) return common;
      common = dirname(common);
    }
  }
  return common;
}

/** Whether an input is in a part of all: by its place alone, so that every machine finds the same. */
function isIn(shard: Shard | undefined, { place }: Input): boolean {
  if (!shard) return true;
  const hash = createHash('sha256').update(place.replaceAll('\\', '/')).digest();
  return hash.readUInt32BE() % shard.count === shard.index - 1;
}

async function* inShard(
  shard: Shard | undefined,
  inputs: AsyncIterable<Input>,
): AsyncGenerator<Input> {
  for await (const input of inputs) if (isIn(shard, input)) yield input;
}

async function* follow(first: readonly Input[], then: AsyncIterable<Input>): AsyncGenerator<Input> {
  yield* first;
  yield* then;
}

/** The name of a file without its extension. */
export function stem(path: string): string {
  return basename(path, extname(path));
}
