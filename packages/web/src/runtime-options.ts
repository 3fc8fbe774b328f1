// The options of a runtime. Separate from runtime.ts, so that a page whose worker runs everything does not bundle
// ONNX Runtime for itself.

import {
  checkFunction,
  checkInteger,
  checkObject,
  type DeviceError,
  expectedButReceived,
} from '@nacre/codec/internal';

/** Where float graphs run. Exact graphs always run on WASM. */
export const DEVICES = ['auto', 'webgpu', 'wasm'] as const;

/** One of {@link DEVICES}. */
export type Device = (typeof DEVICES)[number];

/** Options of `createRuntime`. */
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
   * The folder with onnxruntime-web's files `ort-wasm-simd-threaded*`, if no bundler handles them; relative to the page, or to the worker's script.
   */
  readonly ortFolder?: string | URL | undefined;
  /** Called, with one sentence, with what `auto` has chosen and why, and if only one thread is possible. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/**
 * Asserts that options are such as `createRuntime` takes.
 *
 * @throws TypeError or RangeError naming the one that is wrong.
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
