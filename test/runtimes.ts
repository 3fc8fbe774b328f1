// The runtimes that one test body is run over: onnxruntime-node as it may be set up, and
// onnxruntime-web's WASM, under Node and in a real browser, and its WebGPU.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Model, type Runtime } from '@nacre/codec';
import { createRuntime, DEFAULT_MODEL, readModelFolder } from '@nacre/node';
import { CHROMIUM } from './browser.js';
import { browserRuntime } from './browser-runtimes.js';
import { wasmRuntime } from './wasm-runtime.js';

/** The model of a few kilobytes, trained for seconds, that tests use where weights do not matter. */
export const TINY = fileURLToPath(new URL('fixtures/tiny', import.meta.url));

/** The default model, where its weights are. */
export const SHIPPED = fileURLToPath(new URL(`../models/${DEFAULT_MODEL}`, import.meta.url));

/** Those in a browser, where there is one. */
const IN_BROWSER = [
  ['Chromium, WASM, 1 thread', () => browserRuntime('wasm', 1)],
  ['Chromium, WASM, 2 threads', () => browserRuntime('wasm', 2)],
  ['Chromium, WebGPU', () => browserRuntime('webgpu', 1)],
] as const;

/** Every runtime that must find the same scale indices, with a name for the test's title. */
export const RUNTIMES: readonly (readonly [name: string, make: () => Promise<Runtime>])[] = [
  ...(['disabled', 'basic', 'extended', 'all'] as const).flatMap((optimizationLevel) =>
    [1, 2].map(
      (threads) =>
        [
          `onnxruntime-node, ${optimizationLevel}, ${threads} threads`,
          () => createRuntime({ optimizationLevel, threads }),
        ] as const,
    ),
  ),
  ['onnxruntime-web WASM', async () => wasmRuntime],
  ...(CHROMIUM ? IN_BROWSER : []),
];

/** A model folder on any runtime, past node's loader and its cache. */
export async function modelOn(runtime: Runtime, folder: string = TINY): Promise<Model> {
  const { description, hash } = await readModelFolder(folder);
  return new Model(description, hash, runtime, ({ file }) => readFile(join(folder, file)));
}
