// A service worker that answers requests for .ncr files with images, so that <img>, <picture> and CSS show
// them. build.mjs makes one classic script of it; its settings are in the query of its address.

import { decodeToBlob } from './decode-to-blob.js';
import { DecodedCache } from './decoded-cache.js';
import { FetchFailure } from './fetch-failure.js';
import { loadModel } from './model.js';
import { provideOrt } from './ort-files.js';
import * as ort from './standalone/ort/ort.wasm.bundle.min.mjs';
import { fetchBytes, sha256Of } from './verified-fetch.js';

/** As much of a service worker's global scope as is used: DOM's types do not have it. */
interface ServiceWorkerScope extends EventTarget {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  /** Set by a site's own service worker that imports this script, and has a life cycle of its own. */
  readonly nacreIsPart?: boolean;
}

interface LifeEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
  /** Where browsers have it, requests that match go past the service worker. */
  addRoutes?(routes: readonly object[]): Promise<void>;
}

interface FetchEvent extends LifeEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = self as unknown as ServiceWorkerScope;
const settings = new URLSearchParams(scope.location.search);
const MODEL = settings.get('model') ?? undefined;
const ORT_FOLDER = settings.get('ort') ?? undefined;

/** What decoded images may take of the disk: some hundred large ones. */
const MAX_CACHE_BYTES = 2 ** 28;

const kept = new DecodedCache(() => caches.open('nacre-decoded-1'), MAX_CACHE_BYTES);

// Service workers cannot import scripts later on.
provideOrt('wasm', ort);

scope.addEventListener('fetch', (event) => {
  const { request, respondWith } = event as FetchEvent;
  if (wantsImage(request)) respondWith.call(event, answer(request));
});

if (!scope.nacreIsPart) {
  scope.addEventListener('install', (event) => {
    // Decoding keeps this thread busy: nothing else needs to wait for it.
    const others = { not: { urlPattern: { pathname: '*.ncr' } } };
    const routes = (event as LifeEvent).addRoutes?.([{ condition: others, source: 'network' }]);
    // Browsers that know no routes, or not these, do without.
    (event as LifeEvent).waitUntil(Promise.resolve(routes).catch(() => {}));
    void scope.skipWaiting();
  });
  scope.addEventListener('activate', (event) => {
    // So that the first visit needs no reload.
    (event as LifeEvent).waitUntil(scope.clients.claim());
  });
}

/** Whether a browser would show the answer; scripts that fetch a file get it as it is. */
function wantsImage({ method, url, destination, mode }: Request): boolean {
  if (method !== 'GET' || !/\.ncr$/i.test(new URL(url).pathname)) return false;
  return destination === 'image' || mode === 'navigate';
}

async function answer(request: Request): Promise<Response> {
  const { url, signal } = request;
  try {
    return named(await imageOf(url, signal), url);
  } catch (error) {
    const { message } = error as Error;
    if (!signal.aborted) console.error(message);
    return new Response(message, { status: 502, headers: { 'Content-Type': 'text/plain' } });
  }
}

async function imageOf(url: string, signal: AbortSignal): Promise<Response> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    // As the browser would for an image of another site that it may read.
    bytes = await fetchBytes(url, { signal, mode: 'cors', credentials: 'same-origin' });
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    // Without a network, an older version is better than none.
    const older = await kept.get(url);
    if (older) return older;
    throw new Error(error.sentence(url), { cause: error });
  }
  const sha256 = await sha256Of(bytes);
  const known = await kept.get(url, sha256);
  if (known) return known;
  const model = await loadModel({
    model: MODEL,
    device: 'wasm',
    threads: 1,
    ortFolder: ORT_FOLDER,
  });
  const { blob } = await decodeToBlob(bytes, { model, signal });
  // The page need not wait for that.
  void kept.put(url, sha256, blob);
  return new Response(blob, { headers: { 'Content-Type': blob.type } });
}

/** An image that is saved under a name that other programs open. */
function named(response: Response, url: string): Response {
  const name = new URL(url).pathname
    .split('/')
    .at(-1)!
    .replace(/\.ncr$/i, '.png');
  const headers = new Headers(response.headers);
  headers.set('Content-Disposition', `inline; filename*=UTF-8''${name}`);
  return new Response(response.body, { headers });
}
