// Runs ONNX graphs on this machine; the only file that knows onnxruntime-node. It knows nothing of
// models, images or the bitstream.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  type Graph,
  type LoadingOptions,
  ModelError,
  type Runtime,
  type Tensor,
  TooLargeError,
} from '@nacre/codec';
import {
  checkFunction,
  checkInteger,
  checkObject,
  DeviceError,
  expectedButReceived,
} from '@nacre/codec/internal';
import * as ort from 'onnxruntime-node';

/** Where float graphs may run. Exact graphs run on the CPU whatever is asked for. */
export const DEVICES = ['auto', 'cpu', 'cuda', 'webgpu'] as const;

/** One of {@link DEVICES}. */
export type Device = (typeof DEVICES)[number];

const OPTIMIZATION_LEVELS = ['disabled', 'basic', 'extended', 'all'] as const;

/** How far ONNX Runtime rewrites a graph before it runs it. */
export type OptimizationLevel = (typeof OPTIMIZATION_LEVELS)[number];

/** What {@link createRuntime} takes; all of it optional. */
export interface RuntimeOptions {
  /**
   * `cpu` (the default) starts at once and gives the same bytes every time; `cuda` and `webgpu` fail
   * with a {@link DeviceError} where they cannot run; `auto` takes an accelerator if there is one
   * and says so through `onNotice` if it falls back to the CPU.
   */
  readonly device?: Device | undefined;
  /** CPU threads, 1 or more; by default as many as ONNX Runtime finds physical cores. */
  readonly threads?: number | undefined;
  /** For tests: `all` (the default) is what makes depthwise convolutions fast. */
  readonly optimizationLevel?: OptimizationLevel | undefined;
  /** Told, in one sentence, when `auto` falls back. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** An ONNX model of one Relu on one number: enough to see whether a device runs anything. */
const PROBE =
  'CAg6NwoMCgF4EgF5IgRSZWx1EgVwcm9iZVoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEBE=';

/**
 * A runtime for this machine, on a device that has been seen to work.
 *
 * @throws {DeviceError} if the device that was asked for cannot run here.
 * @throws {TypeError | RangeError} for a bad option.
 * @example
 * const runtime = await createRuntime({ device: 'auto', onNotice: console.warn });
 * console.log(runtime.device); // 'cpu'
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  checkRuntimeOptions(options);
  const { device = 'cpu', onNotice } = options;
  // Whatever ONNX Runtime would log on the process's stderr arrives as an exception as well.
  ort.env.logLevel = 'fatal';
  if (device === 'cpu') return new OnnxRuntime('cpu', options);
  if (device !== 'auto') {
    const reason = await whyNot(device);
    if (reason === undefined) return new OnnxRuntime(device, options);
    throw new DeviceError(
      `The device ${device} cannot run here (${reason}): use the device cpu, or auto to fall back to it.`,
    );
  }
  const tried: string[] = [];
  for (const candidate of candidates()) {
    const reason = await whyNot(candidate);
    if (reason === undefined) return new OnnxRuntime(candidate, options);
    tried.push(`${candidate}: ${reason}`);
  }
  const why = tried.length > 0 ? tried.join('; ') : 'nothing for an accelerator is installed';
  onNotice?.(`No accelerator could be used (${why}); running on the CPU.`);
  return new OnnxRuntime('cpu', options);
}

/**
 * Asserts that options are such as {@link createRuntime} takes.
 *
 * @throws {TypeError | RangeError} naming the one that is wrong.
 */
export function checkRuntimeOptions(options: RuntimeOptions): void {
  checkObject(options, 'options');
  const { device = 'cpu', threads, optimizationLevel = 'all', onNotice } = options;
  checkOneOf(DEVICES, device, 'device');
  if (threads !== undefined) checkInteger(threads, 1, 1024, 'threads');
  checkOneOf(OPTIMIZATION_LEVELS, optimizationLevel, 'optimizationLevel');
  if (onNotice !== undefined) checkFunction(onNotice, 'onNotice');
}

function checkOneOf(values: readonly unknown[], value: unknown, name: string): void {
  if (!values.includes(value)) {
    throw new TypeError(expectedButReceived(values.join(' | '), name, value));
  }
}

/**
 * The accelerators worth trying unasked. CUDA only where its provider library lies beside
 * onnxruntime-node (its installer fetches it on demand). WebGPU not on Linux: there it is often a
 * software rasteriser, slower than the CPU provider, and without a driver it complains on stderr.
 */
function candidates(): readonly ('cuda' | 'webgpu')[] {
  const found: ('cuda' | 'webgpu')[] = [];
  if (existsSync(cudaLibrary())) found.push('cuda');
  if (process.platform === 'darwin' || process.platform === 'win32') found.push('webgpu');
  return found;
}

function cudaLibrary(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const file =
    process.platform === 'win32'
      ? 'onnxruntime_providers_cuda.dll'
      : 'libonnxruntime_providers_cuda.so';
  return join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch, file);
}

/** Runs the probe on a device; why it failed in one line, or undefined if it ran. */
async function whyNot(device: 'cuda' | 'webgpu'): Promise<string | undefined> {
  try {
    const session = await ort.InferenceSession.create(Buffer.from(PROBE, 'base64'), {
      executionProviders: [device],
      logSeverityLevel: 4,
    });
    const { y } = await session.run({ x: new ort.Tensor('float32', [2], [1]) });
    await session.release();
    return y?.data[0] === 2 ? undefined : 'it computes wrong numbers';
  } catch (error) {
    // ONNX Runtime puts a C++ signature before the sentence that says what happened.
    const message = (error as Error).message.trim().split('\n')[0] ?? '';
    return message.replace(/^.*was false\. /, '').replace(/\.$/, '');
  }
}

class OnnxRuntime implements Runtime {
  readonly #options: RuntimeOptions;

  constructor(
    readonly device: 'cpu' | 'cuda' | 'webgpu',
    options: RuntimeOptions,
  ) {
    this.#options = options;
  }

  async load(onnx: Uint8Array, options: LoadingOptions): Promise<Graph> {
    const { exact, externalData } = options;
    const { threads, optimizationLevel = 'all' } = this.#options;
    const session = await ort.InferenceSession.create(onnx, {
      // CUDA computes float graphs in TF32 where the GPU has it: its option use_tf32 is none that this
      // binding passes on. Who wants plain float32 sets NVIDIA_TF32_OVERRIDE=0 in the environment.
      executionProviders: exact || this.device === 'cpu' ? ['cpu'] : [this.device, 'cpu'],
      graphOptimizationLevel: optimizationLevel,
      logSeverityLevel: 4,
      // Every image may have another size. Without these two, the peak is half as high (60 instead
      // of 120 bytes a pixel at 12 megapixels), the memory is given back afterwards, and the time of
      // a single image is the same.
      enableCpuMemArena: false,
      enableMemPattern: false,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      ...(externalData ? { externalData } : {}),
    });
    return new OnnxGraph(session);
  }
}

class OnnxGraph implements Graph {
  readonly #session: ort.InferenceSession;

  constructor(session: ort.InferenceSession) {
    this.#session = session;
  }

  async run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(inputs)) {
      feeds[name] =
        data instanceof Int32Array
          ? new ort.Tensor('int32', data, dims)
          : new ort.Tensor('float32', data, dims);
    }
    const outputs: Record<string, Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(await this.#run(feeds))) {
      if (!(data instanceof Float32Array || data instanceof Int32Array)) {
        throw new ModelError(
          `The network's output ${name} has neither float32 nor int32 numbers: fetch the model again.`,
        );
      }
      outputs[name] = { data, dims };
    }
    return outputs;
  }

  async #run(feeds: Record<string, ort.Tensor>): Promise<ort.InferenceSession.OnnxValueMapType> {
    try {
      return await this.#session.run(feeds);
    } catch (error) {
      if (/bad_alloc|allocat|out of memory/i.test((error as Error).message)) {
        throw new TooLargeError(
          'The memory ran out while the networks ran: free some, or use a smaller image.',
          { cause: error },
        );
      }
      throw error;
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
