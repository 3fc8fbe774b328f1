// Caches results on disk, one small JSON file each, so that an interrupted run continues and a repeated run takes
// seconds.
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '@nacre/node';
import envPaths from 'env-paths';

/** Results by key. A key is any JSON, and must name everything that the result depends on. */
export class Cache {
  /** Where the files are; it may be deleted at any time. */
  readonly folder: string;

  constructor(folder: string = join(envPaths('nacre', { suffix: '' }).cache, 'compare')) {
    this.folder = folder;
  }

  /** The result under a key; undefined if there is none, or if it is damaged. */
  async get(key: unknown): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#file(key), 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** Stores a result, whole or not at all. */
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
