// Tests versions of onnxruntime-node other than the pinned one: they must decode the samples to the same symbols,
// and to pixels at most 1 apart from those of the reference decoder. Installs each in a temporary folder:
// node scripts/setup.mjs --python && node scripts/ort-versions.mjs 1.26.0 1.27.0
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tests = ['test/golden.test.ts', 'test/reference-decoder.test.ts'];
const versions = process.argv.slice(2);
if (versions.length === 0) {
  console.error('Expected versions of onnxruntime-node, e.g. 1.26.0 1.27.0');
  process.exit(2);
}

const failed = versions.filter((version) => {
  console.log(`\n== onnxruntime-node ${version}`);
  const folder = mkdtempSync(join(tmpdir(), 'nacre-ort-'));
  const run = (command, args, cwd, env) =>
    spawnSync(command, args, {
      cwd,
      stdio: 'inherit',
      shell: process.platform === 'win32',
      env: { ...process.env, ...env },
    }).status === 0;
  try {
    // Without the CUDA libraries, which its install script would download.
    const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts'];
    if (!run('npm', [...install, `onnxruntime-node@${version}`], folder)) return true;
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const ort = join(folder, 'node_modules/onnxruntime-node');
    return !run(process.execPath, [vitest, 'run', ...tests], root, { NACRE_ORT: ort });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
console.log(failed.length === 0 ? '\nAll versions agree.' : `\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
