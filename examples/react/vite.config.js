import { fileURLToPath } from 'node:url';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default {
  // Serves the models next to the page, the default one at /photo-6/.
  publicDir: fileURLToPath(new URL('.', import.meta.resolve('@nacre/models/package.json'))),
  worker: { format: 'es' },
  // It refers to files by its own address.
  optimizeDeps: { exclude: ['@nacre/web'] },
  // With these headers WASM runs in several threads.
  server: { headers: isolation },
  preview: { headers: isolation },
};
