// The one worker that all <nacre-image> elements of a page share, started for the first image and
// closed when the last element is gone. It knows nothing of elements.

import { checkObject } from '@nacre/codec/internal';
import { WorkerCodec } from './client.js';
import { sizeInHeader } from './header.js';
import { folderAddress } from './model-folders.js';
import { checkRuntimeOptions, type Device } from './runtime-options.js';

/** What {@link configure} takes; all of it optional. */
export interface ElementSettings {
  /** The folder of the model for elements that name none; `models/photo-6/` beside the page. */
  readonly model?: string | URL | undefined;
  /** As in `loadModel`: `auto` if left out. */
  readonly device?: Device | undefined;
  /** As in `loadModel`. */
  readonly threads?: number | undefined;
  /** As in `loadModel`. */
  readonly ortFolder?: string | URL | undefined;
  /** Told, in one sentence, which device is used and why, and if an ICC profile cannot be used. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** Images of fewer pixels, half a megapixel, are there soon: no preview comes before them. */
const PREVIEW_PIXELS = 2 ** 19;

/** How long the worker outlives its last element, which may be about to be replaced. */
const LINGER_MS = 1000;

let settings: ElementSettings = {};
let codec: WorkerCodec | undefined;
let users = 0;
let closing: ReturnType<typeof setTimeout> | undefined;

/**
 * Says how the elements of this page decode. Best called before the first image is loaded: those that
 * have been loaded stay as they are.
 *
 * @throws {TypeError | RangeError} naming the setting that is wrong.
 * @example
 * import { configure } from '@nacre/web/element';
 * configure({ model: '/models/photo-6/', device: 'wasm' });
 */
export function configure(next: ElementSettings): void {
  checkObject(next, 'settings');
  checkRuntimeOptions(next);
  if (next.model !== undefined) folderAddress(next.model);
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

/**
 * Decodes in the shared worker, after all that was asked for before.
 *
 * @param bytes its memory is handed over.
 * @param model the folder of its model; that of the settings if undefined.
 * @param onPreview given the preview of an image that takes a while.
 * @throws as `loadModel` and `decode`; the signal's reason once it is aborted.
 */
export async function decodeShared(
  bytes: Uint8Array,
  model: string | undefined,
  signal: AbortSignal,
  onPreview: (preview: ImageData) => void,
): Promise<ImageData> {
  codec ??= new WorkerCodec();
  const { device, threads, ortFolder, onNotice } = settings;
  // The worker loads a model once, however often it is asked.
  const loaded = await codec.loadModel({
    model: model ?? settings.model,
    device,
    threads,
    ortFolder,
    onNotice,
  });
  const { width, height } = sizeInHeader(bytes) ?? { width: 0, height: 0 };
  return await loaded.codec.decode(bytes, {
    model: loaded,
    signal,
    onNotice,
    onPreview: width * height < PREVIEW_PIXELS ? undefined : onPreview,
    transfer: true,
  });
}
