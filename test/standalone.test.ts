// packages/web without a bundler, in a real Chromium: the prebuilt files on a plain page, from another
// site, under policies; and what is said where something is missing or forbidden.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, encode } from '@nacre/codec';
import { loadModel } from '@nacre/node';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { CHROMIUM, STANDALONE, serveSite, type TestSite } from './browser.js';
import { photograph } from './images.js';
import { TINY } from './runtimes.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

test('every file fits a static host, and all together are small', async () => {
  const names = (await readdir(STANDALONE, { recursive: true })).filter((name) => /\./.test(name));
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(STANDALONE, name))).size),
  );
  console.info(`standalone: ${sizes.reduce((sum, size) => sum + size, 0)} bytes`);
  expect(Math.max(...sizes)).toBeLessThan(24 * 2 ** 20);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(12e6);
});

/** What shows `/a.ncr`, as pages do that load the package from some address. */
const pageOf = (address: string, settings = ''): string => `<!doctype html>
  <link rel="icon" href="data:," />
  <script type="module" src="/page.js"></script>
  <script type="application/json" id="settings">["${address}", {${settings}}]</script>
  <nacre-image src="/a.ncr" alt="A hill"></nacre-image>`;

/** A script that no policy against inline scripts forbids. */
const PAGE_SCRIPT = `
  const [address, settings] = JSON.parse(document.querySelector('#settings').textContent);
  globalThis.nacreScript = await import(address);
  globalThis.nacreScript.configure({ model: '/model/', device: 'wasm', ...settings });
  globalThis.ready = true;
`;

describe.skipIf(!CHROMIUM)('without a bundler', () => {
  let site: TestSite;
  let page: Page;
  beforeAll(async () => {
    site = await serveSite(
      {
        '/model/': TINY,
        '/nacre/': STANDALONE,
        '/web/': join(STANDALONE, '..'),
        '/codec/': join(STANDALONE, '../../../codec/dist'),
        '/modules/': join(STANDALONE, '../../../../node_modules'),
      },
      false,
    );
    const model = await loadModel({ model: TINY });
    site.put('/a.ncr', await encode(model, photograph(150, 90), { quality: 60 }));
    site.put('/page.js', PAGE_SCRIPT);
  });
  afterAll(async () => {
    await site?.close();
  });
  afterEach(() => page?.context().close());

  /** Opens a page and gives the image's width, or why there is none. */
  async function widthOn(html: string, headers: Readonly<Record<string, string>> = {}) {
    site.put('/page.html', html, { headers: { 'Content-Type': 'text/html', ...headers } });
    page = await site.open({ path: 'page.html' });
    await page.waitForFunction('globalThis.ready');
    return await page.evaluate(async () => {
      const image = document.querySelector('nacre-image')!;
      return await image.decode().then(
        () => image.naturalWidth,
        (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
      );
    });
  }

  test('a plain page shows an image, and encodes one', async () => {
    expect(await widthOn(pageOf('/nacre/nacre.js'))).toBe(150);
    const bytes = await page.evaluate(async () => {
      const codec = new nacreScript.WorkerCodec();
      const model = await codec.loadModel({ model: '/model/', device: 'wasm' });
      return [...(await codec.encode(new ImageData(20, 10), { model }))];
    });
    const decoded = await decode(await loadModel({ model: TINY }), Uint8Array.from(bytes));
    expect([decoded.width, decoded.height]).toEqual([20, 10]);
  });

  test('from another site, as from a CDN', async () => {
    const headers = {
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    };
    for (const name of await readdir(STANDALONE, { recursive: true })) {
      if (!/\./.test(name)) continue;
      site.put(`/cdn/${name}`, await readFile(join(STANDALONE, name)), { headers });
    }
    expect(await widthOn(pageOf(`${site.origin(false)}/cdn/nacre.js`))).toBe(150);
  });

  test('with an import map and the worker by its address', async () => {
    const imports = {
      '@nacre/codec': '/codec/index.js',
      '@nacre/codec/internal': '/codec/internal.js',
    };
    const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
    const html = pageOf('/web/element.js', '"worker": "/nacre/worker.js"');
    expect(await widthOn(html.replace('<script', `${map}<script`))).toBe(150);
  });

  test('under the policies that README.md names', async () => {
    const policy =
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:; " +
      "require-trusted-types-for 'script'; trusted-types nacre";
    for (const path of ['worker.js', 'nacre.js']) {
      site.put(`/strict/${path}`, await readFile(join(STANDALONE, path)), {
        headers: { 'Content-Type': 'text/javascript', 'Content-Security-Policy': policy },
      });
    }
    const html = pageOf('/strict/nacre.js', '"ortFolder": "/nacre/ort/"');
    // The address of a worker is all that Trusted Types is about here.
    expect(await widthOn(html, { 'Content-Security-Policy': policy })).toBe(150);
  });

  describe('says what is wrong and what to do', () => {
    const worker = '"worker": "/broken/worker.js"';
    const put = async (content: string | Uint8Array, headers: Record<string, string>) =>
      site.put('/broken/worker.js', content, {
        headers: {
          'Content-Type': 'text/javascript',
          'Cross-Origin-Embedder-Policy': 'require-corp',
          ...headers,
        },
      });

    test('where the policy of the worker blocks WebAssembly', async () => {
      const script = await readFile(join(STANDALONE, 'worker.js'));
      await put(script, { 'Content-Security-Policy': "script-src 'self'" });
      expect(
        await widthOn(pageOf('/nacre/nacre.js', `${worker}, "ortFolder": "/nacre/ort/"`)),
      ).toMatch(
        /^DEVICE_UNAVAILABLE: .*\(a Content Security Policy blocks WebAssembly\): add 'wasm-unsafe-eval' to script-src/,
      );
    });

    test('where the policy of the page blocks the worker, or the file', async () => {
      const policy = (directives: string) => ({ 'Content-Security-Policy': directives });
      expect(await widthOn(pageOf('/nacre/nacre.js'), policy("worker-src 'none'"))).toMatch(
        /^DEVICE_UNAVAILABLE: .*\(the page's Content Security Policy blocks it\): add 'self'.* to worker-src\.$/,
      );
      await page.context().close();
      expect(await widthOn(pageOf('/nacre/nacre.js'), policy("connect-src 'none'"))).toMatch(
        /^FETCH_FAILED: .*a\.ncr cannot be fetched \(.*Content Security Policy blocks it\): add http:.* to its connect-src\.$/,
      );
    });

    test.each([
      [
        'is not there',
        'none',
        {},
        /none\.js cannot be fetched: HTTP status 404\): check the address/,
      ],
      ['is of another type', '<html>', { 'Content-Type': 'text/html' }, /served as text\/html\)/],
      [
        'lacks the header of the page',
        'postMessage(1)',
        { 'Cross-Origin-Embedder-Policy': 'unsafe-none' },
        /served without Cross-Origin-Embedder-Policy/,
      ],
      ['fails', 'throw new Error("of its own")', {}, /cannot start \(.*of its own\)/],
    ] as const)('where the script of the worker %s', async (_, content, headers, message) => {
      await put(content, headers);
      const address = content === 'none' ? worker.replace('worker.js', 'none.js') : worker;
      const said = await widthOn(pageOf('/nacre/nacre.js', address));
      expect(said).toMatch(/^DEVICE_UNAVAILABLE: Nacre's worker cannot start \(/);
      expect(said).toMatch(message);
    });

    test('where another site does not let the page read the file', async () => {
      const html = pageOf('/nacre/nacre.js').replace('/a.ncr', `${site.origin(false)}/a.ncr`);
      // Only a page that is not isolated learns from an answer without CORS that there is one.
      site.put('/page.html', html);
      page = await site.open({ path: 'page.html' });
      const said = await widthOn(html);
      expect(said).toMatch(/^FETCH_FAILED: .*CORS.*Access-Control-Allow-Origin\.$/);
    });

    test('where the files of ONNX Runtime are not there', async () => {
      const html = pageOf('/nacre/nacre.js', '"ortFolder": "/nowhere/"');
      expect(await widthOn(html)).toMatch(
        /^FETCH_FAILED: .*\/nowhere\/ort.* cannot be fetched \(HTTP status 404\): check the address\.$/,
      );
    });
  });
});

declare global {
  var nacreScript: typeof nacre.client;
}
