// What is kept comes back under the same key alone, and damage is as if nothing had been kept.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cache } from './cache.js';

let folder: string;
let cache: Cache;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-cache-'));
  cache = new Cache(join(folder, 'made/when/needed'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const key = ['image', 'jpeg', { quality: 50 }];

test('a result comes back, to another object too', async () => {
  expect(await cache.get(key)).toBeUndefined();
  await cache.set(key, { bytes: 12 });
  expect(await new Cache(cache.folder).get(key)).toEqual({ bytes: 12 });
});

test('any change of the key is another result', async () => {
  await cache.set(key, 1);
  expect(await cache.get(['image', 'jpeg', { quality: 51 }])).toBeUndefined();
  expect(await cache.get(['image', 'webp', { quality: 50 }])).toBeUndefined();
});

test('a damaged file is done again', async () => {
  await cache.set(key, 1);
  const [file] = (await readdir(cache.folder, { recursive: true })).filter((name) =>
    name.endsWith('.json'),
  );
  await writeFile(join(cache.folder, file!), '{"byt');
  expect(await cache.get(key)).toBeUndefined();
});

test('it lies where the system wants caches', () => {
  expect(new Cache().folder).toMatch(/nacre.+compare$|nacre[\\/]compare$/);
});
