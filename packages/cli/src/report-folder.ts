// The folder of a report: a report that nacre has written there may be replaced, a page of anybody else's not.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outputExists } from '@nacre/node';
import { makeFolder } from './files.js';

/** What every report of nacre says of itself. */
const GENERATOR = '<meta name="generator" content="Nacre">';

/**
 * Makes the folder, before hours are spent on what is to be written there.
 *
 * @throws {OutputError} `OUTPUT_EXISTS` if there is a page that is not a report, and `force` is false.
 */
export async function prepareReportFolder(folder: string, force: boolean): Promise<void> {
  await makeFolder(folder);
  if (force) return;
  const path = join(folder, 'index.html');
  const page = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return GENERATOR;
    throw error;
  });
  if (!page.includes(GENERATOR)) throw outputExists(path);
}
