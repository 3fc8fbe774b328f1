// The packages as users get them: packs each from a clean copy of the repository, installs the tarballs
// into an empty project, and runs every example there. Needs a package registry, as npm ci does.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CHROMIUM, serveSite, type TestSite } from './browser.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 1_200_000 });

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['codec', 'node', 'web', 'compare', 'cli', 'viewer', 'models'];
/** Those that prepack builds. */
const BUILT = PACKAGES.filter((name) => name !== 'models');
const EXAMPLES = join(ROOT, 'examples');

/** What the tests use of a package.json. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Record<string, string | { readonly types: string; readonly default: string }>;
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

/** What `npm pack --json` says of a tarball. */
interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let temporary: string;
/** An empty project with all packages and whatever else the examples need. */
let project: string;
let packed: readonly Packed[];

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The names of the examples: each is a folder. */
async function examples(): Promise<string[]> {
  const entries = await readdir(EXAMPLES, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Copies what git would commit, and links the dependencies that are installed already. */
async function cloneTo(clone: string): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  for (const file of run('git', list, ROOT).split('\0').filter(Boolean)) {
    if (!existsSync(join(ROOT, file))) continue;
    await mkdir(join(clone, dirname(file)), { recursive: true });
    await cp(join(ROOT, file), join(clone, file));
  }
  const modules = join(clone, 'node_modules');
  await mkdir(join(modules, '@nacre'), { recursive: true });
  for (const entry of await readdir(join(ROOT, 'node_modules'))) {
    if (entry === '@nacre') continue;
    await symlink(join(ROOT, 'node_modules', entry), join(modules, entry), 'junction');
  }
  for (const name of PACKAGES) {
    const path = name === 'models' ? name : `packages/${name}`;
    await symlink(join(clone, path), join(modules, '@nacre', name), 'junction');
    // A version that only this package uses.
    const own = join(ROOT, path, 'node_modules');
    if (existsSync(own)) await symlink(own, join(clone, path, 'node_modules'), 'junction');
  }
}

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'nacre-packages-'));
  const clone = join(temporary, 'clone');
  const tarballs = join(temporary, 'tarballs');
  project = join(temporary, 'project');
  await cloneTo(clone);
  for (const name of BUILT) {
    await mkdir(join(clone, 'packages', name, 'dist'));
    await writeFile(join(clone, 'packages', name, 'dist/leftover.js'), '');
  }
  for (const folder of [tarballs, project]) await mkdir(folder);
  const workspaces = PACKAGES.flatMap((name) => ['--workspace', `@nacre/${name}`]);
  // The repository switches scripts off; packing runs prepack.
  const pack = ['pack', '--json', '--ignore-scripts=false', '--pack-destination', tarballs];
  packed = Object.values(JSON.parse(run('npm', [...pack, ...workspaces], clone))) as Packed[];

  const needed: Record<string, string> = {};
  for (const example of await examples()) {
    await cp(join(EXAMPLES, example), join(project, example), { recursive: true });
    const { dependencies, devDependencies } = await manifestOf(join(EXAMPLES, example));
    Object.assign(needed, dependencies, devDependencies);
  }
  for (const { name, filename } of packed) needed[name] = `file:${join(tarballs, filename)}`;
  const manifest = { name: 'empty', private: true, dependencies: needed };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  // As README.md tells those who cannot reach the CUDA download.
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--prefer-offline'], project);
});
afterAll(async () => {
  if (temporary) await rm(temporary, { recursive: true });
});

test.each(PACKAGES)('@nacre/%s has all it needs, and no build leftovers', async (name) => {
  const { files } = packed.find((one) => one.name === `@nacre/${name}`)!;
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
  expect(paths.filter((path) => /\.test\.|tsbuildinfo|leftover|testing\//.test(path))).toEqual([]);
  const folder = join(project, 'node_modules/@nacre', name);
  const { exports = {} } = await manifestOf(folder);
  for (const target of Object.values(exports).flatMap((it) => Object.values(it))) {
    if (target.length > 1 && !target.includes('*'))
      expect(existsSync(join(folder, target))).toBe(true);
  }
  const licence = await readFile(join(folder, 'LICENSE'), 'utf8');
  expect(licence).toBe(await readFile(join(ROOT, 'LICENSE'), 'utf8'));
  if (name === 'viewer') expect(paths).toContain('dist/index.html');
});

test('a script of three lines', async () => {
  const script = `
    import { decode, encode, writeImage } from '@nacre/node';
    const file = await encode(${JSON.stringify(join(ROOT, 'samples/tulips.png'))}, { quality: 30 });
    await writeImage('tulips.png', await decode(file));
  `;
  await writeFile(join(project, 'three-lines.mjs'), script);
  run(process.execPath, ['three-lines.mjs'], project);
  expect(existsSync(join(project, 'tulips.png'))).toBe(true);
});

test('npx nacre', async () => {
  const source = join(ROOT, 'samples/tiny.png');
  run('npx', ['--no', 'nacre', 'compress', source, '-o', 'tiny.ncr'], project);
  expect(run('npx', ['--no', 'nacre', 'info', 'tiny.ncr'], project)).toContain('24×16');
});

describe.each(['node'])('example %s', (name) => {
  test('does what its README says', async () => {
    const folder = join(project, name);
    const source = join(ROOT, 'samples/tulips.png');
    expect(run('npm', ['start', '--silent', '--', source], folder)).toMatch(
      /^\d+×\d+ pixels in \d+/,
    );
    const made = ['photo.ncr', 'photo.png', 'detail.png', 'thumbnail.png'];
    expect(await readdir(folder)).toEqual(expect.arrayContaining(made));
  });
});

describe.skipIf(!CHROMIUM).each(['html', 'esbuild', 'vite', 'react'])('example %s', (name) => {
  let site: TestSite;
  beforeAll(async () => {
    const folder = join(project, name);
    const { scripts } = await manifestOf(folder);
    if (scripts?.build) run('npm', ['run', '--silent', 'build'], folder);
    site = await serveSite({ '/': scripts?.build ? join(folder, 'dist') : folder }, false);
  });
  afterAll(async () => {
    await site?.close();
  });

  test('compresses an image and shows it', async () => {
    const page = await site.open();
    await page.locator('input[type=file]').setInputFiles(join(ROOT, 'samples/tiny.png'));
    await page.locator('output', { hasText: /bytes became \d+ bytes/ }).waitFor();
    const width = await page.locator('nacre-image').evaluate(async (element) => {
      const image = element as HTMLElement & { decode(): Promise<void>; naturalWidth: number };
      await image.decode();
      return image.naturalWidth;
    });
    expect(width).toBe(24);
  });
});

describe.skipIf(!CHROMIUM)('example service-worker', () => {
  test('shows a .ncr file in <img>', async () => {
    const folder = join(project, 'service-worker');
    run('npm', ['run', '--silent', 'build'], folder);
    const site = await serveSite({ '/': join(folder, 'dist') }, false);
    try {
      const page = await site.open();
      await page.waitForFunction(() => document.images[0]?.naturalWidth === 500);
    } finally {
      await site.close();
    }
  });
});

test('every example is tested', async () => {
  expect((await examples()).toSorted()).toEqual([
    'esbuild',
    'html',
    'node',
    'react',
    'service-worker',
    'vite',
  ]);
});
