// Makes dist/standalone, the files for pages without a bundler: scripts in one piece, and the files of ONNX
// Runtime Web, which bundlers also take from there. Run it after tsc; it does nothing that is done already.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Zstd } from '@hpcc-js/wasm-zstd';
import { rolldown } from 'rolldown';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const OUT = here('dist/standalone');

/** Compressing 57 MB takes half a minute: what was compressed once is kept, by its hash. */
const CACHE = here('../../node_modules/.cache/nacre-ort');

/** A step up saves nothing that counts, and takes longer. */
const ZSTD_LEVEL = 19;

const ORT = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const ORT_SCRIPTS = ['wasm', 'webgpu', 'jspi'].map((name) => `ort.${name}.bundle.min.mjs`);
const ORT_BINARIES = ['', '.asyncify', '.jspi'].map((name) => `ort-wasm-simd-threaded${name}.wasm`);

async function compressed(path) {
  const bytes = readFileSync(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const kept = join(CACHE, `${sha256}.${ZSTD_LEVEL}.zst`);
  if (!existsSync(kept)) {
    console.error(`@nacre/web: compressing ${basename(path)}, once`);
    mkdirSync(CACHE, { recursive: true });
    const zstd = await Zstd.load();
    writeFileSync(kept, zstd.compress(bytes, ZSTD_LEVEL));
  }
  return kept;
}

async function copyOrt() {
  mkdirSync(join(OUT, 'ort'), { recursive: true });
  for (const name of ORT_SCRIPTS) copyFileSync(join(ORT, name), join(OUT, 'ort', name));
  for (const name of ORT_BINARIES) {
    copyFileSync(await compressed(join(ORT, name)), join(OUT, 'ort', `${name}.zst`));
  }
}

/** Seen from dist/standalone, the files of ONNX Runtime are beside the scripts. */
const besideOrt = {
  name: 'beside-ort',
  transform: {
    filter: { id: /ort-files\.js$/ },
    handler: (code) => code.replaceAll("'./standalone/ort/", "'./ort/"),
  },
};

/** One script without imports; it finds the other files by its own address. */
async function bundle(entry, file, format = 'esm') {
  const build = await rolldown({
    input: here(`dist/${entry}.js`),
    plugins: [besideOrt],
    platform: 'browser',
    // What is no module has no import.meta: a service worker, whose scope has its address.
    ...(format === 'iife' && {
      transform: { define: { 'import.meta.url': 'self.location.href' } },
    }),
  });
  await build.write({ file: join(OUT, file), format, minify: true, codeSplitting: false });
  await build.close();
}

await copyOrt();
await bundle('standalone', 'nacre.js');
await bundle('worker', 'worker.js');
await bundle('service-worker', 'service-worker.js', 'iife');
