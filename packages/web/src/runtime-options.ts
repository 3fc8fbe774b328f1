// On which device, with how many threads: what a runtime can be told. Apart from runtime.ts, so that a
// page whose worker runs everything bundles no ONNX Runtime for itself.

import {
  checkFunction,
  checkInteger,
  checkObject,
  type DeviceError,
  expectedButReceived,
} from '@nacre/codec/internal';

/** Where float graphs may run. Exact graphs run on WASM whatever is asked for. */
export const DEVICES = ['auto', 'webgpu', 'wasm'] as const;

/** One of {@link DEVICES}. */
export type Device = (typeof DEVICES)[number];

/** What `createRuntime` takes; all of it optional. */
export interface RuntimeOptions {
  /**
   * `auto` (the default) takes WebGPU where it works and WASM elsewhere, and says through `onNotice`
   * which and why; `webgpu` fails with a {@link DeviceError} where it cannot run.
   */
  readonly device?: Device | undefined;
  /**
   * Threads of WASM, 1 or more; by default one for two logical cores and at most 4. More than one needs
   * a page that is cross-origin isolated. The first runtime of a page or worker decides for all.
   */
  readonly threads?: number | undefined;
  /**
   * The folder with onnxruntime-web's files `ort-wasm-simd-threaded*`, where a bundler does not look
   * after them; relative to the page, or to the worker's script.
   */
  readonly ortFolder?: string | URL | undefined;
  /** Told, in one sentence, what `auto` has chosen and why, and if there can be but one thread. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/**
 * Asserts that options are such as `createRuntime` takes.
 *
 * @throws {TypeError | RangeError} naming the one that is wrong.
 */
export function checkRuntimeOptions(options: RuntimeOptions): void {
  checkObject(options, 'options');
  const { device = 'auto', threads, ortFolder, onNotice } = options;
  if (!DEVICES.includes(device)) {
    throw new TypeError(expectedButReceived(DEVICES.join(' | '), 'device', device));
  }
  if (threads !== undefined) checkInteger(threads, 1, 1024, 'threads');
  if (ortFolder !== undefined && typeof ortFolder !== 'string' && !(ortFolder instanceof URL)) {
    throw new TypeError(expectedButReceived('string or URL', 'ortFolder', ortFolder));
  }
  if (onNotice !== undefined) checkFunction(onNotice, 'onNotice');
}
