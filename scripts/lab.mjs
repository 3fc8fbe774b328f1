// Runs the autoencoder laboratory with the Python environment of packages/training, in the folder that npm was
// called from.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const training = fileURLToPath(new URL('../packages/training', import.meta.url));
const windows = process.platform === 'win32';
const python = join(training, '.venv', windows ? 'Scripts/python.exe' : 'bin/python');
const { status } = spawnSync(python, ['-m', 'lab', ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD,
  env: { ...process.env, PYTHONPATH: training },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
