// Loads models: verifies every network file against the hashes in model.json before it is used, and keeps what
// it has loaded. model-folders.ts finds models.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Model, ModelError, type NcrSource, openNcr, type Runtime } from '@nacre/codec';
import { checkRuntime, DEFAULT_MODEL, NcrFile } from '@nacre/codec/internal';
import { type FoundModel, findByHash, findModel } from './model-folders.js';
import { checkRuntimeOptions, createRuntime, type RuntimeOptions } from './runtime.js';

export { DEFAULT_MODEL };

/** Where a model runs: on a device of this machine, or on a runtime of your own. */
export interface LoadForOptions extends RuntimeOptions {
  /** Runs the networks instead of ONNX Runtime on a `device`. */
  readonly runtime?: Runtime | undefined;
}

/** Options of {@link loadModel}. */
export interface LoadOptions extends LoadForOptions {
  /** The id of a model in `@nacre/models`, or a folder; by default {@link DEFAULT_MODEL}. */
  readonly model?: string | undefined;
}

/** What has been loaded from a folder as it was read, by where it runs. */
const loaded = new WeakMap<FoundModel, Map<unknown, Promise<Model>>>();

/**
 * Loads a model for encoding and decoding. Its networks are read, verified and compiled when they are first
 * needed. Calling it again for the same folder, device and threads gives the same model. `release` frees its
 * memory; the model stays usable, and loads its networks again when they are next needed.
 *
 * @returns the model, for the `model` option of `encode` and `decode`.
 * @throws {@link ModelMissingError} naming the models that are installed.
 * @throws {@link ModelError} for a damaged folder.
 * @throws {@link DeviceError} for a device that cannot run.
 * @throws TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * const model = await loadModel({ device: 'cuda' });
 * const bytes = await encode('photo.jpg', { model, quality: 30 });
 * ```
 */
export async function loadModel(options: LoadOptions = {}): Promise<Model> {
  checkLoadOptions(options);
  return await loadFound(await findModel(options.model ?? DEFAULT_MODEL), options);
}

/**
 * Loads the model of `@nacre/models` that a `.ncr` file was made with, by the hash in its header. Damage behind
 * the file's header does not matter, nor does a damaged model among the others.
 *
 * @param source - the bytes of the file, or the result of `openNcr`.
 * @returns as {@link loadModel}.
 * @throws {@link ModelMissingError} naming the models that are installed.
 * @throws the same errors as {@link loadModel} and `openNcr`.
 * @example
 * ```ts
 * const file = openNcr(await readFile('photo.ncr'));
 * const image = await decode(file, { model: await loadModelFor(file, { device: 'auto' }) });
 * ```
 */
export async function loadModelFor(
  source: NcrSource,
  options: LoadForOptions = {},
): Promise<Model> {
  checkLoadOptions(options);
  const { modelHash } = source instanceof NcrFile ? source : openNcr(source, { partial: true });
  return await loadFound(await findByHash(modelHash), options);
}

function checkLoadOptions(options: LoadForOptions): void {
  checkRuntimeOptions(options);
  if (options.runtime !== undefined) checkRuntime(options.runtime, 'runtime');
}

async function loadFound(found: FoundModel, options: LoadForOptions): Promise<Model> {
  const { device = 'cpu', threads = 0, optimizationLevel = 'all', runtime } = options;
  const key = runtime ?? [device, threads, optimizationLevel].join();
  const models = loaded.get(found) ?? new Map<unknown, Promise<Model>>();
  loaded.set(found, models);
  const known = models.get(key);
  if (known) return await known;
  const loading = load(found, options);
  models.set(key, loading);
  // A failure is not kept: the device may be plugged in.
  loading.catch(() => models.delete(key));
  return await loading;
}

async function load(found: FoundModel, options: LoadForOptions): Promise<Model> {
  const { folder, description, hash } = found;
  const runtime = options.runtime ?? (await createRuntime(options));
  return new Model(description, hash, runtime, async ({ file, sha256 }) => {
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
