import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = (name) => fileURLToPath(new URL('.', import.meta.resolve(name)));

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['main.js'],
  bundle: true,
  format: 'esm',
  target: 'es2023',
  minify: true,
  outdir: 'dist',
});
cpSync('index.html', 'dist/index.html');
cpSync(folder('@nacre/web/standalone/worker.js'), 'dist/nacre', { recursive: true });
cpSync(`${folder('@nacre/models/package.json')}photo-6`, 'dist/photo-6', { recursive: true });
