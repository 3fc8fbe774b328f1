// Prepares a fresh clone: npm packages, the build, with --web that of pages and, with --python, the virtual
// environment of the training package. Plain Node.js without dependencies, because it runs before anything is installed. It skips what has
// been done already, and prints to stderr only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';

/** Runs a command in the root, with its output on stderr. Exits if it fails. */
function run(command, args, hint) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: windows && command === 'npm',
  });
  if (status === 0) return;
  console.error(`setup: ${command} ${args.join(' ')} failed${error ? ` (${error.message})` : ''}.`);
  if (hint) console.error(`setup: ${hint}`);
  process.exit(1);
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Whether node_modules matches package-lock.json. */
function npmPackagesMatch() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, { version, link, optional, devOptional }]) => {
    const outside = !path.startsWith('node_modules/') && !path.includes('/node_modules/');
    if (outside || link) return true;
    if (!present[path]) return Boolean(optional || devOptional);
    return present[path].version === version;
  });
}

/** The first Python on the path that can run the training package (3.10 or later). */
function findPython() {
  const check = 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
  const names = windows ? ['python', 'py'] : ['python3', 'python'];
  return names.find((name) => spawnSync(name, ['-c', check]).status === 0);
}

if (!npmPackagesMatch()) {
  console.error('setup: installing the npm packages of package-lock.json into node_modules');
  run('npm', ['ci', '--include=dev'], 'You need npm 10 or later and access to a package registry.');
}
// Only the packages: the types of the tests are checked with the tests.
const packages = ['codec', 'node', 'compare', 'cli', 'web'].map((name) => join('packages', name));
run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', ...packages]);
// What pages load is bundled too: for tests in browsers, and for the viewer.
if (process.argv.includes('--web')) run(process.execPath, [join(root, 'packages/web/build.mjs')]);

if (process.argv.includes('--python')) {
  const training = join(root, 'packages/training');
  const venv = join(training, '.venv');
  const python = join(venv, windows ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(venv, 'installed.sha256');
  const wanted = createHash('sha256')
    .update(readFileSync(join(training, 'pyproject.toml')))
    .digest('hex');
  const installed = existsSync(python) && existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (installed !== wanted) {
    // Without pip, the environment was not completed and cannot be used.
    if (spawnSync(python, ['-m', 'pip', '--version']).status !== 0) {
      const base = findPython();
      if (!base) {
        console.error(
          'setup: The training tests need Python 3.10 or later. Install it and try again.',
        );
        process.exit(1);
      }
      console.error('setup: creating a Python virtual environment in packages/training/.venv');
      const hint = 'On Debian and Ubuntu: apt-get install python3-venv';
      run(base, ['-m', 'venv', '--clear', venv], hint);
    }
    console.error(
      'setup: installing packages/training with PyTorch, pytest and Ruff into ' +
        'packages/training/.venv: about 5 GB on Linux x64 (PyTorch includes CUDA), less elsewhere; ' +
        'this takes a few minutes',
    );
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    run(python, [...pip, '-e', `${training}[dev]`]);
    writeFileSync(stamp, wanted);
  }
}
