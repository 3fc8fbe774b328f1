// Shows an image while its file is still being fetched over a slow network, again and again as more of it
// comes. How files are decoded and shown, it does not know.

import type { DecodedBlob } from './client.js';
import type { Arrived } from './fetch-file.js';
import { type Size, sizeInHeader } from './header.js';

/** What is fetched faster than this is decoded once, and whole. */
const SLOW_MS = 300;

/** Nothing can be seen of less. */
const LEAST_BYTES = 256;

/** The next impression needs so many times the bytes of the one before it. */
const GROWTH = 2;

/** The impressions of one file. */
export class Impression {
  readonly #decode: (bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal) => Promise<DecodedBlob>;
  readonly #show: (preview: DecodedBlob, size: Size) => Promise<void>;
  readonly #job = new AbortController();
  readonly #start = performance.now();
  #next = LEAST_BYTES;
  #isBusy = false;

  /**
   * @param decode - decodes the beginning of a file.
   * @param show - shows what has been decoded of an image of some size.
   */
  constructor(
    decode: (bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal) => Promise<DecodedBlob>,
    show: (preview: DecodedBlob, size: Size) => Promise<void>,
  ) {
    this.#decode = decode;
    this.#show = show;
  }

  /** To be called when more of the file has come. */
  consider(arrived: Arrived): void {
    if (this.#isBusy || arrived.length < this.#next || arrived.length === arrived.total) return;
    if (performance.now() - this.#start < SLOW_MS) return;
    this.#isBusy = true;
    this.#next = GROWTH * arrived.length;
    void this.#make(arrived.bytes()).finally(() => {
      this.#isBusy = false;
    });
  }

  /** To be called when nothing more will come. */
  end(): void {
    this.#job.abort();
  }

  async #make(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { signal } = this.#job;
    const size = sizeInHeader(bytes);
    if (!size) return;
    try {
      const preview = await this.#decode(bytes, signal);
      if (!signal.aborted) await this.#show(preview, size);
    } catch {
      // There is too little of it, or it is damaged: then the whole file will say so.
    }
  }
}
