// Chooses the device that ONNX graphs run on, in this page or worker; with ONNX Runtime Web.

import type { Runtime } from '@nacre/codec';
import { DeviceError, expectedButReceived } from '@nacre/codec/internal';
import { describeReason, OnnxRuntime, probeProvider } from '@nacre/codec/onnx';
import { fetchOrtBinary, importOrt, type Ort, type OrtBuild } from './ort-files.js';
import { Queue } from './queue.js';
import { checkRuntimeOptions, type RuntimeOptions } from './runtime-options.js';
import { startFailure } from './start-failure.js';

/** A build that has been loaded and started, which happens once in a page or worker. */
interface StartedBuild {
  readonly ort: Ort;
  readonly threads: number;
}

const started = new Map<OrtBuild, Promise<StartedBuild>>();

/** ONNX Runtime must not be entered a second time while it waits for the GPU. */
const queue = new Queue();

/**
 * A runtime for this page or worker. WebGPU is tried out at once; WASM is fetched when the first graph
 * is loaded.
 *
 * @throws {@link DeviceError} if the device that was asked for cannot run here.
 * @throws TypeError or RangeError for a bad option.
 * @example
 * ```ts
 * const runtime = await createRuntime({ device: 'auto', onNotice: console.info });
 * console.log(runtime.device); // 'webgpu'
 * ```
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  checkRuntimeOptions(options);
  const { device = 'auto', onNotice } = options;
  const threads = chooseThreads(options);
  if (device !== 'wasm') {
    const reason = await probeWebGpu(threads, options);
    if (reason === undefined) {
      return createOnDevice('webgpu', chooseWebGpuBuild(), threads, options);
    }
    if (device === 'webgpu') {
      throw new DeviceError(
        `The device webgpu cannot run here (${reason}): use the device wasm, or auto to fall back to it.`,
      );
    }
    onNotice?.(`WebGPU could not be used (${reason}); running on WASM.`);
  }
  return createOnDevice('wasm', 'wasm', threads, options);
}

function createOnDevice(
  device: 'webgpu' | 'wasm',
  build: OrtBuild,
  threads: number,
  options: RuntimeOptions,
): Runtime {
  return new OnnxRuntime(device, {
    start: async () => (await startBuild(build, threads, options)).ort,
    providers: device === 'wasm' ? ['wasm'] : ['webgpu', 'wasm'],
    exactProvider: 'wasm',
    schedule: (call) =>
      queue.run(async () => {
        const result = await call();
        await yieldToEvents();
        return result;
      }),
  });
}

function chooseThreads({ threads, onNotice }: RuntimeOptions): number {
  if (globalThis.crossOriginIsolated) {
    return threads ?? Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2));
  }
  if (threads !== undefined && threads > 1) {
    onNotice?.(
      'The page is not cross-origin isolated (headers COOP and COEP); running on one thread.',
    );
  }
  return 1;
}

/** The smaller build where the browser can suspend WASM while it waits for the GPU. */
function chooseWebGpuBuild(): OrtBuild {
  return 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
}

/** Runs the probe on WebGPU; why it failed in one line, or undefined if it ran. */
async function probeWebGpu(threads: number, options: RuntimeOptions): Promise<string | undefined> {
  // The types say that it is always there.
  const gpu = globalThis.navigator?.gpu as GPU | undefined;
  if (!gpu) return 'this browser has none';
  // Asked before anything is downloaded.
  if (!(await gpu.requestAdapter().catch(() => null))) return 'there is no adapter';
  try {
    const { ort } = await startBuild(chooseWebGpuBuild(), threads, options);
    return await queue.run(() => probeProvider(ort, 'webgpu'));
  } catch (error) {
    return describeReason(error);
  }
}

/**
 * Loads and starts a build, once.
 *
 * @throws {@link DeviceError} if it cannot be had or does not start.
 * @throws RangeError if it has been started with another number of threads.
 */
async function startBuild(
  build: OrtBuild,
  threads: number,
  options: RuntimeOptions,
): Promise<StartedBuild> {
  const starting = started.get(build) ?? start(build, threads, options);
  started.set(build, starting);
  // A failure is not kept: the connection may come back.
  starting.catch(() => started.delete(build));
  const ready = await starting;
  if (options.threads !== undefined && ready.threads !== threads) {
    const expected = `${ready.threads}, which the first model here was loaded with,`;
    throw new RangeError(expectedButReceived(expected, 'threads', threads));
  }
  return ready;
}

async function start(
  build: OrtBuild,
  threads: number,
  { ortFolder }: RuntimeOptions,
): Promise<StartedBuild> {
  try {
    const base = globalThis.document?.baseURI ?? globalThis.location?.href;
    const folder = ortFolder && new URL(ortFolder, base).href.replace(/\/*$/, '/');
    const [ort, bytes] = await Promise.all([
      importOrt(build, folder),
      fetchOrtBinary(build, folder),
    ]);
    // Anything that ONNX Runtime would log on the console arrives as an exception as well.
    ort.env.logLevel = 'fatal';
    ort.env.wasm.numThreads = threads;
    ort.env.wasm.wasmBinary = bytes.buffer;
    const reason = await queue.run(() => probeProvider(ort, 'wasm'));
    if (reason !== undefined) throw new Error(reason);
    // It has been compiled; this copy of some 15 MB is of no more use.
    delete ort.env.wasm.wasmBinary;
    return { ort, threads };
  } catch (cause) {
    throw startFailure(cause);
  }
}

/**
 * Lets this thread handle its events. WASM runs without a pause: without this, a message that aborts a call
 * would be read only when the call is done.
 */
function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
