// What happens before anything is measured: which codecs can run here, which images can be read, and what results
// depend on.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { checkInteger, expectedButReceived } from '@nacre/codec/internal';
import sharp from 'sharp';
import { Cache } from './cache.js';
import { findCodec } from './codecs.js';
import { whyMissing } from './external-tool.js';
import { noImages } from './failures.js';
import { hashImports } from './import-graph.js';
import { findSources, type LeftOut, type Source } from './sources.js';

/** With more threads, memory (about 150 MB a thread) would grow faster than speed. */
const MAX_WORKERS = 8;

/** The module that measures, as it is built: even where this one is run from its source. */
export const WORKER: string = fileURLToPath(new URL('../dist/worker.js', import.meta.url));

/** A codec that can run here. */
export interface PreparedCodec {
  readonly name: string;
  /** Version and settings in words. */
  readonly description: string;
  /** Everything that its files and images depend on, except for code. */
  readonly identity: unknown;
  /** The qualities it is measured at by default. */
  readonly qualities: readonly number[];
}

/** Everything that is ready to be measured. */
export interface Prepared {
  readonly codecs: readonly PreparedCodec[];
  readonly sources: readonly Source[];
  readonly cache: Cache;
  /** How many threads measure. */
  readonly workers: number;
  /** Everything that a result depends on: the image, codecs, code, and what `more` adds. */
  keyOf(source: Source, codecs: readonly string[], more: unknown): unknown;
}

/**
 * Finds codecs and images.
 *
 * @param images - image files, and folders of them
 * @param names - of codecs
 * @param leftOut - gets the codecs and images that cannot be measured
 * @throws CodecError for a model that is missing or damaged; the system's error for a path that does not exist;
 *   InputError if there is no image; Error if no codec can run
 */
export async function prepare(
  images: readonly string[],
  names: readonly string[],
  leftOut: LeftOut[],
): Promise<Prepared> {
  const codecs: PreparedCodec[] = [];
  for (const name of names) {
    const { row, variant } = findCodec(name);
    const why = await whyMissing(row.requires);
    if (why !== undefined) leftOut.push({ what: name, why });
    else codecs.push({ name, qualities: row.qualities, ...(await row.describe(variant)) });
  }
  if (codecs.length === 0) throw nothingLeft(leftOut);
  const code = [await hashImports(WORKER), sharp.versions];
  const cache = new Cache();
  const workers = Math.min(availableParallelism(), MAX_WORKERS);
  const found = await findSources(images, cache, workers);
  leftOut.push(...found.leftOut);
  if (found.sources.length === 0) throw noImages(leftOut);
  return {
    codecs,
    sources: found.sources,
    cache,
    workers,
    keyOf(source, used, more) {
      const identities = used.map((name) => codecs.find((one) => one.name === name)!.identity);
      return [code, source.sha256, used, identities, more];
    },
  };
}

/** The error for a comparison of which nothing is left: programs are missing, or files do not match. */
export function nothingLeft(leftOut: readonly LeftOut[]): Error {
  const [reasons, more] = [leftOut.slice(0, 3), leftOut.length - 3];
  const list = reasons.map(({ what, why }) => `${what}: ${why}`).join('; ');
  const message = `Nothing can be compared (${list}${more > 0 ? `; and ${more} more` : ''}).`;
  return Object.assign(new Error(message), { code: 'FILE' });
}

/** Asserts that an argument is an array of strings. */
export function checkStrings(value: unknown, name: string): asserts value is readonly string[] {
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) {
    throw new TypeError(expectedButReceived('array of strings', name, value));
  }
}

/** Asserts that an argument is an array of names, each once, and that `check` accepts each. */
export function checkNames(
  value: unknown,
  what: string,
  check: (name: unknown) => void,
): asserts value is readonly string[] {
  if (!Array.isArray(value)) throw new TypeError(expectedButReceived('array', what, value));
  for (const one of value) check(one);
  if (value.length === 0 || new Set(value).size < value.length) {
    throw new RangeError(`Expected each name once, and at least one, for ${what}`);
  }
}

/** Asserts that an argument is an array of qualities. */
export function checkQualities(value: unknown, name: string): asserts value is readonly number[] {
  if (!Array.isArray(value)) throw new TypeError(expectedButReceived('array', name, value));
  for (const quality of value) checkInteger(quality, 1, 100, name);
}
