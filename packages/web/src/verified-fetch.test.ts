// Nothing is used that has another hash, wherever it comes from, and a cache that fails is no failure.

import { afterEach, expect, test, vi } from 'vitest';
import { fetchVerified, sha256Of } from './verified-fetch.js';

const URL = 'https://example.org/a';
const GOOD = Uint8Array.of(1, 2, 3);
const BAD = Uint8Array.of(9);
const SHA256 = await sha256Of(GOOD);

/** A cache in memory in place of the browser's, and a network that answers in turn. */
function world(stored: Uint8Array<ArrayBuffer> | undefined, ...answers: Response[]) {
  const entries = new Map(stored ? [[`https://nacre.invalid/${SHA256}`, stored]] : []);
  const cache = {
    match: async (key: string) => entries.has(key) && new Response(entries.get(key)),
    put: async (key: string, response: Response) => {
      entries.set(key, new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (key: string) => entries.delete(key),
  };
  vi.stubGlobal('caches', { open: async () => cache });
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => {
    const answer = answers.shift();
    if (!answer) throw new TypeError('offline');
    return answer;
  });
  vi.stubGlobal('fetch', fetch);
  return { entries, fetch, cache };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('is fetched once, then comes from the cache', async () => {
  const { fetch } = world(undefined, new Response(GOOD));
  expect(await fetchVerified(URL, SHA256)).toEqual(GOOD);
  expect(await fetchVerified(URL, SHA256)).toEqual(GOOD);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('a cached file that was changed is fetched again', async () => {
  const { entries, fetch } = world(BAD, new Response(GOOD));
  expect(await fetchVerified(URL, SHA256)).toEqual(GOOD);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect([...entries.values()]).toEqual([GOOD]);
});

test("an older version in the browser's own cache is passed by", async () => {
  const { fetch } = world(undefined, new Response(BAD), new Response(GOOD));
  expect(await fetchVerified(URL, SHA256)).toEqual(GOOD);
  expect(fetch.mock.calls.map(([, { cache }]) => cache)).toEqual(['default', 'reload']);
});

test('what has another hash is refused and not kept', async () => {
  const { entries } = world(undefined, new Response(BAD), new Response(BAD));
  await expect(fetchVerified(URL, SHA256)).rejects.toThrow('its SHA-256 is not the one expected');
  expect(entries.size).toBe(0);
});

test('what cannot be had says why', async () => {
  world(undefined, new Response('', { status: 503 }));
  await expect(fetchVerified(URL, SHA256)).rejects.toThrow('HTTP status 503');
  await expect(fetchVerified(URL, SHA256)).rejects.toThrow('the connection failed');
  vi.stubGlobal('crypto', {});
  world(undefined, new Response(GOOD));
  await expect(fetchVerified(URL, SHA256)).rejects.toThrow('HTTPS or localhost');
});

test('without a cache, or with a full one, it works all the same', async () => {
  const { cache } = world(undefined, new Response(GOOD), new Response(GOOD));
  cache.put = () => Promise.reject(new Error('QuotaExceededError'));
  expect(await fetchVerified(URL, SHA256)).toEqual(GOOD);
  vi.stubGlobal('caches', { open: () => Promise.reject(new Error('SecurityError')) });
  expect(await fetchVerified(URL, SHA256)).toEqual(GOOD);
});
