// The main paths in a real Firefox: the element, the worker and the service worker. What each does in every
// detail is tested in Chromium.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, encode, type Model } from '@nacre/codec';
import { loadModel } from '@nacre/node';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { STANDALONE, serveSite, type TestSite } from './browser.js';
import { FIREFOX, openPage, startFirefox } from './firefox.js';
import { photograph, worstDifference } from './images.js';
import { TINY } from './runtimes.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const PAGE = `<!doctype html>
  <link rel="icon" href="data:," />
  <script type="module">
    import * as script from '/nacre/nacre.js';
    script.configure({ model: '/model/', device: 'wasm' });
    globalThis.nacreScript = script;
    if (location.hash === '#service-worker') {
      script.registerServiceWorker('/service-worker.js?model=/model/&ort=/nacre/ort/');
    }
  </script>`;

describe.skipIf(!FIREFOX)('in Firefox', () => {
  let site: TestSite;
  let browser: Browser;
  let model: Model;
  let file: Uint8Array;
  let page: Page;
  beforeAll(async () => {
    site = await serveSite({ '/model/': TINY, '/nacre/': STANDALONE }, false);
    model = await loadModel({ model: TINY });
    file = await encode(model, photograph(150, 90), { quality: 60 });
    site.put('/a.ncr', file);
    site.put(
      '/damaged.ncr',
      Uint8Array.from(file, (byte, i) => (i === 99 ? byte ^ 1 : byte)),
    );
    const script = await readFile(join(STANDALONE, 'service-worker.js'));
    site.put('/service-worker.js', script, { headers: { 'Content-Type': 'text/javascript' } });
    browser = await startFirefox();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  afterEach(() => page?.browserContext().close());

  async function open(body: string, hash = ''): Promise<void> {
    site.put('/page.html', PAGE + body, { headers: { 'Content-Type': 'text/html' } });
    page = await openPage(browser, `${site.origin()}/page.html${hash}`);
    await page.waitForFunction('globalThis.nacreScript');
  }

  test('the element shows the pixels that Node decodes, sized like an image', async () => {
    await open('<nacre-image src="/a.ncr" alt="A hill" style="width: 300px"></nacre-image>');
    const shown = await page.evaluate(async () => {
      const image = document.querySelector('nacre-image')!;
      await image.decode();
      const context = new OffscreenCanvas(150, 90).getContext('2d')!;
      context.drawImage(image.shadowRoot!.querySelector('img')!, 0, 0);
      const { data } = context.getImageData(0, 0, 150, 90);
      const { offsetWidth, offsetHeight, naturalWidth, complete } = image;
      return {
        sizes: [offsetWidth, offsetHeight, naturalWidth, Number(complete)],
        data: [...data],
      };
    });
    expect(shown.sizes).toEqual([300, 180, 150, 1]);
    const rgb = shown.data.filter((_, i) => i % 4 !== 3);
    expect(worstDifference(rgb, (await decode(model, file)).data)).toBeLessThanOrEqual(1);
  });

  test('what is wrong with a file is said, and its children show', async () => {
    await open('<nacre-image src="/damaged.ncr"><p>Another image</p></nacre-image>');
    const outcome = await page.evaluate(async () => {
      const image = document.querySelector('nacre-image')!;
      const error = await image.decode().catch((error: Error) => error);
      return [(error as Error).message, String(document.querySelector('p')!.checkVisibility())];
    });
    expect(outcome).toEqual([expect.stringMatching(/is damaged: get a good copy/), 'true']);
  });

  test('the worker encodes what Node decodes, in threads', async () => {
    await open('');
    const bytes = await page.evaluate(async () => {
      const codec = new nacreScript.WorkerCodec();
      const model = await codec.loadModel({ model: '/model/', device: 'wasm', threads: 2 });
      const image = new ImageData(new Uint8ClampedArray(4 * 20 * 10).fill(200), 20, 10);
      return [...(await codec.encode(image, { model, quality: 90 }))];
    });
    const { width, height, data } = await decode(model, Uint8Array.from(bytes));
    expect([width, height]).toEqual([20, 10]);
    expect(data.reduce((sum, value) => sum + value, 0) / data.length).toBeCloseTo(200, -1);
  });

  test('the service worker shows images and pictures', async () => {
    const picture =
      '<picture><source srcset="/a.ncr?2" type="image/x-nacre"><img alt=""></picture>';
    await open(`<img src="/a.ncr" alt="">${picture}`, '#service-worker');
    await vi.waitFor(
      async () => {
        const widths = await page.evaluate(() =>
          [...document.images].map(({ naturalWidth }) => naturalWidth),
        );
        expect(widths).toEqual([150, 150]);
      },
      { timeout: 120_000, interval: 500 },
    );
  });
});
