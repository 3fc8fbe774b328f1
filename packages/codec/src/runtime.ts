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

/** An engine that runs ONNX networks on a device. */
export interface Runtime {
  /** Where ordinary graphs run, for people to read, e.g. `cpu` or `webgpu`. */
  readonly device: string;
  /**
   * Loads a network.
   *
   * @param onnx the bytes of an ONNX file.
   * @param options.exact the graph computes with integers whose every bit counts: it has to run on
   * the CPU (or WASM) whatever the device is, since other devices may round.
   */
  load(onnx: Uint8Array, options: { readonly exact: boolean }): Promise<Graph>;
}
