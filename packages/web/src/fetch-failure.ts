// Why a fetch failed. Browsers say "Failed to fetch" whatever the cause; this finds the cause, and the
// remedy. It knows nothing of what is fetched.

/** Why a file could not be had, and what to do: two parts of a sentence for whoever asked for the file. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  /** What to do about it, in the imperative. */
  readonly remedy: string;

  constructor(reason: string, remedy: string, options?: ErrorOptions) {
    super(reason, options);
    this.remedy = remedy;
  }

  /**
   * The whole sentence.
   *
   * @example
   * ```ts
   * failure.sentence('https://example.org/a.ncr');
   * // https://example.org/a.ncr cannot be fetched (HTTP status 404): check the address.
   * ```
   */
  sentence(url: string): string {
    return `${url} cannot be fetched (${this.message}): ${this.remedy}.`;
  }
}

/**
 * Fetches a file as `fetch` does, but says why if it cannot be had.
 *
 * @param url - absolute.
 * @throws {@link FetchFailure} for any status other than success, and if there is no response at all.
 * @throws the signal's reason once it is aborted.
 * @example
 * ```ts
 * const response = await fetchResponse('https://example.org/photo.ncr');
 * ```
 */
export async function fetchResponse(url: string, init: RequestInit = {}): Promise<Response> {
  const policy = watchPolicy(url);
  try {
    const response = await fetch(url, init);
    if (response.ok) return response;
    throw failureOfStatus(response.status);
  } catch (cause) {
    if (init.signal?.aborted) throw init.signal.reason;
    if (cause instanceof FetchFailure) throw cause;
    throw await whyNoResponse(url, cause, policy.blocked);
  } finally {
    policy.stop();
  }
}

/** The failure of a transfer that began and did not end. */
export function brokenTransfer(cause: unknown): FetchFailure {
  return new FetchFailure('the connection broke', 'check the connection, then try again', {
    cause,
  });
}

function failureOfStatus(status: number): FetchFailure {
  const reason = `HTTP status ${status}`;
  if (status === 401 || status === 403) {
    return new FetchFailure(reason, 'check that this page may read it');
  }
  if (status >= 500 || status === 429) return new FetchFailure(reason, 'try again later');
  return new FetchFailure(reason, 'check the address');
}

async function whyNoResponse(
  url: string,
  cause: unknown,
  blocked: () => Promise<boolean>,
): Promise<FetchFailure> {
  const failure = (reason: string, remedy: string) => new FetchFailure(reason, remedy, { cause });
  if (await blocked()) {
    return failure(
      "the page's Content Security Policy blocks it",
      `add ${new URL(url).origin} to its connect-src`,
    );
  }
  const { location, navigator } = globalThis;
  const { origin, protocol } = new URL(url);
  if (location?.protocol === 'https:' && protocol === 'http:') {
    return failure('an HTTPS page may not load it over HTTP', 'use its HTTPS address');
  }
  if (navigator?.onLine === false) {
    return failure('this device is offline', 'connect it, then try again');
  }
  if (location && origin !== location.origin) {
    // A request whose answer nobody may read needs no CORS: if that succeeds, CORS is what was missing.
    const answers = await fetch(url, { method: 'HEAD', mode: 'no-cors' }).then(
      () => true,
      () => false,
    );
    const remedy = 'have its server send the header Access-Control-Allow-Origin';
    if (answers) return failure('its server does not let this page read it (CORS)', remedy);
    return failure(
      'the connection failed, or CORS forbids it',
      `check the connection, or ${remedy}`,
    );
  }
  return failure('the connection failed', 'check the connection, then try again');
}

/** Tells whether a Content Security Policy has blocked a request since this was called. */
function watchPolicy(url: string): { blocked: () => Promise<boolean>; stop: () => void } {
  // In a worker, its global scope is told; where there is no browser, nobody.
  const target: Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> =
    globalThis.document ?? globalThis;
  let found = false;
  const listener = (event: Event): void => {
    const { blockedURI, effectiveDirective } = event as SecurityPolicyViolationEvent;
    if (effectiveDirective === 'connect-src' && url.startsWith(blockedURI)) found = true;
  };
  target.addEventListener?.('securitypolicyviolation', listener);
  return {
    blocked: async () => {
      // The event may come after the fetch has failed.
      await new Promise((later) => setTimeout(later));
      return found;
    },
    stop: () => target.removeEventListener?.('securitypolicyviolation', listener),
  };
}
