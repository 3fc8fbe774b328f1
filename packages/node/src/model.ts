// Finds model folders, checks every file against the hashes in model.json before it is used, and
// keeps loaded models. What a model means is codec's business.

import { createHash } from 'node:crypto';
import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import {
  canonicalJson,
  Model,
  type ModelDescription,
  ModelError,
  ModelMissingError,
  parseModel,
  readInfo,
} from '@nacre/codec';
import { createRuntime, type RuntimeOptions } from './runtime.js';

/** The model that is used where none is named. */
export const DEFAULT_MODEL = 'photo-1';

/** What {@link loadModel} takes; all of it optional. */
export interface LoadOptions extends RuntimeOptions {
  /** The id of a model in `@nacre/models`, or a folder; by default {@link DEFAULT_MODEL}. */
  readonly model?: string | undefined;
}

/** A model folder that has been read and understood, but not loaded. */
export interface FoundModel {
  readonly folder: string;
  readonly description: ModelDescription;
  /** SHA-256 of the canonical JSON of its `bitstream` part; a `.ncr` file holds the first 8 bytes. */
  readonly hash: Uint8Array;
}

const loaded = new Map<string, Promise<Model>>();

/**
 * Loads a model for encoding and decoding. Its graphs are read, checked and compiled when they are
 * first needed; asking again for the same folder, device and threads gives the same model.
 *
 * @throws {ModelMissingError} naming the models there are.
 * @throws {ModelError} for a damaged folder; {DeviceError} for a device that cannot run.
 * @example
 * const model = await loadModel({ device: 'cuda' });
 * const bytes = await encode('photo.jpg', { model, quality: 30 });
 */
export async function loadModel(options: LoadOptions = {}): Promise<Model> {
  const folder = await findFolder(options.model ?? DEFAULT_MODEL);
  const { device = 'cpu', threads = 0, optimizationLevel = 'all' } = options;
  const key = [await realpath(folder), device, threads, optimizationLevel].join('\n');
  const known = loaded.get(key);
  if (known) return await known;
  const loading = load(folder, options);
  loaded.set(key, loading);
  // A failure is not kept: the folder may be mended, the device plugged in.
  loading.catch(() => loaded.delete(key));
  return await loading;
}

async function load(folder: string, options: RuntimeOptions): Promise<Model> {
  const { description, hash } = await readModelFolder(folder);
  const graphs = { ...description.bitstream.graphs, ...description.encoder.graphs };
  const sums = new Map(Object.values(graphs).map(({ file, sha256 }) => [file, sha256]));
  return new Model(description, hash, await createRuntime(options), async (file) => {
    const bytes = await readFile(join(folder, file)).catch((error: Error) => {
      throw new ModelError(`${join(folder, file)} cannot be read: fetch the model again.`, {
        cause: error,
      });
    });
    if (createHash('sha256').update(bytes).digest('hex') !== sums.get(file)) {
      throw new ModelError(
        `${join(folder, file)} is not what model.json says (SHA-256): fetch the model again.`,
      );
    }
    return bytes;
  });
}

/**
 * Reads `model.json` of a folder and computes the model's hash; no graph is read.
 *
 * @throws {ModelMissingError} if there is no `model.json`.
 * @throws {ModelError} if it is nonsense.
 * @example
 * const { description } = await readModelFolder('models/photo-1');
 */
export async function readModelFolder(folder: string): Promise<FoundModel> {
  const path = join(folder, 'model.json');
  const text = await readFile(path, 'utf8').catch(async (error: Error) => {
    throw await missing(`${path} cannot be read`, error);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${path} is not JSON: fetch the model again.`, { cause: error });
  }
  const description = parseModel(json);
  const hash = createHash('sha256').update(canonicalJson(description.bitstream)).digest();
  return { folder, description, hash: new Uint8Array(hash) };
}

/**
 * The models of `@nacre/models`, by name; folders that hold none are passed over.
 *
 * @example
 * for (const { description } of await listModels()) console.log(description.id, description.name);
 */
export async function listModels(): Promise<FoundModel[]> {
  const root = modelsRoot();
  const models: FoundModel[] = [];
  for (const entry of (await readdir(root, { withFileTypes: true })).sort(byName)) {
    const folder = join(root, entry.name);
    if (entry.isDirectory() && (await exists(join(folder, 'model.json')))) {
      models.push(await readModelFolder(folder));
    }
  }
  return models;
}

/**
 * Loads the model of `@nacre/models` that a `.ncr` file was made with, by the hash in its header.
 *
 * @throws {ModelMissingError} naming the models there are; and as {@link loadModel}.
 * @example
 * const file = await readFile('photo.ncr');
 * const image = await decode(file, { model: await loadModelFor(file, { device: 'auto' }) });
 */
export async function loadModelFor(file: Uint8Array, options: RuntimeOptions = {}): Promise<Model> {
  const { modelHash } = readInfo(file);
  const found = (await listModels()).find(({ hash }) => modelHash.every((b, i) => b === hash[i]));
  if (found) return await loadModel({ ...options, model: found.folder });
  throw await missing(`No model here has the hash ${Buffer.from(modelHash).toString('hex')}`);
}

async function findFolder(model: string): Promise<string> {
  const folder = join(modelsRoot(), model);
  if (model === basename(model) && (await exists(join(folder, 'model.json')))) return folder;
  if (await exists(join(model, 'model.json'))) return model;
  throw await missing(`There is no model ${model}`);
}

async function missing(what: string, cause?: Error): Promise<ModelMissingError> {
  const ids: string[] = [];
  for (const entry of await readdir(modelsRoot(), { withFileTypes: true })) {
    if (await exists(join(modelsRoot(), entry.name, 'model.json'))) ids.push(entry.name);
  }
  const there =
    ids.length > 0 ? `: use ${ids.sort().join(' or ')}, or` : ', and none is installed:';
  return new ModelMissingError(`${what}${there} name a folder that holds a model.json.`, {
    cause,
  });
}

function modelsRoot(): string {
  return dirname(createRequire(import.meta.url).resolve('@nacre/models/package.json'));
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
