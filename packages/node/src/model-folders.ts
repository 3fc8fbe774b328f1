// Finds model folders and reads their model.json; model.ts loads the networks. A damaged folder is an error only
// for a caller that asks for it.

import { createHash } from 'node:crypto';
import { access, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { canonicalJson, type ModelDescription, ModelError, parseModel } from '@nacre/codec';
import {
  checkBytes,
  checkFunction,
  checkObject,
  checkString,
  ModelMissingError,
} from '@nacre/codec/internal';

/** A model folder that has been read and understood, but not loaded. */
export interface FoundModel {
  /** Its path, without links. */
  readonly folder: string;
  /** The content of its `model.json`. */
  readonly description: ModelDescription;
  /** SHA-256 of the canonical JSON of its `bitstream` part; a `.ncr` file holds the first 8 bytes. */
  readonly hash: Uint8Array;
}

/** Options of {@link listModels}. */
export interface ListOptions {
  /** A folder with model folders in it; that of `@nacre/models` by default. */
  readonly root?: string | undefined;
  /** Called for each folder that is skipped because its model.json is damaged. */
  readonly onDamaged?: ((error: ModelError) => void) | undefined;
}

/** What is or has been read, by path of the model.json, and the state that the file was in. */
const known = new Map<string, { readonly state: string; readonly found: Promise<FoundModel> }>();

/**
 * Reads `model.json` of a folder and computes the model's hash; no graph is read. Asking again gives
 * the same object, for as long as the file has not changed.
 *
 * @throws {@link ModelMissingError} if there is no `model.json`.
 * @throws {@link ModelError} if it cannot be read, or is nonsense.
 * @example
 * ```ts
 * const { description } = await readModelFolder('models/photo-6');
 * ```
 */
export async function readModelFolder(folder: string): Promise<FoundModel> {
  checkString(folder, 'folder');
  const given = join(folder, 'model.json');
  const unreadable = async (cause: NodeJS.ErrnoException): Promise<never> => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
      throw await missingModelError(`There is no ${given}`, { cause });
    }
    throw new ModelError(`${given} cannot be read (${cause.code}): fetch the model again.`, {
      cause,
    });
  };
  const path = join(await realpath(folder).catch(unreadable), 'model.json');
  // Looked at before the file is read: a change in between is seen the next time.
  const { size, mtimeNs, ino } = await stat(path, { bigint: true }).catch(unreadable);
  const state = [size, mtimeNs, ino].join();
  const before = known.get(path);
  if (before?.state === state) return await before.found;
  const found = readFile(path, 'utf8')
    .catch(unreadable)
    .then((text) => ({ folder: dirname(path), ...parseDescription(text, path) }));
  known.set(path, { state, found });
  return await found;
}

function parseDescription(text: string, path: string): Omit<FoundModel, 'folder'> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${path} is not JSON: fetch the model again.`, { cause });
  }
  const description = parseModel(json);
  const hash = createHash('sha256').update(canonicalJson(description.bitstream)).digest();
  return { description, hash: new Uint8Array(hash) };
}

/**
 * The models that are installed, by name of their folder. What is no model is passed over, and so is
 * a damaged one.
 *
 * @example
 * ```ts
 * for (const { description } of await listModels()) console.log(description.id, description.name);
 * ```
 */
export async function listModels(options: ListOptions = {}): Promise<FoundModel[]> {
  checkObject(options, 'options');
  const { root = findInstalledFolder(), onDamaged } = options;
  checkString(root, 'root');
  if (onDamaged !== undefined) checkFunction(onDamaged, 'onDamaged');
  const models: FoundModel[] = [];
  for (const name of await listModelNames(root)) {
    try {
      models.push(await readModelFolder(join(root, name)));
    } catch (error) {
      if (error instanceof ModelMissingError) continue; // removed this very moment
      if (!(error instanceof ModelError)) throw error;
      const message = `The model ${name} is damaged: ${error.message}`;
      onDamaged?.(new ModelError(message, { cause: error }));
    }
  }
  return models;
}

/**
 * The installed model whose hash begins with some bytes, as a `.ncr` file holds them.
 *
 * @throws {@link ModelMissingError} naming the models there are, and those that are damaged.
 */
export async function findByHash(start: Uint8Array, root?: string): Promise<FoundModel> {
  checkBytes(start, 'start');
  const damaged: ModelError[] = [];
  const models = await listModels({ root, onDamaged: (error) => damaged.push(error) });
  const found = models.find(({ hash }) => start.every((byte, i) => byte === hash[i]));
  if (found) return found;
  const hash = Buffer.from(start).toString('hex');
  const why = damaged.map(({ message }) => ` (${message.replace(/\.$/, '')})`).join('');
  throw await missingModelError(`No model here has the hash ${hash}${why}`, {
    root,
    cause: damaged[0],
  });
}

/**
 * A model by the name of its folder among the installed ones, or by a folder anywhere.
 *
 * @throws {@link ModelMissingError} naming the models there are; {@link ModelError} if it is damaged.
 */
export async function findModel(model: string): Promise<FoundModel> {
  checkString(model, 'model');
  const folder = join(findInstalledFolder(), model);
  if (model === basename(model) && (await hasDescription(folder))) {
    return await readModelFolder(folder);
  }
  if (await hasDescription(model)) return await readModelFolder(model);
  throw await missingModelError(`There is no model ${model}`);
}

async function missingModelError(
  what: string,
  {
    root = findInstalledFolder(),
    cause,
  }: { root?: string | undefined; cause?: Error | undefined } = {},
): Promise<ModelMissingError> {
  const names = await listModelNames(root);
  const there = names.length > 0 ? `: use ${names.join(' or ')}, or` : ', and none is installed:';
  return new ModelMissingError(`${what}${there} name a folder that holds a model.json.`, { cause });
}

/** The folders in a folder that hold a `model.json`, sorted. */
async function listModelNames(root: string): Promise<string[]> {
  const names: string[] = [];
  for (const { name } of await readdir(root, { withFileTypes: true })) {
    if (await hasDescription(join(root, name))) names.push(name);
  }
  return names.sort();
}

/** The folder of `@nacre/models`. */
function findInstalledFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('@nacre/models/package.json'));
}

function hasDescription(folder: string): Promise<boolean> {
  return access(join(folder, 'model.json')).then(
    () => true,
    () => false,
  );
}
