// Chooses the device that ONNX graphs run on, on this machine; the only file that imports onnxruntime-node.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Runtime } from '@nacre/codec';
import {
  checkFunction,
  checkInteger,
  checkObject,
  DeviceError,
  expectedButReceived,
} from '@nacre/codec/internal';
import { OnnxRuntime, probeProvider } from '@nacre/codec/onnx';
import * as ort from 'onnxruntime-node';

/** The devices other than the CPU, named as ONNX Runtime's execution providers. */
type Accelerator = 'cuda' | 'webgpu';

/** Whether `auto` tries an accelerator on this machine. */
const ACCELERATORS: Readonly<Record<Accelerator, () => boolean>> = {
  // Its provider library is there only if you had the installer of onnxruntime-node fetch it.
  cuda: () => existsSync(findCudaLibrary()),
  // On Linux it is often a software rasteriser, slower than the CPU, and it complains on stderr where there
  // is no driver.
  webgpu: () => process.platform === 'darwin' || process.platform === 'win32',
};

const ACCELERATOR_NAMES = Object.keys(ACCELERATORS) as Accelerator[];

/** Where float graphs run. Exact graphs always run on the CPU. */
export type Device = 'auto' | 'cpu' | Accelerator;

/** Every {@link Device}. */
export const DEVICES: readonly Device[] = ['auto', 'cpu', ...ACCELERATOR_NAMES];

const OPTIMIZATION_LEVELS = ['disabled', 'basic', 'extended', 'all'] as const;

/** How far ONNX Runtime rewrites a graph before it runs it. */
export type OptimizationLevel = (typeof OPTIMIZATION_LEVELS)[number];

/** Options of {@link createRuntime}. */
export interface RuntimeOptions {
  /**
   * `cpu` (the default) starts at once and gives the same bytes every time; `cuda` and `webgpu` fail
   * with a {@link DeviceError} where they cannot run; `auto` takes an accelerator if there is one
   * and reports through `onNotice` if it falls back to the CPU.
   */
  readonly device?: Device | undefined;
  /** CPU threads, 1 or more; by default as many as ONNX Runtime finds physical cores. */
  readonly threads?: number | undefined;
  /** For tests: `all` (the default) is what makes depthwise convolutions fast. */
  readonly optimizationLevel?: OptimizationLevel | undefined;
  /** Called, with one sentence, when `auto` falls back. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/**
 * Creates a runtime for this machine. An accelerator is tried out first.
 *
 * @returns runs networks on the device; its `device` says which one that is.
 * @throws {@link DeviceError} if the device cannot run here.
 * @throws TypeError or RangeError for a bad option.
 * @example
 * ```ts
 * const runtime = await createRuntime({ device: 'auto', onNotice: console.warn });
 * console.log(runtime.device); // 'cpu'
 * ```
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  checkRuntimeOptions(options);
  const { device = 'cpu', onNotice } = options;
  // Anything that ONNX Runtime would log on the process's stderr arrives as an exception as well.
  ort.env.logLevel = 'fatal';
  if (device === 'cpu') return createOnDevice('cpu', options);
  if (device !== 'auto') {
    const reason = await probeProvider(ort, device);
    if (reason === undefined) return createOnDevice(device, options);
    throw new DeviceError(
      `The device ${device} cannot run here (${reason}): use the device cpu, or auto to fall back to it.`,
    );
  }
  const tried: string[] = [];
  for (const candidate of ACCELERATOR_NAMES.filter((name) => ACCELERATORS[name]())) {
    const reason = await probeProvider(ort, candidate);
    if (reason === undefined) return createOnDevice(candidate, options);
    tried.push(`${candidate}: ${reason}`);
  }
  const why = tried.length > 0 ? tried.join('; ') : 'nothing for an accelerator is installed';
  onNotice?.(`No accelerator could be used (${why}); running on the CPU.`);
  return createOnDevice('cpu', options);
}

/**
 * Asserts that options are valid for {@link createRuntime}.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
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

function findCudaLibrary(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const file =
    process.platform === 'win32'
      ? 'onnxruntime_providers_cuda.dll'
      : 'libonnxruntime_providers_cuda.so';
  return join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch, file);
}

/**
 * CUDA computes float graphs in TF32 if the GPU has it: the binding does not pass on the option use_tf32. To
 * get plain float32, set NVIDIA_TF32_OVERRIDE=0 in the environment.
 */
function createOnDevice(
  device: Exclude<Device, 'auto'>,
  { threads, optimizationLevel = 'all' }: RuntimeOptions,
): Runtime {
  return new OnnxRuntime(device, {
    start: async () => ort,
    providers: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    exactProvider: 'cpu',
    sessionOptions: {
      graphOptimizationLevel: optimizationLevel,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    },
  });
}
