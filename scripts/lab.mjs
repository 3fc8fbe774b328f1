// Runs the autoencoder laboratory of packages/training with that package's own Python.
// Paths on the command line are taken from where npm was called.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const training = fileURLToPath(new URL('../packages/training', import.meta.url));
const windows = process.platform === 'win32';
const python = join(training, '.venv', windows ? 'Scripts/python.exe' : 'bin/python');
const from = process.env.INIT_CWD ?? process.cwd();
const paths = ['--photographs', '--out'];
const args = process.argv
  .slice(2)
  .map((arg, i, all) => (paths.includes(all[i - 1]) ? resolve(from, arg) : arg));
const { status } = spawnSync(python, ['-m', 'nacre.lab', ...args], {
  cwd: training,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
