// The hash that cached results are kept under: whatever module a result depends on, its hash must change with it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashImports, importGraph } from './import-graph.js';
import { WORKER } from './prepare.js';

/** Prints the URL of every module that Node loads to run the worker. */
const SPY = `
import { register } from 'node:module';
const hook = "export async function load(url, context, next) { process._rawDebug(url); return next(url, context); }";
register('data:text/javascript,' + encodeURIComponent(hook));
await import(${JSON.stringify(pathToFileURL(WORKER).href)});
process.exit();
`;

test('every module that the worker runs is hashed', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    SPY,
  ]);
  const loaded = stderr
    .split('\n')
    .filter((line) => line.startsWith('file:') && !line.includes('/node_modules/'))
    .map((url) => fileURLToPath(url));
  const { modules, packages } = await importGraph(WORKER);
  expect(loaded.length).toBeGreaterThan(20);
  expect(loaded.filter((file) => !modules.includes(file))).toEqual([]);
  for (const name of ['ssimulacra2.js', 'ms-ssim.js', 'sharp-codecs.js', 'read-image.js']) {
    expect(modules.some((file) => file.endsWith(name))).toBe(true);
  }
  expect(packages.some((one) => /^sharp@\d/.test(one))).toBe(true);
  expect(packages.some((one) => /^culori@\d/.test(one))).toBe(true);
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-imports-'));
  await write('entry.js', "import './static.js'; export * from './exported.js';");
  await write(
    'static.js',
    "export const late = () => import('./dynamic.js'); // import './comment.js'",
  );
  await write('exported.js', "import './entry.js'; import 'node:fs';");
  await write('dynamic.js', '');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const write = (name: string, code: string) => writeFile(join(folder, name), code);

test('static, exported and dynamic imports are followed, in circles too', async () => {
  const { modules, packages } = await importGraph(join(folder, 'entry.js'));
  expect(modules.map((file) => file.slice(folder.length + 1))).toEqual([
    'dynamic.js',
    'entry.js',
    'exported.js',
    'static.js',
  ]);
  expect(packages).toEqual([]);
});

test.each(['entry.js', 'static.js', 'exported.js', 'dynamic.js'])(
  'a change of %s is another hash',
  async (name) => {
    const before = await hashImports(join(folder, 'entry.js'));
    const code =
      name === 'entry.js' ? "import './static.js'; export * from './exported.js'; " : ' ';
    await write(name, code);
    const same = await hashImports(join(folder, 'entry.js'));
    expect(same).not.toBe(before);
    expect(same).toMatch(/^[0-9a-f]{64}$/);
  },
);

test('what cannot be followed is an error, and not left out', async () => {
  await write('dynamic.js', 'export const load = (name) => import(name);');
  await expect(importGraph(join(folder, 'entry.js'))).rejects.toThrow('dynamic.js');
  await write('dynamic.js', "import './missing.js';");
  await expect(importGraph(join(folder, 'entry.js'))).rejects.toThrow('missing.js');
});
