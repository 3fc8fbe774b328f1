// How the viewer becomes a folder of static files: beside the page the models, a sample to begin with,
// and the list of files that the service worker keeps.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What @nacre/web verifies and keeps by itself. */
const KEPT_ELSEWHERE = /\.onnx$|\/ort-wasm.*\.wasm$/;

const SERVICE_WORKER = 'service-worker.js';

/** Puts what lies elsewhere in the repository beside the page. */
function withModelsAndSample(): Plugin {
  return {
    name: 'nacre-models-and-sample',
    apply: 'build',
    generateBundle() {
      const put = (fileName: string): void => {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(here(`../../${fileName}`)) });
      };
      for (const model of readdirSync(here('../../models'), { withFileTypes: true })) {
        if (!model.isDirectory()) continue;
        for (const file of readdirSync(here(`../../models/${model.name}`))) {
          if (/^model\.json$|\.onnx$/.test(file)) put(`models/${model.name}/${file}`);
        }
      }
      put('samples/raccoon.png');
    },
  };
}

/** Tells the service worker what there is, once all else has been made. */
function withOfflineFiles(): Plugin {
  return {
    name: 'nacre-offline-files',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const kept = Object.values(bundle).filter(
          ({ fileName }) => fileName !== SERVICE_WORKER && !KEPT_ELSEWHERE.test(fileName),
        );
        const hash = createHash('sha256');
        for (const file of kept) hash.update(file.type === 'chunk' ? file.code : file.source);
        const names = kept.map(({ fileName }) => (fileName === 'index.html' ? './' : fileName));
        const worker = bundle[SERVICE_WORKER];
        if (worker?.type !== 'chunk') throw new Error(`There is no ${SERVICE_WORKER}.`);
        const build = hash.digest('hex').slice(0, 16);
        worker.code = `const FILES = ${JSON.stringify(names)}, BUILD = '${build}';\n${worker.code}`;
      },
    },
  };
}

const config: UserConfig = defineConfig({
  root: here('.'),
  base: './',
  build: {
    target: 'es2023',
    rolldownOptions: {
      input: { index: here('index.html'), 'service-worker': here('offline/service-worker.ts') },
      output: {
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? SERVICE_WORKER : 'assets/[name]-[hash].js',
      },
    },
    // The encoders' own scripts and ONNX Runtime are what they are.
    chunkSizeWarningLimit: 1000,
  },
  worker: { format: 'es' },
  plugins: [withModelsAndSample(), withOfflineFiles()],
});

export default config;
