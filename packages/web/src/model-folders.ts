// Fetches and understands the model.json of a folder on the web; loads no network.

import { canonicalJson, type ModelDescription, ModelError, parseModel } from '@nacre/codec';
import {
  DEFAULT_MODEL,
  expectedButReceived,
  FetchError,
  ModelMissingError,
} from '@nacre/codec/internal';
import { FetchFailure, fetchBytes } from './verified-fetch.js';

export { DEFAULT_MODEL };

/** Models that are given by name are in this folder, next to the page. */
const MODELS_FOLDER = 'models/';

/** A model folder that has been read and understood, but not loaded. */
export interface FoundModel {
  /** Its absolute address, ending in a slash. */
  readonly folder: string;
  /** The content of its `model.json`. */
  readonly description: ModelDescription;
  /** SHA-256 of the canonical JSON of its `bitstream` part; a `.ncr` file holds the first 8 bytes. */
  readonly hash: Uint8Array;
}

/**
 * The absolute address of a model folder.
 *
 * @param model - a name such as `photo-6`, for the folder `models/photo-6/` next to the page; or the address of
 * a folder or of its `model.json`, relative to the page or to the worker's script.
 * @throws TypeError for anything else.
 * @example
 * ```ts
 * folderAddress('photo-6'); // https://example.org/gallery/models/photo-6/
 * folderAddress('/codecs/photo-6/'); // https://example.org/codecs/photo-6/
 * ```
 */
export function folderAddress(model: string | URL): string {
  if (typeof model !== 'string' && !(model instanceof URL)) {
    throw new TypeError(expectedButReceived('string or URL', 'model', model));
  }
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  const isName = typeof model === 'string' && /^[\w-]+$/.test(model);
  const url = isName ? `${MODELS_FOLDER}${model}` : model;
  if (!URL.canParse(url, base)) throw new TypeError(expectedButReceived('address', 'model', model));
  const address = new URL(url, base);
  address.hash = '';
  address.search = '';
  address.pathname = address.pathname.replace(/(model\.json|\/)?$/, '').replace(/\/*$/, '/');
  return address.href;
}

/**
 * Reads `model.json` of a folder and computes the model's hash; no graph is fetched.
 *
 * @param model - its name or address, as for `loadModel`.
 * @throws {@link ModelMissingError} if there is no `model.json`.
 * @throws {@link FetchError} if it cannot be fetched; {@link ModelError} if it is nonsense.
 * @example
 * ```ts
 * const { description } = await readModelFolder('/models/photo-6/');
 * ```
 */
export async function readModelFolder(
  model: string | URL,
  signal?: AbortSignal,
): Promise<FoundModel> {
  const folder = folderAddress(model);
  const path = `${folder}model.json`;
  // A model that was replaced has other hashes: an old description would refuse its files.
  const init: RequestInit = { cache: 'no-cache', ...(signal ? { signal } : {}) };
  const bytes = await fetchBytes(path, init).catch((cause: unknown) => {
    if (!(cause instanceof FetchFailure)) throw cause;
    if (/ 404$| 410$/.test(cause.message)) {
      throw new ModelMissingError(
        `${path} cannot be fetched (${cause.message}): give the address of a folder that holds a model.json.`,
        { cause },
      );
    }
    throw new FetchError(cause.sentence(path), { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ModelError(`${path} is not JSON: give the address of a folder with a model.`, {
      cause,
    });
  }
  const description = parseModel(json);
  return { folder, description, hash: await computeHash(description) };
}

async function computeHash({ bitstream }: ModelDescription): Promise<Uint8Array> {
  const text = new TextEncoder().encode(canonicalJson(bitstream));
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) {
    throw new ModelError(
      'No model can be verified on this page: serve it over HTTPS, or from localhost.',
    );
  }
  return new Uint8Array(await subtle.digest('SHA-256', text));
}
