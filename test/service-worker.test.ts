// The service worker of packages/web in a real Chromium: .ncr files in <img>, <picture> and CSS, by one
// model, again from the cache, and without a network.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from '@nacre/codec';
import { loadModel } from '@nacre/node';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { CHROMIUM, STANDALONE, serveSite, type TestSite } from './browser.js';
import { photograph } from './images.js';
import { TINY } from './runtimes.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const pageOf = (body: string, address = '/service-worker.js') => `<!doctype html>
  <link rel="icon" href="data:," />
  <script type="module">
    import { registerServiceWorker } from '/nacre/nacre.js';
    globalThis.registered = registerServiceWorker('${address}?model=/model/&ort=/nacre/ort/');
  </script>
  ${body}`;

const PICTURE = `<picture>
  <source srcset="/a.ncr?picture" type="image/x-nacre" />
  <img src="/fallback.svg" alt="A hill" />
</picture>`;

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"></svg>';

describe.skipIf(!CHROMIUM)('the service worker', () => {
  let site: TestSite;
  let page: Page;
  beforeAll(async () => {
    site = await serveSite({ '/model/': TINY, '/nacre/': STANDALONE }, false);
    const file = await encode(await loadModel({ model: TINY }), photograph(150, 90), {
      quality: 60,
    });
    site.put('/a.ncr', file);
    site.put(
      '/damaged.ncr',
      Uint8Array.from(file, (byte, i) => (i === 99 ? byte ^ 1 : byte)),
    );
    site.put('/fallback.svg', SVG);
    const script = await readFile(join(STANDALONE, 'service-worker.js'));
    site.put('/service-worker.js', script, { headers: { 'Content-Type': 'text/javascript' } });
  });
  afterAll(async () => {
    await site?.close();
  });
  beforeEach(() => {
    site.forget();
    site.online = true;
  });
  afterEach(() => page?.context().close());

  async function open(html: string): Promise<boolean> {
    site.put('/page.html', html, { headers: { 'Content-Type': 'text/html' } });
    page = await site.open({ path: 'page.html' });
    return await registered();
  }

  const registered = () =>
    page.evaluate(() => (globalThis as unknown as { registered: Promise<boolean> }).registered);

  /** The widths of all images, once each has come or failed. */
  const widths = () =>
    page.evaluate(async () => {
      const images = [...document.images];
      await Promise.allSettled(images.map((image) => image.decode()));
      return images.map(({ naturalWidth }) => naturalWidth);
    });

  test('shows ten images and a picture with one load of the model, on the first visit', async () => {
    const images = Array.from({ length: 10 }, (_, i) => `<img src="/a.ncr?${i}" alt="">`).join('');
    expect(await open(pageOf(images + PICTURE))).toBe(true);
    await vi.waitFor(async () => expect(await widths()).toEqual(Array(11).fill(150)), {
      timeout: 60_000,
    });
    const count = (name: string) => site.requests.filter((path) => path.endsWith(name)).length;
    expect(['model.json', 'scales.onnx', 'synthesis.onnx', '.wasm.zst'].map(count)).toEqual([
      1, 1, 1, 1,
    ]);
  });

  test('CSS, links and scripts: decoded for what shows images, as it is for the rest', async () => {
    const style = '<style>div { width: 150px; height: 90px; background: url(/a.ncr?css) }</style>';
    await open(pageOf(`${style}<div></div>`));
    await page.reload();
    await registered();
    await page.waitForLoadState('networkidle');
    const colours = new Set(
      (await page.locator('div').screenshot()).subarray(0, 20_000).toString('latin1'),
    );
    expect(colours.size).toBeGreaterThan(100);
    const fetched = await page.evaluate(async () => {
      const bytes = new Uint8Array(await (await fetch('/a.ncr')).arrayBuffer());
      return [...bytes.subarray(1, 4)];
    });
    expect(String.fromCharCode(...fetched)).toBe('NCR');
    const response = await page.goto(`${site.origin()}/a.ncr`);
    expect(response!.headers()).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': "inline; filename*=UTF-8''a.png",
    });
  });

  test('what was decoded is kept, for visits without a network too', async () => {
    await open(pageOf('<img src="/a.ncr" alt="">'));
    await vi.waitFor(async () => expect(await widths()).toEqual([150]), { timeout: 60_000 });
    const again = (address: string) =>
      page.evaluate(async (address) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        return image.naturalWidth;
      }, address);
    await vi.waitFor(
      async () => {
        const kept = () =>
          page.evaluate(async () => (await (await caches.open('nacre-decoded-1')).keys()).length);
        expect(await kept()).toBe(1);
      },
      { timeout: 20_000 },
    );
    site.online = false;
    expect(await again('/a.ncr')).toBe(150);
  });

  test('a damaged file fails like any image, and the console says why', async () => {
    await open(pageOf(''));
    const said = new Promise<string>((heard) => {
      page.context().on('console', (message) => {
        if (/damaged/.test(message.text())) heard(message.text());
      });
    });
    const failed = await page.evaluate(async () => {
      const image = new Image();
      image.src = '/damaged.ncr';
      return await image.decode().catch((error: Error) => error.name);
    });
    expect(failed).toBe('EncodingError');
    expect(await said).toMatch(/is damaged: get a good copy/);
  });

  test("as a part of a site's own service worker", async () => {
    const own = `
      self.nacreIsPart = true;
      importScripts('/service-worker.js');
      self.addEventListener('activate', (event) => event.waitUntil(clients.claim()));
      self.addEventListener('fetch', (event) => {
        if (event.request.url.endsWith('/own')) event.respondWith(new Response('its own'));
      });`;
    site.put('/own.js', own, { headers: { 'Content-Type': 'text/javascript' } });
    expect(await open(pageOf('<img src="/a.ncr" alt="">', '/own.js'))).toBe(true);
    await vi.waitFor(async () => expect(await widths()).toEqual([150]), { timeout: 60_000 });
    expect(await page.evaluate(async () => await (await fetch('/own')).text())).toBe('its own');
  });

  test('where there is none, a picture shows its other source', async () => {
    expect(await open(pageOf(PICTURE, '/none.js'))).toBe(false);
    expect(await widths()).toEqual([7]);
  });
});
