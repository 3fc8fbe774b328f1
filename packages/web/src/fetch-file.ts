// Fetches a file for an element, and tells what has come of it so far. What is in the file, it does not know.

import { FetchError } from '@nacre/codec/internal';
import { brokenTransfer, FetchFailure, fetchResponse } from './fetch-failure.js';

/** A file that is being fetched. */
export interface Arrived {
  /** Bytes that have come. */
  readonly length: number;
  /** Bytes of the whole file, if the server says so. */
  readonly total: number | undefined;
  /** All bytes that have come, in one piece: a copy. */
  readonly bytes: () => Uint8Array<ArrayBuffer>;
}

/**
 * Fetches a file.
 *
 * @param url - absolute.
 * @param onArrived - told after each piece.
 * @throws {@link FetchError} saying why it cannot be fetched; the signal's reason once it is aborted.
 * @example
 * ```ts
 * const bytes = await fetchFile(url, { signal }, ({ length }) => console.log(length));
 * ```
 */
export async function fetchFile(
  url: string,
  init: RequestInit & { readonly signal: AbortSignal },
  onArrived: (arrived: Arrived) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetchResponse(url, init);
    const encoded = response.headers.has('Content-Encoding');
    const announced = Number(response.headers.get('Content-Length') ?? Number.NaN);
    const total = encoded || !(announced > 0) ? undefined : announced;
    const chunks: Uint8Array[] = [];
    let length = 0;
    const bytes = () => joined(chunks, length);
    const reader = response.body!.getReader();
    const read = () =>
      reader.read().catch((cause: unknown) => {
        throw brokenTransfer(cause);
      });
    for (let { done, value } = await read(); !done; { done, value } = await read()) {
      chunks.push(value!);
      length += value!.length;
      onArrived({ length, total, bytes });
    }
    return bytes();
  } catch (error) {
    if (init.signal.aborted) throw init.signal.reason;
    if (error instanceof FetchFailure) throw new FetchError(error.sentence(url), { cause: error });
    throw error;
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
