// Kept images: of this very file, not too many bytes of them, and none when the cache fails.
import { expect, test } from 'vitest';
import { type CacheLike, DecodedCache } from './decoded-cache.js';

/** A cache in memory, in the order of insertion, as browsers have it. */
function memory() {
  const entries = new Map<string, Response>();
  const cache = {
    match: async (key: string | Request) => entries.get(String(key))?.clone(),
    put: async (key: string, response: Response) => void entries.set(key, response),
    delete: async (key: string) => entries.delete(key),
    keys: async () => [...entries.keys()],
  };
  return { entries, cache: cache as unknown as CacheLike };
}

const image = (bytes: number) => new Blob([new Uint8Array(bytes)], { type: 'image/png' });

test('gives what was made from this file, and on request from an older one', async () => {
  const { cache } = memory();
  const kept = new DecodedCache(async () => cache, 1000);
  await kept.put('a', 'one', image(10));
  expect((await kept.get('a', 'one'))?.headers.get('Content-Type')).toBe('image/png');
  expect((await (await kept.get('a', 'one'))!.blob()).size).toBe(10);
  expect(await kept.get('a', 'two')).toBeUndefined();
  expect(await kept.get('a')).toBeDefined();
  expect(await kept.get('b')).toBeUndefined();
});

test('the oldest go where there are too many bytes', async () => {
  const { cache, entries } = memory();
  const kept = new DecodedCache(async () => cache, 25);
  for (const name of ['a', 'b']) await kept.put(name, 'one', image(10));
  // The newer version of an image is a newer image.
  await kept.put('a', 'two', image(10));
  await kept.put('c', 'one', image(10));
  expect([...entries.keys()]).toEqual(['a', 'c']);
  await kept.put('d', 'one', image(30));
  expect([...entries.keys()]).toEqual([]);
});

test('a cache that fails keeps nothing, and that is all', async () => {
  const { cache } = memory();
  cache.put = () => Promise.reject(new Error('QuotaExceededError'));
  for (const open of [async () => cache, () => Promise.reject(new Error('SecurityError'))]) {
    const kept = new DecodedCache(open, 1000);
    await kept.put('a', 'one', image(1));
    expect(await kept.get('a')).toBeUndefined();
  }
});
