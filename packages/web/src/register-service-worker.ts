// Registers Nacre's service worker, and has the page ask again for images that came before it. What it
// answers is service-worker.ts's business.

import { checkString, expectedButReceived } from '@nacre/codec/internal';

/** The type that `<source>` names for `.ncr` files: browsers that do not know it take the next source. */
export const NCR_TYPE = 'image/x-nacre';

/** What {@link registerServiceWorker} takes; all of it optional. */
export interface ServiceWorkerOptions {
  /** The part of the site it works for; by default, what is below its script. */
  readonly scope?: string | undefined;
}

/**
 * Registers the service worker that decodes `.ncr` files for `<img>`, `<picture>` and CSS. As soon as it
 * runs, images of the page that failed are loaded again, and sources of the type `image/x-nacre` count.
 *
 * @param url - its script, `service-worker.js` of `@nacre/web/standalone`, at the top of your site. Its query
 * has the settings: `model` is the folder of the model, `ort` that of ONNX Runtime's files.
 * @returns whether it runs; false where the browser has no service workers, or refuses this one.
 * @throws TypeError for a bad argument.
 * @example
 * ```ts
 * await registerServiceWorker('/service-worker.js?model=/models/photo-6/');
 * ```
 */
export async function registerServiceWorker(
  url: string | URL,
  options: ServiceWorkerOptions = {},
): Promise<boolean> {
  if (!(url instanceof URL)) checkString(url, 'url');
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(expectedButReceived('object', 'options', options));
  }
  const { scope } = options;
  if (scope !== undefined) checkString(scope, 'scope');
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (!serviceWorker) return false;
  if (!serviceWorker.controller) {
    const problem = await start(serviceWorker, url, scope === undefined ? {} : { scope });
    if (problem !== undefined) {
      console.warn(`Nacre's service worker does not run: ${problem}`);
      return false;
    }
    for (const image of document.images) loadAgain(image);
  } else {
    // It may be another version, which takes over by itself.
    void start(serviceWorker, url, scope === undefined ? {} : { scope });
  }
  useSources(document);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node instanceof Element) useSources(node);
    }
  }).observe(document, { childList: true, subtree: true });
  return true;
}

/** Registers it and waits until it answers for this page; why it does not, or undefined if it does. */
async function start(
  container: ServiceWorkerContainer,
  url: string | URL,
  options: RegistrationOptions,
): Promise<string | undefined> {
  try {
    const registration = await container.register(url, options);
    if (!location.href.startsWith(registration.scope)) {
      return `it works for ${registration.scope} only: put its script at the top of the site.`;
    }
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    while (worker && worker.state !== 'activated' && worker.state !== 'redundant') {
      await new Promise((changed) => {
        worker.addEventListener('statechange', changed, { once: true });
      });
    }
    if (container.controller) return undefined;
    return 'it does not control this page: load the page again, without bypassing the cache.';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Has the browser ask again for an image that failed. */
function loadAgain(image: HTMLImageElement): void {
  const { currentSrc, complete, naturalWidth } = image;
  if (!complete || naturalWidth > 0 || !/\.ncr$/i.test(currentSrc.replace(/[?#].*/, ''))) return;
  // Set to what it is, an attribute is read again.
  const name = image.srcset ? 'srcset' : 'src';
  image.setAttribute(name, image.getAttribute(name)!);
}

/** Makes the sources count whose type the browser does not know. */
function useSources(root: Document | Element): void {
  const selector = `source[type="${NCR_TYPE}"]`;
  if (root instanceof Element && root.matches(selector)) root.removeAttribute('type');
  for (const source of root.querySelectorAll(selector)) source.removeAttribute('type');
}
