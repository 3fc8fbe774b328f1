// Runs every check of the repository: types, formatting and lint, doc comments, vitest, Ruff, pytest. The last line,
// "N passed, N failed", adds up vitest and pytest. A step that fails without naming a failed test counts as
// one failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'nacre-test-'));
const windows = process.platform === 'win32';
let passed = 0;
let failed = 0;

/** Runs one step and adds the numbers that `count` reads from its report. */
function step(title, command, args, cwd, count) {
  console.log(`\n== ${title}`);
  const ok = spawnSync(command, args, { cwd, stdio: 'inherit' }).status === 0;
  const result = count?.() ?? { passed: 0, failed: 0 };
  passed += result.passed;
  failed += ok ? result.failed : Math.max(1, result.failed);
}

const bin = (path) => join(root, 'node_modules', path);
step('types', process.execPath, [bin('typescript/bin/tsc'), '-b'], root);
step('biome', process.execPath, [bin('@biomejs/biome/bin/biome'), 'check'], root);
step('TSDoc', process.execPath, ['check-comments.mjs'], join(root, 'docs'));
// npm installs it here, next to the TypeScript that it supports.
const typedoc = 'docs/node_modules/typedoc/bin/typedoc';
step('API reference', process.execPath, [join(root, typedoc)], join(root, 'docs'));

const vitestReport = join(reports, 'vitest.json');
const vitestArgs = ['run', '--reporter=default', '--reporter=json'];
step(
  'vitest',
  process.execPath,
  [bin('vitest/vitest.mjs'), ...vitestArgs, `--outputFile.json=${vitestReport}`],
  root,
  () => {
    if (!existsSync(vitestReport)) return undefined;
    const report = JSON.parse(readFileSync(vitestReport, 'utf8'));
    const broken = report.testResults.filter(
      (file) =>
        file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
    };
  },
);

const training = join(root, 'packages/training');
const python = join(training, '.venv', windows ? 'Scripts/python.exe' : 'bin/python');
step('ruff check', python, ['-m', 'ruff', 'check'], training);
step('ruff format', python, ['-m', 'ruff', 'format', '--check'], training);

const pytestReport = join(reports, 'pytest.xml');
step('pytest', python, ['-m', 'pytest', 'tests', `--junitxml=${pytestReport}`], training, () => {
  if (!existsSync(pytestReport)) return undefined;
  const suite = readFileSync(pytestReport, 'utf8').match(/<testsuite [^>]*>/)?.[0] ?? '';
  const read = (name) => Number(suite.match(new RegExp(` ${name}="(\\d+)"`))?.[1] ?? 0);
  const bad = read('failures') + read('errors');
  return { passed: read('tests') - read('skipped') - bad, failed: bad };
});

rmSync(reports, { recursive: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
