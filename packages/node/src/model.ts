// Loads models: checks every network file against the hashes in model.json before it is used, and
// keeps what it has loaded. Where models lie is model-folders.ts's business, what they mean codec's.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Model, ModelError, readInfo } from '@nacre/codec';
import { type FoundModel, findByHash, findModel } from './model-folders.js';
import { checkRuntimeOptions, createRuntime, type RuntimeOptions } from './runtime.js';

/** The model that is used where none is named. */
export const DEFAULT_MODEL = 'photo-6';

/** What {@link loadModel} takes; all of it optional. */
export interface LoadOptions extends RuntimeOptions {
  /** The id of a model in `@nacre/models`, or a folder; by default {@link DEFAULT_MODEL}. */
  readonly model?: string | undefined;
}

/** What has been loaded, by what was read of the folder (a changed folder is read anew) and options. */
const loaded = new WeakMap<FoundModel, Map<string, Promise<Model>>>();

/**
 * Loads a model for encoding and decoding. Its graphs are read, checked and compiled when they are
 * first needed. Asking again for the same folder, device and threads gives the same model: `release`
 * it to free memory, whoever else has it, for its jobs go on and it loads again when it is next used.
 *
 * @throws {ModelMissingError} naming the models there are.
 * @throws {ModelError} for a damaged folder; {DeviceError} for a device that cannot run.
 * @throws {TypeError | RangeError} for a bad argument.
 * @example
 * const model = await loadModel({ device: 'cuda' });
 * const bytes = await encode('photo.jpg', { model, quality: 30 });
 */
export async function loadModel(options: LoadOptions = {}): Promise<Model> {
  checkRuntimeOptions(options);
  return await loadFound(await findModel(options.model ?? DEFAULT_MODEL), options);
}

async function loadFound(found: FoundModel, options: RuntimeOptions): Promise<Model> {
  const { device = 'cpu', threads = 0, optimizationLevel = 'all' } = options;
  const key = [device, threads, optimizationLevel].join();
  const models = loaded.get(found) ?? new Map<string, Promise<Model>>();
  loaded.set(found, models);
  const known = models.get(key);
  if (known) return await known;
  const loading = load(found, options);
  models.set(key, loading);
  // A failure is not kept: the device may be plugged in.
  loading.catch(() => models.delete(key));
  return await loading;
}

async function load(found: FoundModel, options: RuntimeOptions): Promise<Model> {
  const { folder, description, hash } = found;
  return new Model(description, hash, await createRuntime(options), async ({ file, sha256 }) => {
    const bytes = await readFile(join(folder, file)).catch((error: Error) => {
      throw new ModelError(`${join(folder, file)} cannot be read: fetch the model again.`, {
        cause: error,
      });
    });
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new ModelError(
        `${join(folder, file)} is not what model.json says (SHA-256): fetch the model again.`,
      );
    }
    return bytes;
  });
}

/**
 * Loads the model of `@nacre/models` that a `.ncr` file was made with, by the hash in its header. A
 * damaged folder among the others does not matter, nor does damage behind the file's header.
 *
 * @throws {ModelMissingError} naming the models there are; and as {@link loadModel}.
 * @example
 * const file = await readFile('photo.ncr');
 * const image = await decode(file, { model: await loadModelFor(file, { device: 'auto' }) });
 */
export async function loadModelFor(file: Uint8Array, options: RuntimeOptions = {}): Promise<Model> {
  checkRuntimeOptions(options);
  return await loadFound(await findByHash(readInfo(file, { partial: true }).modelHash), options);
}
