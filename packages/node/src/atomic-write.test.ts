// Whole files or none, also where the place is a link, a device or a folder that is not there.

import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { writeFileAtomic } from './atomic-write.js';

const files = vi.hoisted(() => ({ haveLinks: true }));
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  const link: typeof original.link = async (from, to) => {
    if (!files.haveLinks) throw Object.assign(new Error('link'), { code: 'EPERM' });
    await original.link(from, to);
  };
  return { ...original, link };
});

const BYTES = Uint8Array.of(1, 2, 3);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-write-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('writes a new file and leaves nothing else', async () => {
  await writeFileAtomic(join(folder, 'a'), BYTES);
  expect([...(await readFile(join(folder, 'a')))]).toEqual([1, 2, 3]);
  expect(await readdir(folder)).toEqual(['a']);
});

test('replaces a file and keeps its mode', async () => {
  const path = join(folder, 'a');
  await writeFile(path, 'old');
  await chmod(path, 0o600);
  await writeFileAtomic(path, BYTES);
  expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('does not replace a file that is to be kept', async () => {
  const path = join(folder, 'a');
  await writeFile(path, 'old');
  await expect(writeFileAtomic(path, BYTES, { overwrite: false })).rejects.toMatchObject({
    name: 'OutputError',
    code: 'OUTPUT_EXISTS',
  });
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['a']);
});

test('of many that write a new file at once, one does', async () => {
  const path = join(folder, 'a');
  const writers = Array.from({ length: 8 }, (_, i) =>
    writeFileAtomic(path, Uint8Array.of(i), { overwrite: false }),
  );
  const results = await Promise.allSettled(writers);
  const winners = [...results.keys()].filter((i) => results[i]!.status === 'fulfilled');
  expect([...(await readFile(path))]).toEqual(winners);
  for (const result of results) {
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject({ code: 'OUTPUT_EXISTS' });
  }
  expect(await readdir(folder)).toEqual(['a']);
});

test('keeps a file that is to be kept where there are no links', async () => {
  files.haveLinks = false;
  onTestFinished(() => {
    files.haveLinks = true;
  });
  const path = join(folder, 'a');
  await writeFileAtomic(path, BYTES, { overwrite: false });
  await expect(writeFileAtomic(path, Uint8Array.of(9), { overwrite: false })).rejects.toMatchObject(
    {
      code: 'OUTPUT_EXISTS',
    },
  );
  expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  expect(await readdir(folder)).toEqual(['a']);
});

test('writes through a link', async () => {
  await writeFile(join(folder, 'real'), 'old');
  await symlink('real', join(folder, 'link'));
  await writeFileAtomic(join(folder, 'link'), BYTES);
  expect([...(await readFile(join(folder, 'real')))]).toEqual([1, 2, 3]);
  expect((await readdir(folder)).sort()).toEqual(['link', 'real']);
});

test('a folder that is not there, and a folder in the place of the file, are errors', async () => {
  await expect(writeFileAtomic(join(folder, 'none', 'a'), BYTES)).rejects.toMatchObject({
    code: 'ENOENT',
    path: join(folder, 'none', 'a'),
  });
  await expect(writeFileAtomic(folder, BYTES)).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(folder)).toEqual([]);
});

test.skipIf(process.platform === 'win32')('a device is written to, not replaced', async () => {
  await writeFileAtomic('/dev/null', BYTES);
  expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
});
