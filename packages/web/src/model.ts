// Loads models from the web: fetches every network file when it is first needed and checks it against
// the hashes in model.json. What models mean is codec's business.

import { Model, ModelError, type ReadGraphFile, type Runtime } from '@nacre/codec';
import { FetchError } from '@nacre/codec/internal';
import { type FoundModel, folderAddress, readModelFolder } from './model-folders.js';
import { createRuntime } from './runtime.js';
import { checkRuntimeOptions, type RuntimeOptions } from './runtime-options.js';
import { whyNotAsWasm } from './self-test.js';
import { FetchFailure, fetchVerified } from './verified-fetch.js';

/** What {@link loadModel} takes; all of it optional. */
export type LoadOptions = RuntimeOptions;

/** What has been loaded, by address and options. */
const loaded = new Map<string, Promise<Model>>();

/**
 * Loads a model for encoding and decoding. Its graphs are fetched, verified and compiled when they are
 * first needed, so decoding fetches the decoder's only. Asking again for the same address, device and
 * threads gives the same model: `release` it to free memory, whoever else has it, for its jobs go on
 * and it loads again when it is next used.
 *
 * With the device `auto`, WebGPU is taken if it decodes a tiny image as WASM does, within 1/255.
 *
 * @param url the model's folder, or its `model.json`; relative to the page, or to the worker's script.
 * @throws {ModelMissingError} if there is no model.
 * @throws {ModelError} for a damaged one; {DeviceError} for a device that cannot run.
 * @throws {TypeError | RangeError} for a bad argument.
 * @example
 * const model = await loadModel('/models/photo-6/', { onNotice: console.info });
 * console.log(model.runtime.device); // 'webgpu'
 */
export async function loadModel(url: string | URL, options: LoadOptions = {}): Promise<Model> {
  const folder = folderAddress(url);
  checkRuntimeOptions(options);
  const { device = 'auto', threads = 0 } = options;
  const key = [folder, device, threads].join();
  const known = loaded.get(key);
  if (known) return await known;
  const loading = load(folder, options);
  loaded.set(key, loading);
  // A failure is not kept: the connection may come back.
  loading.catch(() => loaded.delete(key));
  return await loading;
}

async function load(folder: string, options: LoadOptions): Promise<Model> {
  const [found, runtime] = await Promise.all([readModelFolder(folder), createRuntime(options)]);
  const read = readerOf(found);
  const { description, hash } = found;
  return new Model(description, hash, await trusted(runtime, found, read, options), read);
}

/** A runtime that computes as WASM does: the one given, or WASM itself if `auto` may choose. */
async function trusted(
  runtime: Runtime,
  { description, hash }: FoundModel,
  read: ReadGraphFile,
  options: LoadOptions,
): Promise<Runtime> {
  const { device = 'auto', onNotice } = options;
  if (device !== 'auto' || runtime.device === 'wasm') return runtime;
  const reason = await whyNotAsWasm(description, hash, runtime, read);
  if (reason === undefined) {
    onNotice?.('Running on WebGPU, which decodes as WASM does.');
    return runtime;
  }
  onNotice?.(`WebGPU could not be used (${reason}); running on WASM.`);
  return await createRuntime({ ...options, device: 'wasm' });
}

function readerOf({ folder }: FoundModel): ReadGraphFile {
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
