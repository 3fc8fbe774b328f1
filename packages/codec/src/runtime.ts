// What the codec asks of an engine that runs its networks. onnx.ts adapts ONNX Runtime; you can bring another.
import { checkFunction, checkObject } from './validate.js';

/** Numbers with a shape, row-major: the last dimension runs fastest. */
export interface Tensor {
  /** The values in row-major order. */
  readonly data: Float32Array | Int32Array;
  /** Length of each dimension. */
  readonly dims: readonly number[];
}

/** A network that has been loaded. */
export interface Graph {
  /** Runs the network on its named inputs; gives its named outputs. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Frees what the network holds; it cannot be run afterwards. */
  release(): Promise<void>;
}

/** Weights that a network keeps in another file (ONNX calls this external data). */
export interface ExternalData {
  /** The name by which the network refers to the file. */
  readonly path: string;
  /** The whole file. */
  readonly data: Uint8Array;
}

/** What {@link Runtime.load} needs to know about a network. */
export interface LoadingOptions {
  /**
   * The network computes with integers whose every bit counts: it has to run on the CPU (or WASM) even if the
   * device is another, since other devices may round.
   */
  readonly exact: boolean;
  /** The files that it refers to; none by default. */
  readonly externalData?: readonly ExternalData[] | undefined;
}

/** An engine that runs ONNX networks on a device. */
export interface Runtime {
  /** Where ordinary networks run, for people to read, e.g. `cpu` or `webgpu`. */
  readonly device: string;
  /**
   * Loads a network.
   *
   * @param onnx - the bytes of an ONNX file.
   */
  load(onnx: Uint8Array, options: LoadingOptions): Promise<Graph>;
}

/**
 * Asserts that an argument is a runtime.
 *
 * @throws TypeError naming what is wrong.
 */
export function checkRuntime(value: unknown, name: string): asserts value is Runtime {
  checkObject(value, name);
  checkFunction((value as Partial<Runtime>).load, `${name}.load`);
}
