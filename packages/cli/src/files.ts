// Files as commands read and write them: stdin and stdout among them, outputs whole or not at all.

import { mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { outputExists, writeFileAtomic } from '@nacre/node';
import { STDIO } from './inputs.js';
import { INTERRUPTS } from './jobs.js';

/** The bytes of an input, which may be stdin. */
export async function readInput(input: string): Promise<Uint8Array> {
  if (input !== STDIO) return await readFile(input);
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/**
 * Writes a result whole or not at all; to stdout as it is. An interrupt waits until the file is whole, as it would
 * leave a part of it under another name; a second one does not wait.
 *
 * @param modified - the modification time that the file gets; by default the present.
 */
export async function writeOutput(
  output: string,
  bytes: Uint8Array,
  force: boolean,
  modified?: Date,
): Promise<void> {
  if (output === STDIO) return await writeStdout(bytes);
  let received: NodeJS.Signals | undefined;
  const wait = (signal: NodeJS.Signals): void => {
    received = signal;
  };
  for (const signal of INTERRUPTS) process.once(signal, wait);
  try {
    await writeFileAtomic(output, bytes, { overwrite: force, modified });
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, wait);
    if (received) process.kill(process.pid, received);
  }
}

async function writeStdout(bytes: Uint8Array): Promise<void> {
  await new Promise<void>((done, failed) => {
    process.stdout.write(bytes, (error) => (error ? failed(error) : done()));
  });
}

/**
 * Makes a folder and those it is in. Node's own `recursive` never returns where a file system answers "no such file"
 * to every attempt, as /proc does, and says so of one that is read-only.
 */
export async function makeFolder(path: string): Promise<void> {
  const first = await tryFolder(path);
  if (first === undefined) return;
  if (first.code !== 'ENOENT' || dirname(path) === path) throw first;
  await makeFolder(dirname(path));
  const second = await tryFolder(path);
  if (second?.code !== 'ENOENT') {
    if (second) throw second;
    return;
  }
  throw Object.assign(second, { code: 'ENOTSUP' });
}

async function tryFolder(path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (error) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    return isThere ? undefined : (error as NodeJS.ErrnoException);
  }
}

/** Fails where writing would, which is better known before the work than after it. {@link writeOutput} looks again. */
export async function checkOutput(input: string, output: string, force: boolean): Promise<void> {
  if (output === STDIO) return;
  await stat(dirname(output));
  if (!(await isThere(output))) return;
  if (!force) throw outputExists(output);
  if (input !== STDIO && (await realpath(output)) === (await realpath(input))) {
    throw outputExists(output);
  }
}

/** Whether there is a file of this name. */
export function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** When a file was last changed; undefined for stdin. */
export async function modifiedTime(input: string): Promise<Date | undefined> {
  return input === STDIO ? undefined : (await stat(input)).mtime;
}
