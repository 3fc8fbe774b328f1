// scripts/setup.mjs on a clone whose tools are stand-ins: what it does about the training package's
// environment. It installs nothing.

import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SETUP = fileURLToPath(new URL('../scripts/setup.mjs', import.meta.url));
const VENV = 'packages/training/.venv';

/** A Python of an environment that writes down what is asked of it; its pip works, or is missing. */
const python = (pip: boolean) => `#!/bin/sh
echo "venv $*" >> log
[ ${pip ? 1 : 0} = 1 ]
`;

/** A Python that makes an environment with pip, as `-m venv --clear FOLDER`. */
const BASE = `#!/bin/sh
[ "$1" = -c ] && exit 0
echo "base $*" >> log
mkdir -p "$4/bin" && cp whole "$4/bin/python"
`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nacre-setup-'));
  await mkdir(join(root, 'scripts'));
  await copyFile(SETUP, join(root, 'scripts/setup.mjs'));
  await put('package-lock.json', '{"packages":{}}');
  await put('node_modules/.package-lock.json', '{"packages":{}}');
  await put('node_modules/typescript/bin/tsc', '');
  await put('packages/training/pyproject.toml', 'first');
  await put('whole', python(true));
  await put('path/python3', BASE);
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function put(path: string, text: string): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
}

/** Runs the script; gives what it asked of the Pythons, without the folders, and what it said. */
async function setup(): Promise<{ log: string[]; stderr: string }> {
  await put('log', '');
  const path = `${join(root, 'path')}${delimiter}${process.env.PATH}`;
  const options = { env: { ...process.env, PATH: path }, cwd: root, encoding: 'utf8' as const };
  const script = join(root, 'scripts/setup.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--python'], options);
  expect([status, stderr]).toEqual([0, stderr]);
  const lines = (await readFile(join(root, 'log'), 'utf8')).split('\n').filter(Boolean);
  return { log: lines.map((line) => line.split(' ').slice(0, 4).join(' ')), stderr };
}

const PROBE = 'venv -m pip --version';
const INSTALL = 'venv -m pip install';
const MAKE = 'base -m venv --clear';

describe.skipIf(process.platform === 'win32')('the Python environment', () => {
  test('is made where there is none, said with its size, and then left alone', async () => {
    const first = await setup();
    expect(first.log).toEqual([MAKE, INSTALL]);
    expect(first.stderr).toMatch(/packages\/training\/\.venv: about 5 GB .* a few minutes/);
    expect(await setup()).toEqual({ log: [], stderr: '' });
  });

  test('is made again if its making was broken off before it had pip', async () => {
    await put(join(VENV, 'bin/python'), python(false));
    expect((await setup()).log).toEqual([PROBE, MAKE, INSTALL]);
  });

  test('is kept, and only completed, if the installation was broken off or asks for more', async () => {
    await put(join(VENV, 'bin/python'), python(true));
    expect((await setup()).log).toEqual([PROBE, INSTALL]);
    await put('packages/training/pyproject.toml', 'second');
    expect((await setup()).log).toEqual([PROBE, INSTALL]);
  });
});
