// Finding models: a damaged folder is in nobody's way, and nothing is read twice.

import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelError } from '@nacre/codec';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findByHash, findModel, listModels, readModelFolder } from './model-folders.js';

const TINY = fileURLToPath(new URL('../../../test/fixtures/tiny', import.meta.url));

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nacre-models-'));
  await cp(TINY, join(root, 'good'), { recursive: true });
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('damaged folders beside a good one', () => {
  beforeEach(async () => {
    for (const [name, json] of [
      ['half', '{"format": 2,'],
      ['later', '{"format": 3}'],
    ] as const) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, 'model.json'), json);
    }
    await mkdir(join(root, 'folder', 'model.json'), { recursive: true });
    await mkdir(join(root, 'empty'));
    await writeFile(join(root, 'package.json'), '{}');
  });

  test('are passed over, and told of', async () => {
    const damaged: ModelError[] = [];
    const models = await listModels({ root, onDamaged: (error) => damaged.push(error) });
    expect(models.map(({ description }) => description.id)).toEqual(['tiny']);
    expect(damaged.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^The model folder is damaged: .*model\.json cannot be read \(EISDIR\)/,
      ),
      expect.stringMatching(/^The model half is damaged: .*model\.json is not JSON/),
      expect.stringMatching(/^The model later is damaged: model\.json: format is not 2/),
    ]);
    await expect(listModels({ root })).resolves.toHaveLength(1);
  });

  test('keep no file from its model', async () => {
    const { hash } = await readModelFolder(TINY);
    const { folder } = await findByHash(hash.subarray(0, 8), root);
    expect(folder).toMatch(/good$/);
  });

  test('are named if one of them may be the one', async () => {
    const wanted = findByHash(new Uint8Array(8).fill(0xab), root);
    await expect(wanted).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringMatching(/^No model here has the hash (ab){8} \(.*half is damaged.*\)/),
    });
    await expect(wanted).rejects.toThrow(/^[^\n]*$/);
  });

  test('are an error to whoever asks for them', async () => {
    await expect(findModel(join(root, 'half'))).rejects.toMatchObject({ code: 'BAD_MODEL' });
    await expect(readModelFolder(join(root, 'later'))).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });
});

test('a folder is read once, by whatever path and however many at once, until it changes', async () => {
  const path = join(root, 'good', 'model.json');
  const [first, second, listed] = await Promise.all([
    readModelFolder(join(root, 'good')),
    readModelFolder(join(root, 'good', '.', '..', 'good')),
    listModels({ root }),
  ]);
  expect(second).toBe(first);
  expect(listed[0]).toBe(first);
  // A new time counts as a change, whatever the content.
  await utimes(path, new Date(), new Date(2020, 0));
  const third = await readModelFolder(join(root, 'good'));
  expect(third).not.toBe(first);
  expect(third.hash).toEqual(first.hash);
  await writeFile(path, (await readFile(path, 'utf8')).replace('"tiny"', '"small"'));
  expect((await readModelFolder(join(root, 'good'))).description.id).toBe('small');
});

test('a failure is not kept', async () => {
  const path = join(root, 'good', 'model.json');
  const text = await readFile(path);
  await writeFile(path, text.subarray(0, 100));
  await expect(readModelFolder(join(root, 'good'))).rejects.toMatchObject({ code: 'BAD_MODEL' });
  await writeFile(path, text);
  await expect(readModelFolder(join(root, 'good'))).resolves.toBeDefined();
});

test('no model at all', async () => {
  await rm(join(root, 'good'), { recursive: true });
  expect(await listModels({ root })).toEqual([]);
  await expect(findByHash(new Uint8Array(8), root)).rejects.toThrow(/and none is installed/);
  await expect(readModelFolder(join(root, 'good'))).rejects.toMatchObject({
    code: 'MODEL_MISSING',
  });
});
