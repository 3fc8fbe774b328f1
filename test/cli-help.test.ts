// The help of every command: short enough for a screen, and true, as each of its examples runs.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { toBuffer, writeImage } from '@nacre/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { photograph } from './images.js';
import { NACRE, runNacre } from './nacre-command.js';

// Up to seven processes a test, half a second each on an idle machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const COMMANDS = ['', 'compress', 'decompress', 'info', 'view', 'compare', 'models', 'devices'];
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-help-'));
  // What the examples call nacre.
  await writeFile(
    join(folder, 'nacre'),
    `#!/bin/sh\nexec "${process.execPath}" "${NACRE}" "$@"\n`,
    {
      mode: 0o755,
    },
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function help(command: string): Promise<string> {
  const { stdout } = await runNacre([...(command ? [command] : []), '--help'], { folder });
  return stdout.toString();
}

test.each(COMMANDS)('nacre %s --help opens with examples, and fits a screen', async (command) => {
  const lines = (await help(command)).trimEnd().split('\n');
  expect(lines[0]).toBe('Examples:');
  expect(lines.length).toBeLessThanOrEqual(45);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('nacre --help has every exit code', async () => {
  expect(await help('')).toMatch(/\nExit codes.*\n {3}0 {2}[\s\S]*\n {2}17 {2}[^\n]+\n/);
});

test.skipIf(process.platform === 'win32').each(COMMANDS)(
  'every example of nacre %s --help runs',
  async (command) => {
    const examples = [...(await help(command)).matchAll(/^\$ (.+?)(?: {2,}#.*)?$/gm)].map(
      ([, line]) => line!,
    );
    expect(examples.length).toBeGreaterThan(0);
    const cwd = join(folder, command || 'all');
    await mkdir(join(cwd, 'photos'), { recursive: true });
    await mkdir(join(cwd, 'small'));
    const image = photograph(320, 240);
    const ncr = (await runNacre(['compress', '-'], { folder, input: await toBuffer(image, 'png') }))
      .stdout;
    for (const name of ['photo.jpg', 'a.png', 'b.png', 'photos/a.png'])
      await writeImage(join(cwd, name), image);
    // The others make these themselves, as their examples follow one another.
    if (command !== '' && command !== 'compress') {
      for (const name of ['photo.ncr', 'small/a.ncr']) await writeFile(join(cwd, name), ncr);
    }
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
    for (const example of examples) {
      // A server is interrupted, and opens no browser.
      const line = example.startsWith('nacre view')
        ? `timeout -s INT 5 ${example.replace(/(?: --no-open)?$/, ' --no-open')}; [ $? = 124 ]`
        : example;
      await run('sh', ['-c', line], { cwd, env });
    }
  },
);
