// Where vitest finds the tests: beside the sources, and in test/ where they span packages. Packages
// resolve to their sources, so that no test runs against a stale build (spawned programs do: build
// first).
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (name: string, entry = 'index'): string =>
  fileURLToPath(new URL(`packages/${name}/src/${entry}.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      '@nacre/codec/internal': source('codec', 'internal'),
      '@nacre/codec/onnx': source('codec', 'onnx'),
      '@nacre/codec': source('codec'),
      '@nacre/node': source('node'),
      '@nacre/compare': source('compare'),
      // Another version than the pinned one, in a folder: scripts/ort-versions.mjs.
      ...(process.env.NACRE_ORT ? { 'onnxruntime-node': process.env.NACRE_ORT } : {}),
    },
  },
  test: { include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'], testTimeout: 30_000 },
});
