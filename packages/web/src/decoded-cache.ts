// Decoded images kept by the browser, the oldest of which go when there are too many bytes of them. Where
// they come from, it does not know.

/** As much of the Cache API as is used. */
export type CacheLike = Pick<Cache, 'match' | 'put' | 'delete' | 'keys'>;

/** What a kept image was made from: the SHA-256 of its `.ncr` file. */
const SOURCE_HEADER = 'X-Nacre-Source';

/** Images by the address of the file they were decoded from. */
export class DecodedCache {
  readonly #open: () => Promise<CacheLike>;
  readonly #maxBytes: number;

  /**
   * @param open - gives the cache, of which this is the only user.
   * @param maxBytes - of all images together.
   */
  constructor(open: () => Promise<CacheLike>, maxBytes: number) {
    this.#open = open;
    this.#maxBytes = maxBytes;
  }

  /**
   * A kept image.
   *
   * @param sha256 - of the file that it must have been made from; any if left out.
   * @example
   * ```ts
   * const response = await cache.get('https://example.org/photo.ncr', sha256);
   * ```
   */
  async get(url: string, sha256?: string): Promise<Response | undefined> {
    const kept = await this.#open()
      .then((cache) => cache.match(url))
      .catch(() => undefined);
    if (sha256 !== undefined && kept?.headers.get(SOURCE_HEADER) !== sha256) return undefined;
    return kept;
  }

  /** Keeps an image; a full disk is no reason to fail. */
  async put(url: string, sha256: string, image: Blob): Promise<void> {
    try {
      const cache = await this.#open();
      const headers = {
        'Content-Type': image.type,
        'Content-Length': `${image.size}`,
        [SOURCE_HEADER]: sha256,
      };
      // Put in again, it is the newest.
      await cache.delete(url);
      await cache.put(url, new Response(image, { headers }));
      await this.#shrink(cache);
    } catch {
      // It is decoded again the next time.
    }
  }

  /** Browsers list what they keep from the oldest to the newest. */
  async #shrink(cache: CacheLike): Promise<void> {
    const requests = await cache.keys();
    const sizes = await Promise.all(
      requests.map(async (request) => {
        const kept = await cache.match(request);
        return Number(kept?.headers.get('Content-Length') ?? 0);
      }),
    );
    let sum = sizes.reduce((total, size) => total + size, 0);
    for (const [i, request] of requests.entries()) {
      if (sum <= this.#maxBytes) return;
      await cache.delete(request);
      sum -= sizes[i]!;
    }
  }
}
