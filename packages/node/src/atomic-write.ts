// Writes a whole file or none: to a temporary file beside it, then moved. It knows no file format.

import { createHash, randomBytes } from 'node:crypto';
import {
  link,
  lstat,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import {
  checkBytes,
  checkObject,
  checkString,
  expectedButReceived,
  OutputError,
} from '@nacre/codec/internal';

/** Options of {@link writeFileAtomic}. */
export interface WriteOptions {
  /** Whether an existing file is replaced (the default) or an error. */
  readonly overwrite?: boolean | undefined;
  /** The modification time that the file gets; the present by default. */
  readonly modified?: Date | undefined;
}

/** This machine, or container, as the names of temporary files have it. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Of temporary files: who has written them, and which. */
const TEMPORARY = /^\.nacre-([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.tmp$/;

/** A temporary file that has not been written to for so long belongs to nobody, on any machine: a day. */
const STALE_MS = 86_400_000;

/**
 * Writes `bytes` to `path` so that at no moment a part of them can be seen there. A link is followed,
 * and the file it leads to replaced; a device or a pipe is written to as it is.
 *
 * @throws {@link OutputError} `OUTPUT_EXISTS` if the file exists and `overwrite` is false; the system's own
 * errors (`ENOENT`, `EACCES`, `ENOSPC`, …) as Node throws them; TypeError for a bad argument.
 * @example
 * ```ts
 * await writeFileAtomic('photo.ncr', await encode('photo.jpg'));
 * ```
 */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  checkString(path, 'path');
  checkBytes(bytes, 'bytes');
  checkWriteOptions(options);
  const { overwrite = true, modified } = options;
  const existing = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // Renaming onto /dev/null would replace the device itself.
  if (existing && !existing.isFile()) return await writeFile(path, bytes);
  if (existing && !overwrite) throw outputExists(path);
  const target = existing ? await realpath(path) : path;
  const temporary = join(dirname(target), temporaryName());
  try {
    await writeFile(temporary, bytes, {
      flag: 'wx',
      flush: true,
      ...(existing ? { mode: existing.mode } : {}),
    });
    if (modified) await utimes(temporary, modified, modified);
    if (overwrite) await rename(temporary, target);
    else await moveToFreeName(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    const failure = error as NodeJS.ErrnoException;
    // The caller knows the file by this name.
    if (failure.path === temporary) failure.path = target;
    throw error;
  }
}

function temporaryName(): string {
  return `.nacre-${HOST}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
}

/**
 * Removes temporary files from a folder whose process was killed before it could do so itself. Those of running
 * processes stay, as do those of other machines until they are a day old.
 *
 * @example
 * ```ts
 * await removeStaleTemporaries('out');
 * ```
 */
export async function removeStaleTemporaries(folder: string): Promise<void> {
  checkString(folder, 'folder');
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, host, pid] = TEMPORARY.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(folder, name);
    const isStale = host === HOST ? !isRunning(Number(pid)) : await isOld(path);
    if (isStale) await rm(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isOld(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > STALE_MS;
}

/**
 * Renames a file to a name that is free. Only a link tells in one step whether it is: with a look
 * before the rename, of two processes that write the same file both would believe to have made it.
 */
async function moveToFreeName(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch {
    // The name is taken, or else the file system has no links (exFAT, some network folders).
    const taken = await lstat(target).catch(() => undefined);
    if (taken) throw outputExists(target);
    return await rename(temporary, target);
  }
  await rm(temporary);
}

/**
 * Asserts that options are such as {@link writeFileAtomic} takes.
 *
 * @throws TypeError if they are not.
 */
export function checkWriteOptions(options: WriteOptions): void {
  checkObject(options, 'options');
  const { overwrite = true, modified } = options;
  if (typeof overwrite !== 'boolean') {
    throw new TypeError(expectedButReceived('boolean', 'overwrite', overwrite));
  }
  if (modified !== undefined && !(modified instanceof Date)) {
    throw new TypeError(expectedButReceived('Date', 'modified', modified));
  }
}

/** The error for a file that is there already and may not be replaced. */
export function outputExists(path: string): OutputError {
  return new OutputError('OUTPUT_EXISTS', `${path} exists: choose another name, or overwrite it.`);
}
