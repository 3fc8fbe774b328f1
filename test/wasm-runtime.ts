// A Runtime on onnxruntime-web's WASM, under Node, for comparing it with onnxruntime-node in the
// tests. The web package has the real one.

import type { Graph, Runtime } from '@nacre/codec';
import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'fatal';

/** Runs every graph on one WASM thread. */
export const wasmRuntime: Runtime = {
  device: 'wasm',
  async load(onnx): Promise<Graph> {
    const session = await ort.InferenceSession.create(onnx, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
    });
    return {
      async run(inputs) {
        const feeds = Object.entries(inputs).map(([name, { data, dims }]) => [
          name,
          data instanceof Int32Array
            ? new ort.Tensor('int32', data, dims)
            : new ort.Tensor('float32', data, dims),
        ]);
        const outputs = await session.run(Object.fromEntries(feeds));
        return Object.fromEntries(
          Object.entries(outputs).map(([name, { data, dims }]) => [
            name,
            { data: data as Float32Array | Int32Array, dims },
          ]),
        );
      },
      release: () => session.release(),
    };
  },
};
