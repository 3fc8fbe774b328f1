// Writes a whole file or none: to a temporary file beside it, then moved. It knows no file format.

import { randomBytes } from 'node:crypto';
import { link, lstat, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  checkBytes,
  checkObject,
  checkString,
  expectedButReceived,
  OutputError,
} from '@nacre/codec/internal';

/** What {@link writeFileAtomic} takes; all of it optional. */
export interface WriteOptions {
  /** Whether an existing file is replaced (the default) or an error. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Writes `bytes` to `path` so that at no moment a part of them can be seen there. A link is followed,
 * and the file it leads to replaced; a device or a pipe is written to as it is.
 *
 * @throws {OutputError} `OUTPUT_EXISTS` if the file exists and `overwrite` is false; the system's own
 * errors (`ENOENT`, `EACCES`, `ENOSPC`, …) as Node throws them; {TypeError} for a bad argument.
 * @example
 * await writeFileAtomic('photo.ncr', await encode('photo.jpg'));
 */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  checkString(path, 'path');
  checkBytes(bytes, 'bytes');
  checkWriteOptions(options);
  const { overwrite = true } = options;
  const existing = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // Renaming onto /dev/null would replace the device itself.
  if (existing && !existing.isFile()) return await writeFile(path, bytes);
  if (existing && !overwrite) throw outputExists(path);
  const target = existing ? await realpath(path) : path;
  const temporary = join(dirname(target), `.nacre-${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, bytes, {
      flag: 'wx',
      flush: true,
      ...(existing ? { mode: existing.mode } : {}),
    });
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
 * @throws {TypeError} if they are not.
 */
export function checkWriteOptions(options: WriteOptions): void {
  checkObject(options, 'options');
  const { overwrite = true } = options;
  if (typeof overwrite !== 'boolean') {
    throw new TypeError(expectedButReceived('boolean', 'overwrite', overwrite));
  }
}

/** The error for a file that is there already and may not be replaced. */
export function outputExists(path: string): OutputError {
  return new OutputError(
    'OUTPUT_EXISTS',
    `${path} exists: choose another name, or overwrite it (--force).`,
  );
}
