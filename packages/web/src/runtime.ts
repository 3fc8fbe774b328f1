// Runs ONNX graphs in this page or worker; the only file that knows onnxruntime-web. It knows nothing of
// models, images or the bitstream.

import {
  type Graph,
  type LoadingOptions,
  ModelError,
  type Runtime,
  type Tensor,
  TooLargeError,
} from '@nacre/codec';
import { DeviceError, expectedButReceived } from '@nacre/codec/internal';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';
import { fetchOrtBinary, importOrt, type Ort, type OrtBuild } from './ort-files.js';
import { Queue } from './queue.js';
import { checkRuntimeOptions, type RuntimeOptions } from './runtime-options.js';
import { reasonOf, startFailure } from './start-failure.js';

/** An ONNX model of one Relu on one number: enough to see whether a device runs anything. */
const PROBE =
  'CAg6NwoMCgF4EgF5IgRSZWx1EgVwcm9iZVoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEBE=';

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
 * @throws {DeviceError} if the device that was asked for cannot run here.
 * @throws {TypeError | RangeError} for a bad option.
 * @example
 * const runtime = await createRuntime({ device: 'auto', onNotice: console.info });
 * console.log(runtime.device); // 'webgpu'
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  checkRuntimeOptions(options);
  const { device = 'auto', onNotice } = options;
  const threads = threadsFor(options);
  if (device !== 'wasm') {
    const reason = await whyNotWebGpu(threads, options);
    if (reason === undefined) {
      return new OrtRuntime('webgpu', () => startBuild(webGpuBuild(), threads, options));
    }
    if (device === 'webgpu') {
      throw new DeviceError(
        `The device webgpu cannot run here (${reason}): use the device wasm, or auto to fall back to it.`,
      );
    }
    onNotice?.(`WebGPU could not be used (${reason}); running on WASM.`);
  }
  return new OrtRuntime('wasm', () => startBuild('wasm', threads, options));
}

function threadsFor({ threads, onNotice }: RuntimeOptions): number {
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
function webGpuBuild(): OrtBuild {
  return 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
}

/** Runs the probe on WebGPU; why it failed in one line, or undefined if it ran. */
async function whyNotWebGpu(threads: number, options: RuntimeOptions): Promise<string | undefined> {
  // The types say that it is always there.
  const gpu = globalThis.navigator?.gpu as GPU | undefined;
  if (!gpu) return 'this browser has none';
  // Asked before anything is downloaded.
  if (!(await gpu.requestAdapter().catch(() => null))) return 'there is no adapter';
  try {
    const { ort } = await startBuild(webGpuBuild(), threads, options);
    const sum = await queue.run(() => probe(ort, 'webgpu'));
    return sum === 2 ? undefined : 'it computes wrong numbers';
  } catch (error) {
    return reasonOf(error);
  }
}

/** Puts the number 2 through the probe. */
async function probe(ort: Ort, provider: 'wasm' | 'webgpu'): Promise<unknown> {
  const onnx = Uint8Array.from(atob(PROBE), (character) => character.charCodeAt(0));
  const session = await ort.InferenceSession.create(onnx, { executionProviders: [provider] });
  const { y } = await session.run({ x: new ort.Tensor('float32', [2], [1]) });
  await session.release();
  return y?.data[0];
}

/**
 * Loads and starts a build, once.
 *
 * @throws {DeviceError} if it cannot be had or does not start.
 * @throws {RangeError} if it has been started with another number of threads.
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
    // Whatever ONNX Runtime would log on the console arrives as an exception as well.
    ort.env.logLevel = 'fatal';
    ort.env.wasm.numThreads = threads;
    ort.env.wasm.wasmBinary = bytes.buffer;
    await queue.run(() => probe(ort, 'wasm'));
    // It has been compiled; this copy of some 15 MB is of no more use.
    delete ort.env.wasm.wasmBinary;
    return { ort, threads };
  } catch (cause) {
    throw startFailure(cause);
  }
}

class OrtRuntime implements Runtime {
  readonly #start: () => Promise<StartedBuild>;

  constructor(
    readonly device: 'webgpu' | 'wasm',
    start: () => Promise<StartedBuild>,
  ) {
    this.#start = start;
  }

  async load(onnx: Uint8Array, options: LoadingOptions): Promise<Graph> {
    const { exact, externalData } = options;
    const { ort } = await this.#start();
    const session = await queue.run(() =>
      ort.InferenceSession.create(onnx, {
        executionProviders: exact || this.device === 'wasm' ? ['wasm'] : ['webgpu', 'wasm'],
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4,
        // Every image may have another size: see packages/node/src/runtime.ts.
        enableCpuMemArena: false,
        enableMemPattern: false,
        ...(externalData ? { externalData } : {}),
      }),
    );
    return new OrtGraph(ort, session);
  }
}

class OrtGraph implements Graph {
  readonly #ort: Ort;
  readonly #session: InferenceSession;

  constructor(ort: Ort, session: InferenceSession) {
    this.#ort = ort;
    this.#session = session;
  }

  async run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, { data, dims }] of Object.entries(inputs)) {
      feeds[name] =
        data instanceof Int32Array
          ? new this.#ort.Tensor('int32', data, dims)
          : new this.#ort.Tensor('float32', data, dims);
    }
    const results = await queue.run(() => this.#run(feeds));
    const outputs: Record<string, Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(results)) {
      if (!(data instanceof Float32Array || data instanceof Int32Array)) {
        throw new ModelError(
          `The network's output ${name} has neither float32 nor int32 numbers: fetch the model again.`,
        );
      }
      outputs[name] = { data, dims };
    }
    return outputs;
  }

  async #run(feeds: Record<string, OrtTensor>): Promise<InferenceSession.OnnxValueMapType> {
    try {
      const results = await this.#session.run(feeds);
      await turn();
      return results;
    } catch (error) {
      if (/bad_alloc|allocat|out of memory|\boom\b/i.test(String(error))) {
        throw new TooLargeError(
          'The memory ran out while the networks ran: free some, or use a smaller image.',
          { cause: error },
        );
      }
      throw error;
    }
  }

  async release(): Promise<void> {
    await queue.run(() => this.#session.release());
  }
}

/**
 * Lets this thread see to its events. WASM runs without a pause: without this, a message that aborts
 * the job would be read when the job is done.
 */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
