// Fetches files whose SHA-256 is known: nothing is used before it has been verified, and what has been
// verified is kept in the Cache API under its hash. It knows neither models nor ONNX Runtime.

import { brokenTransfer, FetchFailure, fetchResponse } from './fetch-failure.js';

/** Where this origin's verified files are kept. */
const CACHE_NAME = 'nacre-files-1';

export { FetchFailure } from './fetch-failure.js';

/** Turns a file as it travels into the file that was asked for. */
type Unpack = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

/** A file was fetched whole and is not the one that was asked for. */
export class HashMismatch extends Error {
  override readonly name = 'HashMismatch';

  constructor() {
    super('its SHA-256 is not the one expected');
  }
}

/**
 * A file with a known SHA-256, from the cache or else from the network.
 *
 * @param url - absolute.
 * @param sha256 - of the unpacked file: 64 hexadecimal digits in lower case.
 * @param unpack - applied to what the network gives, before it is verified and kept.
 * @throws {@link FetchFailure} saying why it could not be had; {@link HashMismatch} if it has another hash.
 * @example
 * ```ts
 * const onnx = await fetchVerified('https://example.org/scales.onnx', description.sha256);
 * ```
 */
export async function fetchVerified(
  url: string,
  sha256: string,
  unpack: Unpack = (bytes) => bytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const cache = await openCache();
  // A hash is no address; .invalid is a domain that can never exist.
  const key = `https://nacre.invalid/${sha256}`;
  const stored = await cache?.match(key);
  if (stored) {
    const bytes = new Uint8Array(await stored.arrayBuffer());
    if ((await sha256Of(bytes)) === sha256) return bytes;
    await cache?.delete(key);
  }
  const bytes = await fetchWithHash(url, sha256, unpack);
  // A full disk is no reason to fail.
  await cache?.put(key, new Response(bytes)).catch(() => {});
  return bytes;
}

/**
 * Fetches bytes.
 *
 * @throws {@link FetchFailure} saying why they cannot be had; the signal's reason once it is aborted.
 */
export async function fetchBytes(
  url: string,
  init: RequestInit = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchResponse(url, init);
  const buffer = await response.arrayBuffer().catch((cause: unknown) => {
    if (init.signal?.aborted) throw init.signal.reason;
    throw brokenTransfer(cause);
  });
  return new Uint8Array(buffer);
}

/**
 * SHA-256 in hexadecimal.
 *
 * @throws {@link FetchFailure} where the browser has no WebCrypto: on pages that came over plain HTTP.
 */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // The types say that it is always there.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) {
    throw new FetchFailure(
      'the page is not from HTTPS or localhost, so nothing can be verified',
      'serve it over HTTPS',
    );
  }
  const hash = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** From the network; once more past the browser's HTTP cache if that held an older version. */
async function fetchWithHash(
  url: string,
  sha256: string,
  unpack: Unpack,
): Promise<Uint8Array<ArrayBuffer>> {
  for (const cache of ['default', 'reload'] as const) {
    const bytes = unpack(await fetchBytes(url, { cache }));
    if ((await sha256Of(bytes)) === sha256) return bytes;
  }
  throw new HashMismatch();
}

/** The cache, where the browser has one and lets this page use it. */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(CACHE_NAME);
  } catch {
    return undefined;
  }
}
