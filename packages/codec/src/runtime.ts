// What the codec asks of whatever runs its networks. Implementations live in other packages (node,
// web): the codec knows no inference engine.

/** Numbers with a shape, row-major: the last dimension runs fastest. */
export interface Tensor {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

/** A network that has been loaded. */
export interface Graph {
  /** Runs the network on its named inputs; gives its named outputs. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Frees what the network holds; it cannot be run afterwards. */
  release(): Promise<void>;
}

/** Weights that a network keeps in another file (what ONNX calls external data). */
export interface ExternalData {
  /** The name that the network knows the file by. */
  readonly path: string;
  /** All of the file. */
  readonly data: Uint8Array;
}

/** What {@link Runtime.load} is told of a network. */
export interface LoadingOptions {
  /**
   * The graph computes with integers whose every bit counts: it has to run on the CPU (or WASM) whatever
   * the device is, since other devices may round.
   */
  readonly exact: boolean;
  /** The files that it refers to; none if left out. */
  readonly externalData?: readonly ExternalData[] | undefined;
}

/** An engine that runs ONNX networks on a device. */
export interface Runtime {
  /** Where ordinary graphs run, for people to read, e.g. `cpu` or `webgpu`. */
  readonly device: string;
  /**
   * Loads a network.
   *
   * @param onnx the bytes of an ONNX file.
   */
  load(onnx: Uint8Array, options: LoadingOptions): Promise<Graph>;
}
