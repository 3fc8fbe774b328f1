// Keeps the built page for visits without a network. It knows nothing of what the page does; the networks
// and ONNX Runtime are not kept here but by @nacre/web, which verifies them.

declare const self: ServiceWorkerGlobalScope;

/** The files of this build, relative to the page; vite.config.ts puts them in. */
declare const FILES: readonly string[];

/** Another build has other files, hence another cache. */
declare const BUILD: string;

const CACHE = `nacre-viewer-${BUILD}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'no-cache' })))),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => /^nacre-viewer-/.test(name));
      await Promise.all(old.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
      // So that the first visit needs no reload to be kept.
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(answer(request));
});

/** Files with a hash in their name never change; of all else the newest is wanted. */
async function answer(request: Request): Promise<Response> {
  // The page is kept under one name, whatever ?src= says.
  const kept = await caches.match(request.mode === 'navigate' ? './' : request, {
    cacheName: CACHE,
  });
  if (kept && new URL(request.url).pathname.includes('/assets/')) return kept;
  try {
    return await fetch(request);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
