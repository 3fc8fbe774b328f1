// Keeps results in a folder of the user's, one small JSON file each, so that a run that was stopped goes
// on and a run that is repeated costs seconds. It knows nothing of what it keeps.
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '@nacre/node';
import envPaths from 'env-paths';

/** Results by key; a key is anything that JSON can hold, and must name all that the result depends on. */
export class Cache {
  /** Where the files lie; it may be deleted at any time. */
  readonly folder: string;

  constructor(folder: string = join(envPaths('nacre', { suffix: '' }).cache, 'compare')) {
    this.folder = folder;
  }

  /** What was kept under a key; undefined if nothing was, or what was there is damaged. */
  async get(key: unknown): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#file(key), 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** Keeps a result, whole or not at all. */
  async set(key: unknown, result: unknown): Promise<void> {
    const file = this.#file(key);
    await mkdir(dirname(file), { recursive: true });
    await writeFileAtomic(file, Buffer.from(JSON.stringify(result)));
  }

  #file(key: unknown): string {
    const name = createHash('sha256').update(JSON.stringify(key)).digest('hex');
    return join(this.folder, name.slice(0, 2), `${name.slice(2)}.json`);
  }
}
