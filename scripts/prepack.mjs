// Builds the package in the current folder from scratch before npm packs it, so that nothing an earlier
// build left in dist/ is published.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
  stdio: ['ignore', process.stderr, process.stderr],
  shell: process.platform === 'win32',
});
process.exitCode = status ?? 1;
