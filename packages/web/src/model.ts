// Loads models from the web: fetches every network file when it is first needed, and verifies it against the
// hashes in model.json.

import { Model, ModelError, type ReadGraphFile, type Runtime } from '@nacre/codec';
import { checkRuntime, FetchError } from '@nacre/codec/internal';
import { DEFAULT_MODEL, type FoundModel, folderAddress, readModelFolder } from './model-folders.js';
import { createRuntime } from './runtime.js';
import { checkRuntimeOptions, type RuntimeOptions } from './runtime-options.js';
import { compareWithWasm } from './self-test.js';
import { FetchFailure, fetchVerified } from './verified-fetch.js';

/** Options of {@link loadModel}. */
export interface LoadOptions extends RuntimeOptions {
  /**
   * The name of a model in the folder `models/` next to the page, or the address of its folder; by default
   * {@link DEFAULT_MODEL}.
   */
  readonly model?: string | URL | undefined;
  /** Runs the networks instead of ONNX Runtime on a `device`. */
  readonly runtime?: Runtime | undefined;
}

/** What has been loaded, by address and by where it runs. */
const loaded = new Map<string, Map<unknown, Promise<Model>>>();

/**
 * Loads a model for encoding and decoding. Its networks are fetched, verified and compiled when they are first
 * needed, so that decoding fetches the decoder's only. Calling it again for the same address, device and
 * threads gives the same model. `release` frees its memory; the model stays usable, and loads its networks
 * again when they are next needed.
 *
 * With the device `auto`, WebGPU is taken if it decodes a tiny image as WASM does, within 1/255.
 *
 * @returns the model, for the `model` option of `encode` and `decode`.
 * @throws {@link ModelMissingError} if there is no model.
 * @throws {@link ModelError} for a damaged one.
 * @throws {@link DeviceError} for a device that cannot run.
 * @throws TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * const model = await loadModel({ model: '/models/photo-6/', onNotice: console.info });
 * console.log(model.runtime.device); // 'webgpu'
 * ```
 */
export async function loadModel(options: LoadOptions = {}): Promise<Model> {
  checkRuntimeOptions(options);
  const { model = DEFAULT_MODEL, device = 'auto', threads = 0, runtime } = options;
  if (runtime !== undefined) checkRuntime(runtime, 'runtime');
  const folder = folderAddress(model);
  const key = runtime ?? [device, threads].join();
  const models = loaded.get(folder) ?? new Map<unknown, Promise<Model>>();
  loaded.set(folder, models);
  const known = models.get(key);
  if (known) return await known;
  const loading = load(folder, options);
  models.set(key, loading);
  // A failure is not kept: the connection may come back.
  loading.catch(() => models.delete(key));
  return await loading;
}

async function load(folder: string, options: LoadOptions): Promise<Model> {
  const [found, runtime] = await Promise.all([
    readModelFolder(folder),
    options.runtime ?? createRuntime(options),
  ]);
  const read = createReader(found);
  const { description, hash } = found;
  const trusted = options.runtime ?? (await chooseTrusted(runtime, found, read, options));
  return new Model(description, hash, trusted, read);
}

/** A runtime that computes as WASM does: the one given, or WASM itself if `auto` may choose. */
async function chooseTrusted(
  runtime: Runtime,
  { description, hash }: FoundModel,
  read: ReadGraphFile,
  options: LoadOptions,
): Promise<Runtime> {
  const { device = 'auto', onNotice } = options;
  if (device !== 'auto' || runtime.device === 'wasm') return runtime;
  const reason = await compareWithWasm(description, hash, runtime, read);
  if (reason === undefined) {
    onNotice?.('Running on WebGPU, which decodes as WASM does.');
    return runtime;
  }
  onNotice?.(`WebGPU could not be used (${reason}); running on WASM.`);
  return await createRuntime({ ...options, device: 'wasm' });
}

function createReader({ folder }: FoundModel): ReadGraphFile {
  return async ({ file, sha256 }) => {
    const url = `${folder}${file}`;
    return await fetchVerified(url, sha256).catch((cause: Error) => {
      if (cause instanceof FetchFailure) throw new FetchError(cause.sentence(url), { cause });
      throw new ModelError(`${url} cannot be used (${cause.message}): upload the model again.`, {
        cause,
      });
    });
  };
}
