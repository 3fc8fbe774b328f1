// Each failure has its own reason and remedy; those that only browsers produce are in test/element.test.ts.
import { afterEach, expect, test, vi } from 'vitest';
import { FetchFailure, fetchResponse } from './fetch-failure.js';

const URL_ELSEWHERE = 'https://example.org/a.ncr';

afterEach(() => {
  vi.unstubAllGlobals();
});

async function sentenceOf(url: string): Promise<string> {
  const failure = await fetchResponse(url).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FetchFailure);
  return (failure as FetchFailure).sentence(url);
}

test.each([
  [404, 'HTTP status 404): check the address.'],
  [403, 'HTTP status 403): check that this page may read it.'],
  [503, 'HTTP status 503): try again later.'],
])('status %i', async (status, end) => {
  vi.stubGlobal('fetch', async () => new Response('', { status }));
  expect(await sentenceOf(URL_ELSEWHERE)).toBe(`${URL_ELSEWHERE} cannot be fetched (${end}`);
});

test.each([
  ['https://example.org/', URL_ELSEWHERE, /the connection failed\): check the connection/],
  ['https://example.com/', URL_ELSEWHERE, /or CORS forbids it\).*Access-Control-Allow-Origin\.$/],
  ['https://example.com/', 'http://example.org/a', /over HTTP\): use its HTTPS address\.$/],
])('no response, on %s for %s', async (page, url, expected) => {
  vi.stubGlobal('location', new URL(page));
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  expect(await sentenceOf(url)).toMatch(expected);
});

test('a server that answers, but not to this page', async () => {
  vi.stubGlobal('location', new URL('https://example.com/'));
  vi.stubGlobal('fetch', async (_: string, { mode }: RequestInit) => {
    if (mode !== 'no-cors') throw new TypeError('Failed to fetch');
    return new Response();
  });
  expect(await sentenceOf(URL_ELSEWHERE)).toMatch(/\(CORS\)\): have its server send the header/);
});

test('what is given up throws the reason for that', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('aborted')));
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(fetchResponse(URL_ELSEWHERE, { signal })).rejects.toThrow('enough');
});
