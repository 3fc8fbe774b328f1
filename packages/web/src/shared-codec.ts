// The one worker that all <nacre-image> elements of a page share, started for the first image and closed
// when the last element is gone; and what is decoded next. It knows nothing of elements.

import { checkObject, expectedButReceived } from '@nacre/codec/internal';
import { type DecodedBlob, WorkerCodec, type WorkerModel } from './client.js';
import { type Size, sizeInHeader } from './header.js';
import { PriorityQueue } from './priority-queue.js';
import { checkRuntimeOptions, type Device } from './runtime-options.js';
import { checkWorkerSource, type WorkerSource } from './start-worker.js';

/** What {@link configure} takes; all of it optional. */
export interface ElementSettings {
  /** As in `loadModel`: the model of elements that name none. */
  readonly model?: string | URL | undefined;
  /** As in `loadModel`: `auto` if left out. */
  readonly device?: Device | undefined;
  /** As in `loadModel`. */
  readonly threads?: number | undefined;
  /** As in `loadModel`. */
  readonly ortFolder?: string | URL | undefined;
  /** As in `new WorkerCodec`: the address of the worker's script, or a function that starts it. */
  readonly worker?: WorkerSource | undefined;
  /** Told, in one sentence, which device is used and why, and if an ICC profile cannot be used. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** An image that an element wants to have decoded. */
export interface Wanted {
  /** The whole file, or its beginning. */
  readonly bytes: Uint8Array;
  /** Whether it is only the beginning, of which a preview is wanted. */
  readonly incomplete?: boolean | undefined;
  /** Its model, as `loadModel` takes it; that of the settings if undefined. */
  readonly model: string | undefined;
  /** Whether a damaged file is shown as far as it is intact. */
  readonly partial: boolean;
  /** Whether a preview, an eighth as wide and high, is enough. Asked when the image's turn comes. */
  readonly small: (size: Size) => boolean;
  /** How urgent it is: 2 or more for what can be seen, which interrupts what is less urgent by 1. */
  readonly priority: () => number;
  readonly signal: AbortSignal;
  /** Given the preview of an image that takes a while, if anybody wants it. */
  readonly onPreview?: ((preview: DecodedBlob) => void) | undefined;
}

/** An image as an element gets it. */
export interface Given extends DecodedBlob {
  /** Whether this is its preview, which was enough. */
  readonly small: boolean;
}

/** Images of fewer pixels, half a megapixel, are there soon: no preview comes before them. */
const PREVIEW_PIXELS = 2 ** 19;

/** How long the worker outlives its last element, which may be about to be replaced. */
const LINGER_MS = 1000;

let settings: ElementSettings = {};
let codec: WorkerCodec | undefined;
let users = 0;
let closing: ReturnType<typeof setTimeout> | undefined;

/** What can be seen does not wait for what cannot. */
const queue = new PriorityQueue((waiting, running) => waiting >= 2 && waiting >= running + 1);

/**
 * Sets how the elements of this page decode. Call it before the first image is loaded: those that have
 * been loaded stay as they are. It may be called on a server, where nothing is loaded.
 *
 * @throws TypeError or RangeError naming the setting that is wrong.
 * @example
 * ```ts
 * import { configure } from '@nacre/web/element';
 * configure({ model: '/models/photo-6/', device: 'wasm' });
 * ```
 */
export function configure(next: ElementSettings): void {
  checkObject(next, 'settings');
  checkRuntimeOptions(next);
  const { model, worker } = next;
  if (model !== undefined && typeof model !== 'string' && !(model instanceof URL)) {
    throw new TypeError(expectedButReceived('string or URL', 'model', model));
  }
  if (worker !== undefined) checkWorkerSource(worker, 'worker');
  settings = next;
}

/** Counts in one who may want images; each must {@link leave} once. */
export function enter(): void {
  clearTimeout(closing);
  users++;
}

/** Counts one out; with the last, all memory is given back after a moment. */
export function leave(): void {
  if (--users > 0) return;
  closing = setTimeout(() => {
    codec?.close();
    codec = undefined;
  }, LINGER_MS);
}

/** To be called when the priority of an image has changed. */
export function reconsider(): void {
  queue.reconsider();
}

/**
 * Decodes in the shared worker when the image's turn comes.
 *
 * @throws as `loadModel` and `decode`; the signal's reason once it is aborted.
 */
export async function decodeShared(wanted: Wanted): Promise<Given> {
  const { priority, signal } = wanted;
  return await queue.run({ priority, signal, run: (signal) => decodeNow(wanted, signal) });
}

async function decodeNow(wanted: Wanted, signal: AbortSignal): Promise<Given> {
  const { bytes, partial, incomplete = false, onPreview } = wanted;
  const model = await loadShared(wanted.model);
  signal.throwIfAborted();
  const size = sizeInHeader(bytes) ?? { width: 0, height: 0 };
  const hasPreviews = model.description.preview !== undefined;
  const small = hasPreviews && (incomplete || wanted.small(size));
  const pixels = small ? 0 : size.width * size.height;
  const image = await model.codec.decodeToBlob(bytes, {
    model,
    signal,
    partial,
    incomplete,
    scale: small ? 1 / 8 : 1,
    onNotice: settings.onNotice,
    onPreview: pixels < PREVIEW_PIXELS ? undefined : onPreview,
  });
  return { ...image, small };
}

/** The worker loads a model once, however often it is asked. */
async function loadShared(model: string | undefined): Promise<WorkerModel> {
  const { device, threads, ortFolder, onNotice, worker } = settings;
  // A worker that could not start may start the next time.
  if (!codec || codec.closed) codec = new WorkerCodec(worker);
  return await codec.loadModel({
    model: model ?? settings.model,
    device,
    threads,
    ortFolder,
    onNotice,
  });
}
