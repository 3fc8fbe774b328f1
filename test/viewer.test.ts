// The viewer in a real Chromium, with the tiny model: what a person does, by mouse and by keyboard, and
// what the page must not do. Its arithmetic has its own tests beside the source.

import { readFile } from 'node:fs/promises';
import { decode, encode, type Model, psnr, type RawImage } from '@nacre/codec';
import { DEFAULT_MODEL, loadModel, toBuffer } from '@nacre/node';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { CHROMIUM, startSite, type TestSite } from './browser.js';
import { photograph } from './images.js';
import { TINY } from './runtimes.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** How long the page may take for anything, on a machine that is busy with other things. */
const PATIENCE = { timeout: 90_000 };

describe.skipIf(!CHROMIUM)('the viewer', () => {
  let site: TestSite;
  let model: Model;
  let image: RawImage;
  let png: Uint8Array;
  let ncr: Uint8Array;
  let page: Page;
  beforeAll(async () => {
    site = await startSite(
      { [`/models/${DEFAULT_MODEL}/`]: TINY },
      'packages/viewer/vite.config.ts',
    );
    model = await loadModel({ model: TINY });
    image = photograph(300, 200);
    png = await toBuffer(image, 'png');
    ncr = await encode(model, image, { quality: 60 });
    site.put('/samples/raccoon.png', await toBuffer(photograph(150, 90), 'png'));
    site.put('/file/a.ncr', ncr);
    site.put('/file/damaged.ncr', damaged(ncr));
  });
  afterAll(async () => {
    await site?.close();
  });
  beforeEach(() => {
    site.online = true;
  });
  afterEach(() => page?.context().close());

  /** Opens the page, without the software adapter that would be taken for a GPU. */
  async function open(query = '', viewport = { width: 1280, height: 800 }): Promise<void> {
    page = await site.open({ path: `?device=wasm${query}`, viewport });
    page.setDefaultTimeout(PATIENCE.timeout);
  }

  /** Waits until nothing is being done and both sides are labelled so. */
  async function settled(nacre: RegExp, beside: RegExp | '' = /^JPEG/): Promise<void> {
    const texts = () =>
      Promise.all(['#nacre-label', '#beside-label'].map((id) => page.locator(id).textContent()));
    await vi.waitFor(async () => {
      expect(await page.locator('#progress').isHidden()).toBe(true);
      const [left, right] = await texts();
      expect(left).toMatch(nacre);
      if (beside === '') expect(right).toBe('');
      else expect(right).toMatch(beside);
    }, PATIENCE);
  }

  /** Drops a file on the page, as from a file manager. */
  async function drop(bytes: Uint8Array, name: string): Promise<void> {
    await page.evaluate(
      ([bytes, name]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], name));
        for (const type of ['dragover', 'drop']) {
          const options = { dataTransfer, bubbles: true, cancelable: true };
          document.querySelector('#stage')!.dispatchEvent(new DragEvent(type, options));
        }
      },
      [new Uint8Array(bytes), name] as const,
    );
  }

  /** A cell of the table of numbers. */
  async function number(row: string, column: 'Nacre' | 'other' = 'Nacre'): Promise<string> {
    const cells = page.getByRole('row', { name: row }).getByRole('cell');
    return (await cells.nth(column === 'Nacre' ? 0 : 1).textContent()) ?? '';
  }

  /** What the button saves. */
  async function saved(button: string): Promise<{ name: string; bytes: Uint8Array }> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  /** How many pixels of its image a side shows, from the bottom left of the stage. */
  const scaleOf = (side: string): Promise<string> =>
    page.evaluate((side) => {
      const canvas = document.querySelector(`${side} canvas`)!;
      return getComputedStyle(canvas).transform;
    }, side);

  test('by mouse: drop, quality, compare, split, zoom, inspect, save', async () => {
    await open();
    await settled(/^Nacre/);
    expect(await page.locator('#name').textContent()).toBe('raccoon.png · 150 × 90');

    await drop(png, 'hill.png');
    await vi.waitFor(
      async () => expect(await page.locator('#name').textContent()).toBe('hill.png · 300 × 200'),
      PATIENCE,
    );
    await settled(/^Nacre/);
    const [before, jpeg] = [await number('Size'), await number('Size', 'other')];
    // Within a step of JPEG's quality.
    expect(Number.parseFloat(jpeg) / Number.parseFloat(before)).toBeCloseTo(1, 0);

    // Only the last of several movements counts.
    for (const value of ['70', '75', '80']) await page.getByLabel('Quality').fill(value);
    await vi.waitFor(async () => expect(await number('Quality')).toBe('80'), PATIENCE);
    await settled(/^Nacre/);
    expect(await number('Size')).not.toBe(before);

    const file = await saved('Save .ncr');
    expect(file.name).toBe('hill.ncr');
    const decoded = await decode(model, file.bytes);
    expect(await number('PSNR')).toBe(`${psnr(image, decoded).toFixed(2)} dB`);
    const savedPng = await saved('Save PNG');
    expect(savedPng.name).toBe('hill.png');
    expect([...savedPng.bytes.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);

    await page.getByText('WebP', { exact: true }).click();
    await settled(/^Nacre/, /^WebP/);
    await page.locator('#match').getByText('PSNR').click();
    await vi.waitFor(async () => {
      const [ours, theirs] = [await number('PSNR'), await number('PSNR', 'other')];
      expect(Math.abs(Number.parseFloat(ours) - Number.parseFloat(theirs))).toBeLessThan(1.5);
    }, PATIENCE);
    await page.getByText('Original', { exact: true }).click();
    await settled(/^Nacre/, /^Original$/);

    const split = page.getByRole('slider', { name: /Split/ });
    const { x, y, width, height } = (await split.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 - 240, y + height / 2, { steps: 4 });
    await page.mouse.up();
    expect(Number(await split.getAttribute('aria-valuenow'))).toBe(25);

    const whole = await scaleOf('#nacre');
    await page.mouse.move(500, 400);
    await page.mouse.wheel(0, -900);
    await vi.waitFor(async () => expect(await scaleOf('#nacre')).not.toBe(whole), PATIENCE);
    const zoomed = await scaleOf('#nacre');
    await page.mouse.down();
    await page.mouse.move(540, 430, { steps: 3 });
    await page.mouse.up();
    expect(await scaleOf('#nacre')).not.toBe(zoomed);
    expect(await scaleOf('#beside')).toBe(await scaleOf('#nacre'));

    await page.getByText('Bits', { exact: true }).click();
    await page.getByText('4 bits per pixel').waitFor();
    await page.getByText('Error', { exact: true }).click();
    await page.getByText('24 of 255, or more').waitFor();
    await page.getByText('Header and sections').click();
    await page.getByText('Section TILE').waitFor();
    expect(await page.getByRole('alert').isHidden()).toBe(true);
  });

  test('by keyboard alone', async () => {
    await open();
    await settled(/^Nacre/);
    const focused = () =>
      page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
    const order: (string | undefined)[] = [];
    for (let i = 0; i < 13; i++) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).toEqual([
      'open',
      'save-ncr',
      'save-png',
      'stage',
      'split',
      'zoom-out',
      'zoom',
      'zoom-in',
      'quality',
      'INPUT',
      'INPUT',
      'INPUT',
      'SUMMARY',
    ]);

    await page.locator('#split').focus();
    for (const key of ['ArrowLeft', 'PageUp', 'ArrowRight']) await page.keyboard.press(key);
    expect(await page.locator('#split').getAttribute('aria-valuenow')).toBe('60');
    await page.keyboard.press('End');
    expect(await page.locator('#split').getAttribute('aria-valuetext')).toBe('100 % Nacre');

    await page.locator('#stage').focus();
    await page.keyboard.press('1');
    expect(await page.locator('#zoom').textContent()).toBe('100 %');
    for (let i = 0; i < 6; i++) await page.keyboard.press('+');
    const zoomed = await scaleOf('#nacre');
    await page.keyboard.press('ArrowRight');
    expect(await scaleOf('#nacre')).not.toBe(zoomed);
    await page.keyboard.press('0');
    expect(await page.locator('#zoom').textContent()).toBe('100 %');

    await page.locator('#quality').focus();
    await page.keyboard.press('Home');
    await vi.waitFor(async () => expect(await number('Quality')).toBe('1'), PATIENCE);
    await settled(/^Nacre/);
    await page.locator('input[name=beside]:checked').focus();
    await page.keyboard.press('ArrowRight');
    await settled(/^Nacre/, /^WebP/);
  });

  test('a .ncr file from the address is shown alone, and an image can follow it', async () => {
    await open('&src=file%2Fa.ncr');
    await settled(/^Nacre · [\d.]+ k?B$/, '');
    expect(await number('Quality')).toBe('60');
    expect(await page.locator('#alone').isVisible()).toBe(true);
    expect(await page.locator('#split').isHidden()).toBe(true);
    expect(await page.locator('#quality').isDisabled()).toBe(true);
    expect((await saved('Save .ncr')).bytes).toEqual(Buffer.from(ncr));
    await drop(png, 'hill.png');
    await settled(/^Nacre .* dB$/);
    expect(await page.locator('#quality').isDisabled()).toBe(false);
  });

  test.each([
    ['file/damaged.ncr', /is damaged: get a good copy of (the file|it)\.$/],
    ['file/none.ncr', /^none\.ncr cannot be fetched \(HTTP status 404\): check the address\.$/],
    ['https://example.org/a.ncr', /lies on another site.*: save it and drop it here\.$/],
  ])('says what is wrong with %s', async (src, message) => {
    await open(`&src=${encodeURIComponent(src)}`);
    await vi.waitFor(
      async () => expect(await page.locator('#error p').textContent()).toMatch(message),
      PATIENCE,
    );
    expect(await page.locator('#error').getAttribute('role')).toBe('alert');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.locator('#error').isHidden()).toBe(true);
  });

  test('a file that cannot be read leaves what is open as it is', async () => {
    await open();
    await settled(/^Nacre/);
    const label = await page.locator('#nacre-label').textContent();
    for (const [bytes, name, message] of [
      [damaged(ncr), 'damaged.ncr', /damaged/],
      [new TextEncoder().encode('no image'), 'a.jpg', /not an image/],
    ] as const) {
      await drop(bytes, name);
      await vi.waitFor(
        async () => expect(await page.locator('#error p').textContent()).toMatch(message),
        PATIENCE,
      );
      expect(await page.locator('#nacre-label').textContent()).toBe(label);
      expect(await page.locator('#name').textContent()).toMatch(/^raccoon/);
    }
  });

  test('asks no other site for anything, and after loading nobody at all', async () => {
    page = await site.open({ path: 'index.html?device=wasm' });
    const origin = new URL(page.url()).origin;
    const elsewhere: string[] = [];
    page.context().on('request', (request) => {
      if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).origin !== origin) {
        elsewhere.push(request.url());
      }
    });
    await settled(/^Nacre/);
    await kept(page);
    site.forget();
    site.online = false;
    await drop(png, 'hill.png');
    await vi.waitFor(
      async () => expect(await page.locator('#name').textContent()).toMatch(/^hill/),
      PATIENCE,
    );
    await settled(/^Nacre/);
    for (const codec of ['WebP', 'AVIF']) {
      await page.getByText(codec, { exact: true }).click();
      await settled(/^Nacre/, new RegExp(`^${codec} · `));
    }
    await page.getByText('Bits', { exact: true }).click();
    await page.getByLabel('Quality').fill('30');
    await vi.waitFor(async () => expect(await number('Quality')).toBe('30'), PATIENCE);
    await settled(/^Nacre/, /^AVIF/);
    expect(await page.getByRole('alert').isHidden()).toBe(true);
    expect(site.requests).toEqual([]);
    expect(elsewhere).toEqual([]);
  });

  test('writes WebP by itself in a browser that cannot, as Safari', async () => {
    await open();
    const path = await vi.waitFor(() => {
      const found = site.requests.find((path) => /\/lab-.*\.js$/.test(path));
      expect(found).toBeDefined();
      return found!;
    }, PATIENCE);
    const script = new TextDecoder().decode(await site.read(path));
    const cannot = `const write = OffscreenCanvas.prototype.convertToBlob;
      OffscreenCanvas.prototype.convertToBlob = function (options) {
        return write.call(this, options?.type === 'image/webp' ? {} : options);
      };`;
    await page.context().close();
    site.put(path, new TextEncoder().encode(cannot + script));
    await open();
    await settled(/^Nacre/);
    await page.getByText('WebP', { exact: true }).click();
    await settled(/^Nacre/, /^WebP · /);
    site.put(path, new TextEncoder().encode(script));
    expect(await page.locator('#notice').textContent()).toBe('WebP written by libwebp.');
  });

  test('works after a reload without a network', async () => {
    await open();
    await settled(/^Nacre/);
    await kept(page);
    site.online = false;
    await page.reload();
    await settled(/^Nacre/);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await drop(png, 'hill.png');
    await vi.waitFor(
      async () => expect(await page.locator('#name').textContent()).toMatch(/^hill/),
      PATIENCE,
    );
    await settled(/^Nacre/);
  });

  // On a busy machine any task may take long, but not each time.
  test('keeps the page responsive while it decodes', { retry: 4 }, async () => {
    const large = await encode(model, photograph(1536, 1024), { quality: 60 });
    await open();
    await settled(/^Nacre/);
    await page.evaluate(() => {
      globalThis.longTasks = [];
      new PerformanceObserver((list) => {
        globalThis.longTasks.push(...list.getEntries().map(({ duration }) => duration));
      }).observe({ type: 'longtask' });
    });
    await drop(large, 'large.ncr');
    await settled(/^Nacre · /, '');
    expect(await page.locator('#name').textContent()).toBe('large.ncr · 1536 × 1024');
    expect(await page.evaluate(() => globalThis.longTasks)).toEqual([]);
  });

  test('fits a phone of 360 pixels, by touch', async () => {
    await open('', { width: 360, height: 640 });
    await settled(/^Nacre/);
    const { scroll, small } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      small: [...document.querySelectorAll('header button, .choice label')].filter(
        (element) => element.getBoundingClientRect().height < 36,
      ).length,
    }));
    expect([scroll, small]).toEqual([360, 0]);
    const split = page.locator('#split');
    const { x, y, width, height } = (await split.boundingBox())!;
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at: number[]) =>
      devtools.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: at.map((x, id) => ({ x, y: y + height / 2, id })),
      });
    await touch('touchStart', [x + width / 2]);
    await touch('touchMove', [x + width / 2 + 90]);
    await touch('touchEnd', []);
    expect(Number(await split.getAttribute('aria-valuenow'))).toBe(75);
    // Two fingers on the image zoom it.
    const whole = await scaleOf('#nacre');
    await touch('touchStart', [60, 120]);
    for (const spread of [10, 20, 40]) await touch('touchMove', [60 - spread, 120 + spread]);
    await touch('touchEnd', []);
    expect(await scaleOf('#nacre')).not.toBe(whole);
  });
});

declare global {
  var longTasks: number[];
}

/** Waits until the service worker has all it needs. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready);
}

function damaged(file: Uint8Array): Uint8Array {
  return Uint8Array.from(file, (byte, i) => (i === 99 ? byte ^ 1 : byte));
}
