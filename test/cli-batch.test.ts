// Many files at once: folders, lists, parts, what is there already, and what is left when a run is killed.

import { spawn } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toBuffer } from '@nacre/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { photograph } from './images.js';
import { jsonLines, NACRE, type Result, runNacre } from './nacre-command.js';
import { TINY } from './runtimes.js';

const MODEL = ['--model', TINY];

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let root: string;
let folder: string;
let png: Uint8Array;
let jpg: Uint8Array;
let ncr: Uint8Array;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nacre-batch-'));
  png = await toBuffer(photograph(70, 50), 'png');
  jpg = await toBuffer(photograph(70, 50), 'jpg');
  ncr = (await runNacre(['compress', '-', ...MODEL], { folder: root, input: png })).stdout;
});
afterAll(async () => {
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'test-'));
  for (const name of ['', '2024/', '2024/may/', '2025/']) {
    await mkdir(join(folder, 'photos', name), { recursive: true });
    await writeFile(join(folder, 'photos', name, 'a.png'), png);
  }
});

async function nacre(args: readonly string[], input?: Uint8Array): Promise<Result> {
  return await runNacre([...args, ...MODEL], { folder, ...(input ? { input } : {}) });
}

/** All files below a folder of the test. */
async function tree(name: string): Promise<string[]> {
  const entries = await readdir(join(folder, name), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, name).length + 1))
    .sort();
}

const TREE = ['2024/a.ncr', '2024/may/a.ncr', '2025/a.ncr', 'a.ncr'];

describe('folders', () => {
  test('are searched, and their tree is kept, there and back', async () => {
    const made = await nacre(['compress', 'photos', '--out-dir', 'out']);
    expect([made.exit, made.stderr]).toEqual([0, '']);
    expect(made.stdout.toString()).toMatch(/\nCompressed 4 files: \d+ kB → \d+ B \(−\d+ %\)\.\n$/);
    expect(await tree('out')).toEqual(TREE);
    await nacre(['decompress', 'out', '--out-dir', 'back', '--format', 'webp']);
    expect(await tree('back')).toEqual(TREE.map((name) => name.replace('ncr', 'webp')));
  });

  test('what is not an image is passed over, and counted in one line', async () => {
    for (const name of ['notes.txt', '2024/movie.mp4', '.hidden.png', '.git']) {
      await writeFile(join(folder, 'photos', name), 'text');
    }
    await writeFile(join(folder, 'photos/unnamed'), png);
    await symlink('.', join(folder, 'photos/loop'));
    const { exit, stderr } = await nacre(['compress', 'photos', '--out-dir', 'out']);
    expect(exit).toBe(0);
    expect(stderr.split('\n').sort()).toEqual([
      '',
      'nacre: Skipped 1 link to folders.',
      'nacre: Skipped 2 files that are not images.',
    ]);
    expect(await tree('out')).toEqual([...TREE, 'unnamed.ncr']);
  });

  test('an output folder in it is not searched', async () => {
    await nacre(['compress', 'photos', '--out-dir', 'photos/small']);
    expect(await tree('photos/small')).toEqual(TREE);
    const again = await nacre(['decompress', 'photos', '--out-dir', 'photos/small/back']);
    expect([again.exit, (await tree('photos/small/back')).length]).toEqual([0, 4]);
  });

  test('without an output folder, outputs are next to their inputs', async () => {
    await nacre(['compress', 'photos']);
    expect((await tree('photos')).filter((name) => name.endsWith('.ncr'))).toEqual(TREE);
  });

  test('files of one name and two formats have outputs of two names', async () => {
    await writeFile(join(folder, 'photos/a.jpg'), jpg);
    await nacre(['compress', 'photos', '--out-dir', 'out']);
    expect(await tree('out')).toEqual([
      '2024/a.ncr',
      '2024/may/a.ncr',
      '2025/a.ncr',
      'a.jpg.ncr',
      'a.png.ncr',
    ]);
  });

  test('named files of one name in different folders', async () => {
    const args = ['photos/2024/a.png', 'photos/2025/a.png', '--out-dir', 'out'];
    expect((await nacre(['compress', ...args])).exit).toBe(0);
    expect(await tree('out')).toEqual(['2024/a.ncr', '2025/a.ncr']);
  });

  test('patterns that no shell has expanded', async () => {
    await nacre(['compress', 'photos/202?/*.png', '--out-dir', 'out']);
    expect(await tree('out')).toEqual(['2024/a.ncr', '2025/a.ncr']);
    const none = await nacre(['compress', 'photos/*.gif', '--out-dir', 'out']);
    expect([none.exit, none.stderr]).toEqual([
      3,
      expect.stringContaining('photos/*.gif: There is no such'),
    ]);
  });

  test('a file that fails does not stop the others, whatever the number of jobs', async () => {
    await writeFile(join(folder, 'photos/2024/bad.jpg'), jpg.subarray(0, 300));
    for (const jobs of ['1', '3']) {
      const made = await nacre(['compress', 'photos', '--out-dir', `out${jobs}`, '--jobs', jobs]);
      expect(made.exit).toBe(5);
      expect(made.stdout.toString()).toMatch(/Compressed 4 files: .*; failed 1\.\n$/);
      expect(await tree(`out${jobs}`)).toEqual(TREE);
      for (const name of TREE)
        expect(await readFile(join(folder, `out${jobs}`, name))).toEqual(Buffer.from(ncr));
    }
  });
});

describe('outputs that are there', () => {
  test('are skipped if they are complete, and otherwise made again', async () => {
    await nacre(['compress', 'photos', '--out-dir', 'out']);
    const whole = join(folder, 'out/a.ncr');
    await utimes(whole, 1, 1);
    await writeFile(join(folder, 'out/2024/a.ncr'), ncr.subarray(0, 100));
    await writeFile(join(folder, 'out/2025/a.ncr'), '');
    await rm(join(folder, 'out/2024/may/a.ncr'));
    const args = ['compress', 'photos', '--out-dir', 'out', '--skip-existing', '--json'];
    const files = jsonLines(await nacre(args));
    const status = files.map(({ output, status }) => `${output} ${status}`);
    expect(status.sort()).toEqual([
      `${join('out', '2024/a.ncr')} done`,
      `${join('out', '2024/may/a.ncr')} done`,
      `${join('out', '2025/a.ncr')} done`,
      `${join('out', 'a.ncr')} skipped`,
    ]);
    for (const name of TREE)
      expect(await readFile(join(folder, 'out', name))).toEqual(Buffer.from(ncr));
    expect((await stat(whole)).mtimeMs).toBe(1000);
  });

  test('images, too', async () => {
    await nacre(['compress', 'photos', '--out-dir', 'out']);
    await nacre(['decompress', 'out', '--out-dir', 'back']);
    await writeFile(
      join(folder, 'back/a.png'),
      (await readFile(join(folder, 'back/a.png'))).subarray(0, 999),
    );
    const files = jsonLines(
      await nacre(['decompress', 'out', '--out-dir', 'back', '--skip-existing', '--json']),
    );
    expect(files.map(({ status }) => status).sort()).toEqual([
      'done',
      'skipped',
      'skipped',
      'skipped',
    ]);
  });

  test('and are something else are left alone', async () => {
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out/a.ncr'), 'my diary');
    const { exit } = await nacre([
      'compress',
      'photos/a.png',
      '--out-dir',
      'out',
      '--skip-existing',
    ]);
    expect([exit, await readFile(join(folder, 'out/a.ncr'), 'utf8')]).toEqual([14, 'my diary']);
  });
});

test('--keep-time gives outputs the time of their inputs', async () => {
  await utimes(join(folder, 'photos/a.png'), 1e9, 1e9);
  await nacre(['compress', 'photos/a.png', '--keep-time']);
  expect((await stat(join(folder, 'photos/a.ncr'))).mtimeMs).toBe(1e12);
});

describe('lists of files', () => {
  test('from a file', async () => {
    await writeFile(join(folder, 'list'), 'photos/a.png\r\n\nphotos/2024\nnone.png\n');
    const { exit, stderr } = await nacre(['compress', '--files-from', 'list', '--out-dir', 'out']);
    expect([exit, stderr]).toEqual([
      3,
      'nacre: none.png: There is no such file or folder: check the name.\n',
    ]);
    expect(await tree('out')).toEqual([
      'photos/2024/a.ncr',
      'photos/2024/may/a.ncr',
      'photos/a.ncr',
    ]);
  });

  test('a list that is not there', async () => {
    const { exit, stderr } = await nacre(['compress', '--files-from', 'none']);
    expect([exit, stderr]).toEqual([
      3,
      'nacre: none: There is no such file or folder: check the name.\n',
    ]);
  });

  test('from a program that waits for each result before it names the next file', async () => {
    const args = [
      'compress',
      '--files-from',
      '-',
      '--out-dir',
      'out',
      '--json',
      '--jobs',
      '1',
      ...MODEL,
    ];
    const child = spawn(process.execPath, [NACRE, ...args], { cwd: folder });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const name of ['photos/a.png', 'none.png', 'photos/2025/a.png', 'photos/a.png']) {
      child.stdin.write(`${name}\n`);
      const { value } = await lines.next();
      const wanted = name === 'none.png' ? 3 : (await tree('out')).length < 1 ? 14 : undefined;
      expect(JSON.parse(value)).toMatchObject({
        input: name,
        ...(wanted === undefined ? {} : { exitCode: wanted }),
      });
    }
    child.stdin.end();
    const exit = await new Promise((done) => {
      child.on('close', done);
    });
    expect([exit, await tree('out')]).toEqual([3, ['photos/2025/a.ncr', 'photos/a.ncr']]);
  });
});

test('parts share all files among them, the same way each time', async () => {
  for (let i = 0; i < 20; i++) await writeFile(join(folder, `photos/${i}.png`), png);
  const parts = await Promise.all(
    [1, 2, 3].map(async (part) => {
      const out = `out${part}`;
      await nacre(['compress', 'photos', '--out-dir', out, '--shard', `${part}/3`, '--jobs', '1']);
      return await tree(out).catch(() => []);
    }),
  );
  expect(parts.flat().sort()).toHaveLength(24);
  expect(new Set(parts.flat()).size).toBe(24);
  for (const part of parts) expect(part.length).toBeGreaterThan(2);
  // Given as a list, the same files are in the same part.
  const list = (await tree('photos')).map((name) => `${name}\n`).join('');
  const listed = await runNacre(
    [
      'compress',
      '--files-from',
      '-',
      '--out-dir',
      '../list',
      '--shard',
      '2/3',
      '--jobs',
      '1',
      ...MODEL,
    ],
    { folder: join(folder, 'photos'), input: Buffer.from(list) },
  );
  expect([listed.exit, await tree('list')]).toEqual([0, parts[1]]);
});

test.skipIf(process.platform === 'win32')(
  'a run that was killed is resumed, and leaves no trace',
  async () => {
    for (let i = 0; i < 40; i++) await writeFile(join(folder, `photos/${i}.png`), png);
    const args = [
      'compress',
      'photos',
      '--out-dir',
      'out',
      '--skip-existing',
      '--jobs',
      '2',
      ...MODEL,
    ];
    const killed = spawn(process.execPath, [NACRE, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((done) => {
      killed.stdout.once('data', done);
    });
    killed.kill('SIGKILL');
    await new Promise((done) => {
      killed.on('close', done);
    });
    // As a process leaves it that is killed while it writes.
    await writeFile(join(folder, `out/.nacre-${'0'.repeat(8)}-1-${'0'.repeat(12)}.tmp`), 'part');
    await utimes(join(folder, `out/.nacre-${'0'.repeat(8)}-1-${'0'.repeat(12)}.tmp`), 1, 1);
    expect((await runNacre(args, { folder })).exit).toBe(0);
    const names = await tree('out');
    expect(names).toHaveLength(44);
    for (const name of names)
      expect(await readFile(join(folder, 'out', name))).toEqual(Buffer.from(ncr));
  },
);
