// <nacre-image> in a real Chromium: its life from the first byte to its removal, and its size on the page.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decode, encode, type Model } from '@nacre/codec';
import { loadModel } from '@nacre/node';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bytesOf, partsOf } from '../packages/codec/testing/ncr-parts.js';
import { retile } from '../packages/codec/testing/retile.js';
import { CHROMIUM, STANDALONE, startSite, type TestSite } from './browser.js';
import { photograph } from './images.js';
import { SHIPPED, TINY } from './runtimes.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

describe.skipIf(!CHROMIUM)('<nacre-image>', () => {
  let site: TestSite;
  let model: Model;
  let file: Uint8Array;
  let page: Page;
  beforeAll(async () => {
    site = await startSite({
      '/model/': TINY,
      '/shipped/': SHIPPED,
      '/nacre/': STANDALONE,
    });
    model = await loadModel({ model: TINY });
    file = await encode(model, photograph(150, 90), { quality: 60 });
    site.put('/a.ncr', file);
    site.put(
      '/damaged.ncr',
      Uint8Array.from(file, (byte, i) => (i === 99 ? byte ^ 1 : byte)),
    );
    site.put('/start.ncr', file.subarray(0, 20), { endless: true });
    site.put('/b.ncr', await encode(model, photograph(90, 150), { quality: 60 }));
  });
  afterAll(async () => {
    await site?.close();
  });
  beforeEach(async () => {
    page = await site.open({ path: 'gallery.html' });
    site.forget();
  });
  afterEach(() => page.context().close());

  /** Replaces what is on the page, waits for the first element's event, and gives its name. */
  const show = (html: string): Promise<string> =>
    page.evaluate(async (html) => {
      document.body.innerHTML = html;
      const image = document.querySelector('nacre-image')!;
      return await new Promise<string>((resolve) => {
        image.addEventListener('load', () => resolve('load'));
        image.addEventListener('error', ({ message }) => resolve(`error: ${message}`));
      });
    }, html);

  /** The size of the element on the page, in whole CSS pixels. */
  const sizeOf = (selector = 'nacre-image'): Promise<number[]> =>
    page.evaluate((selector) => {
      const { width, height } = document.querySelector(selector)!.getBoundingClientRect();
      return [Math.round(width), Math.round(height)];
    }, selector);

  test('shows the pixels and fires load', async () => {
    expect(await show('<nacre-image src="a.ncr" alt="A hill"></nacre-image>')).toBe('load');
    const shown = await page.evaluate(async () => {
      const image = document.querySelector('nacre-image')!;
      await image.decode();
      const inner = image.shadowRoot!.querySelector('img')!;
      const context = new OffscreenCanvas(150, 90).getContext('2d')!;
      context.drawImage(inner, 0, 0);
      const { data } = context.getImageData(0, 0, 150, 90);
      const { complete, naturalWidth, naturalHeight, src, width, height } = image;
      return { data: [...data], own: [complete, naturalWidth, naturalHeight, width, height], src };
    });
    expect(shown.own).toEqual([true, 150, 90, 150, 90]);
    expect(shown.src).toMatch(/^http.*\/a\.ncr$/);
    const expected = (await decode(model, file)).data;
    const far = shown.data.filter(
      (value, i) =>
        Math.abs(value - (i % 4 === 3 ? 255 : expected[3 * Math.floor(i / 4) + (i % 4)]!)) > 1,
    );
    expect([shown.data.length, far.length]).toEqual([4 * 150 * 90, 0]);
    // Chromium's own tree: Playwright's roles know nothing of what elements keep to themselves.
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send('Accessibility.getFullAXTree');
    const images = nodes.filter(({ role }) => role?.value === 'image' || role?.value === 'img');
    expect(images.map(({ name }) => name?.value)).toEqual(['A hill']);
  });

  test('a large image is seen as its preview first', async () => {
    site.put('/large.ncr', await encode(model, photograph(1030, 520), { quality: 30 }));
    const [seen, preview, image] = await page.evaluate(async () => {
      document.body.innerHTML = '<nacre-image src="large.ncr"></nacre-image>';
      const image = document.querySelector('nacre-image')!;
      const inner = image.shadowRoot!.querySelector('img')!;
      const seen: number[][] = [];
      const looks: number[][] = [];
      inner.addEventListener('load', () => {
        seen.push([inner.naturalWidth, image.naturalWidth, image.offsetWidth, inner.offsetWidth]);
        const context = new OffscreenCanvas(1030, 520).getContext('2d')!;
        context.drawImage(inner, 0, 0, 1030, 520);
        looks.push([...context.getImageData(900, 100, 64, 64).data]);
      });
      await image.decode();
      return [seen, ...looks] as const;
    });
    expect(seen).toEqual([
      [129, 1030, 1030, 1030],
      [1030, 1030, 1030, 1030],
    ]);
    const apart = preview!.map((value, i) => Math.abs(value - image![i]!));
    // Blurred, but the same sky.
    expect(Math.max(...apart)).toBeGreaterThan(0);
    expect(apart.reduce((sum, one) => sum + one, 0) / apart.length).toBeLessThan(4);
  });

  test('is sized like an image, by its file, its attributes and CSS', async () => {
    const image = (attributes: string) => `<nacre-image src="a.ncr" ${attributes}></nacre-image>`;
    for (const [attributes, size] of [
      ['', [150, 90]],
      ['width="75"', [75, 45]],
      ['height="45"', [75, 45]],
      ['width="50" height="50"', [50, 50]],
      ['style="width: 300px"', [300, 180]],
      ['style="height: 180px"', [300, 180]],
      ['width="50" height="50" style="width: 300px; height: auto"', [300, 180]],
      ['style="display: block; width: 100%"', [600, 360]],
    ] as const) {
      await show(`<div style="width: 600px">${image(attributes)}</div>`);
      expect(await sizeOf(), attributes).toEqual(size);
      const inner = await page.evaluate(() => {
        const root = document.querySelector('nacre-image')!.shadowRoot!;
        const { width, height } = root.querySelector('img')!.getBoundingClientRect();
        return [Math.round(width), Math.round(height)];
      });
      expect(inner, attributes).toEqual(size);
    }
  });

  test('has its size from the first 20 bytes of the file', async () => {
    await page.evaluate(() => {
      document.body.innerHTML = '<nacre-image src="start.ncr" style="width: 300px"></nacre-image>';
    });
    await vi.waitFor(async () => expect(await sizeOf()).toEqual([300, 180]), { timeout: 20_000 });
    expect(await page.evaluate(() => document.querySelector('nacre-image')!.complete)).toBe(false);
  });

  test('a damaged or missing file is an error that says what is wrong', async () => {
    const damaged = await show('<nacre-image src="damaged.ncr" alt="A hill"></nacre-image>');
    expect(damaged).toMatch(/^error: .* is damaged: get a good copy of (the file|it)\.$/);
    const state = await page.evaluate(async () => {
      const image = document.querySelector('nacre-image')!;
      const outcome = await image.decode().catch((error: { code: string }) => error.code);
      return [image.complete, image.naturalWidth, outcome];
    });
    expect(state).toEqual([true, 0, 'CORRUPT_FILE']);
    await page.getByText('A hill').waitFor();
    expect(await show('<nacre-image src="none.ncr"></nacre-image>')).toMatch(
      /^error: .*none\.ncr cannot be fetched \(HTTP status 404\): check the address\.$/,
    );
    expect(await show('<nacre-image src="a.ncr" model="/none/"></nacre-image>')).toMatch(
      /^error: .*none\/model\.json cannot be fetched \(HTTP status 404\)/,
    );
  });

  test('a new src keeps the old image until it is there, and none if it fails', async () => {
    await show('<nacre-image src="a.ncr"></nacre-image>');
    const seen = await page.evaluate(async () => {
      const image = document.querySelector('nacre-image')!;
      const inner = image.shadowRoot!.querySelector('img')!;
      const look = () => [image.naturalWidth, image.offsetWidth, inner.naturalWidth];
      const seen = [look()];
      image.src = 'start.ncr';
      // Its header has come, and the rest never will.
      for (const end = performance.now() + 500; performance.now() < end; ) {
        await new Promise((frame) => requestAnimationFrame(frame));
      }
      seen.push([...look(), Number(image.complete)]);
      image.src = 'b.ncr';
      await image.decode();
      seen.push(look());
      image.src = 'damaged.ncr';
      await image.decode().catch(() => {});
      seen.push([image.naturalWidth, Number(inner.hasAttribute('src'))]);
      return seen;
    });
    expect(seen).toEqual([
      [150, 150, 150],
      [150, 150, 150, 0],
      [90, 90, 90],
      [0, 0],
    ]);
  });

  test('a new src replaces the old, whether that had come or not', async () => {
    const outcome = await page.evaluate(async () => {
      document.body.innerHTML = '<nacre-image src="start.ncr"></nacre-image>';
      const image = document.querySelector('nacre-image')!;
      const first = image.decode().catch((error: Error) => error.name);
      image.src = 'damaged.ncr';
      const second = image.decode().catch((error: Error) => error.name);
      await second;
      image.src = 'a.ncr';
      await image.decode();
      return [await first, await second, image.naturalWidth];
    });
    expect(outcome).toEqual(['AbortError', 'CorruptFileError', 150]);
  });

  test('a lazy one waits until it is near the window', async () => {
    await page.evaluate(() => {
      document.body.innerHTML =
        '<div style="height: 9000px"></div><nacre-image src="a.ncr" loading="lazy"></nacre-image>';
    });
    await new Promise((later) => setTimeout(later, 500));
    expect(site.requests).not.toContain('/a.ncr');
    await page.evaluate(async () => {
      const image = document.querySelector('nacre-image')!;
      const loaded = new Promise((resolve) => image.addEventListener('load', resolve));
      image.scrollIntoView();
      await loaded;
    });
    expect(site.requests).toContain('/a.ncr');
  });

  test('a lazy one that has left the window before it was there is given up', async () => {
    await page.evaluate(() => {
      const image = '<nacre-image src="start.ncr" loading="lazy"></nacre-image>';
      const gap = '<div style="height: 9000px"></div>';
      document.body.innerHTML = `${gap}${image}${gap}<nacre-image src="a.ncr" loading="lazy">`;
    });
    const scrollTo = (index: number) =>
      page.evaluate((i) => document.querySelectorAll('nacre-image')[i]!.scrollIntoView(), index);
    const asked = () => site.requests.filter((path) => path === '/start.ncr').length;
    await scrollTo(0);
    await vi.waitFor(() => expect(asked()).toBe(1), { timeout: 20_000 });
    await scrollTo(1);
    await page.evaluate(() => document.querySelectorAll('nacre-image')[1]!.decode());
    // Were it still being fetched, it would not be asked for again.
    await scrollTo(0);
    await vi.waitFor(() => expect(asked()).toBe(2), { timeout: 20_000 });
  });

  test('what can be seen comes before what cannot, whatever the order', async () => {
    const order = await page.evaluate(async () => {
      const order: string[] = [];
      const add = (name: string, top: string, priority: string) => {
        const image = document.createElement('nacre-image');
        image.style.cssText = `position: absolute; top: ${top}; width: 20px; height: 20px`;
        image.setAttribute('fetchpriority', priority);
        image.addEventListener('load', () => order.push(name));
        image.src = 'a.ncr';
        document.body.append(image);
        return image;
      };
      const far = Array.from({ length: 9 }, (_, i) => add(`far ${i}`, '9000px', 'auto'));
      const high = add('far, high', '9000px', 'high');
      const seen = [add('seen, low', '0px', 'low'), add('seen', '0px', 'auto')];
      await Promise.all([...far, high, ...seen].map((image) => image.decode()));
      return order;
    });
    expect(order).toHaveLength(12);
    const first = order.slice(0, 4).filter((name) => /seen|high/.test(name));
    // One may have been under way before it was known who can be seen.
    expect(first).toEqual(['seen', 'seen, low', 'far, high']);
  });

  test('over a slow network an image is seen before all of it has come', async () => {
    const slow = await encode(model, photograph(1030, 520), { quality: 60 });
    site.put('/slow.ncr', slow.subarray(0, slow.length / 4), { endless: true });
    await page.evaluate(() => {
      document.body.innerHTML = '<nacre-image src="slow.ncr"></nacre-image>';
    });
    const shown = () =>
      page.evaluate(() => {
        const image = document.querySelector('nacre-image')!;
        return [image.shadowRoot!.querySelector('img')!.naturalWidth, Number(image.complete)];
      });
    // What has come at once says nothing about the network.
    await vi.waitFor(async () => expect(await sizeOf()).toEqual([1030, 520]), { timeout: 20_000 });
    await new Promise((later) => setTimeout(later, 500));
    site.send('/slow.ncr', slow.subarray(slow.length / 4, slow.length / 2));
    await vi.waitFor(async () => expect(await shown()).toEqual([129, 0]), { timeout: 60_000 });
    site.send('/slow.ncr', slow.subarray(slow.length / 2));
    site.finish('/slow.ncr');
    await page.evaluate(() => document.querySelector('nacre-image')!.decode());
    expect(await shown()).toEqual([1030, 1]);
  });

  test('a thumbnail shows the preview, and the image once it is enlarged', async () => {
    site.put('/large.ncr', await encode(model, photograph(1030, 520), { quality: 30 }));
    const widths = await page.evaluate(async () => {
      document.body.innerHTML = '<nacre-image src="large.ncr" style="width: 128px"></nacre-image>';
      const image = document.querySelector('nacre-image')!;
      const inner = image.shadowRoot!.querySelector('img')!;
      let loads = 0;
      image.addEventListener('load', () => loads++);
      await image.decode();
      const widths = [inner.naturalWidth, image.naturalWidth, image.offsetHeight];
      const enlarged = new Promise((done) => inner.addEventListener('load', done, { once: true }));
      image.style.width = '129px';
      await enlarged;
      return [...widths, inner.naturalWidth, image.naturalWidth, loads];
    });
    expect(widths).toEqual([129, 1030, 65, 1030, 1030, 1]);
  });

  test('srcset and sizes choose as the browser does for an image', async () => {
    const chosen = await page.evaluate(async () => {
      const chosen: string[] = [];
      const size = 'srcset="b.ncr 90w, a.ncr 150w" sizes';
      for (const attributes of [
        'src="none.ncr" srcset="a.ncr 1x, b.ncr 3x"',
        'src="a.ncr" srcset="b.ncr 3x"',
        `${size}="90px"`,
        `${size}="(min-width: 1px) 140px, 90px"`,
        `${size}="auto" loading="lazy" style="width: 80px"`,
      ]) {
        document.body.innerHTML = `<nacre-image ${attributes}></nacre-image>`;
        const image = document.querySelector('nacre-image')!;
        await image.decode();
        chosen.push(image.currentSrc.replace(/.*\//, ''));
      }
      return chosen;
    });
    expect(chosen).toEqual(['a.ncr', 'a.ncr', 'b.ncr', 'a.ncr', 'b.ncr']);
    // And another when the window has become another.
    await page.evaluate(async () => {
      document.body.innerHTML =
        '<nacre-image srcset="b.ncr 90w, a.ncr 150w" sizes="(min-width: 700px) 140px, 80px">';
      await document.querySelector('nacre-image')!.decode();
    });
    const current = () =>
      page.evaluate(() => document.querySelector('nacre-image')!.currentSrc.replace(/.*\//, ''));
    expect(await current()).toBe('a.ncr');
    await page.setViewportSize({ width: 600, height: 600 });
    await vi.waitFor(async () => expect(await current()).toBe('b.ncr'), { timeout: 20_000 });
  });

  test('loads before it is on the page, as an image does, and shows at once there', async () => {
    const outcome = await page.evaluate(async () => {
      const image = document.createElement('nacre-image');
      const without = await image.decode().catch((error: Error) => error.name);
      image.src = 'a.ncr';
      await image.decode();
      const { complete, naturalWidth } = image;
      document.body.append(image);
      const { offsetWidth } = image;
      image.remove();
      await new Promise((later) => setTimeout(later));
      return [without, complete, naturalWidth, offsetWidth, image.complete, image.naturalWidth];
    });
    expect(outcome).toEqual(['EncodingError', true, 150, 150, true, 150]);
    expect(site.requests.filter((path) => path === '/a.ncr')).toHaveLength(1);
  });

  test('its children show if it fails, and lazy ones are not fetched before', async () => {
    site.put('/photo.jpg', '');
    const fallback = '<img src="/photo.jpg" loading="lazy" alt="A lake">';
    await show(`<nacre-image src="a.ncr" alt="A lake">${fallback}</nacre-image>`);
    expect(site.requests).not.toContain('/photo.jpg');
    await show(`<nacre-image src="none.ncr" alt="A lake">${fallback}</nacre-image>`);
    await vi.waitFor(() => expect(site.requests).toContain('/photo.jpg'), { timeout: 20_000 });
    const shown = await page.evaluate(() => {
      const { shadowRoot } = document.querySelector('nacre-image')!;
      return getComputedStyle(shadowRoot!.querySelector('span')!).display;
    });
    expect(shown).toBe('none');
  });

  test('partial shows what is intact of a damaged file, and says what is not', async () => {
    const tiled = partsOf(await retile(model, file, 6));
    tiled.sections[0]!.payload[tiled.sections[0]!.length - 1]! ^= 1;
    site.put('/tiled.ncr', bytesOf(tiled));
    expect(await show('<nacre-image src="tiled.ncr"></nacre-image>')).toMatch(/^error: /);
    expect(await show('<nacre-image src="tiled.ncr" partial></nacre-image>')).toBe('load');
    const damaged = await page.evaluate(() => document.querySelector('nacre-image')!.damaged);
    expect(damaged).toEqual([{ left: 128, top: 64, width: 22, height: 26 }]);
  });

  test('is an image for dragging, saving and printing', async () => {
    const attributes = 'alt="A hill" draggable="false" decoding="sync"';
    await show(`<nacre-image src="a.ncr" ${attributes}></nacre-image>`);
    const [inner, blob] = await page.evaluate(async () => {
      const image = document.querySelector('nacre-image')!;
      const { alt, draggable, decoding, src } = image.shadowRoot!.querySelector('img')!;
      const { type } = await (await fetch(src)).blob();
      return [[alt, draggable, decoding], type] as const;
    });
    expect(inner).toEqual(['A hill', false, 'sync']);
    expect(blob).toBe('image/png');
  });

  test('takes its room before its script has run, with the CSS that is documented', async () => {
    const css = await readFile(new URL('../packages/web/nacre-image.css', import.meta.url));
    site.put('/nacre-image.css', css);
    const image = '<nacre-image src="a.ncr" width="300" height="180"></nacre-image>';
    site.put(
      '/shift.html',
      `<!doctype html><link rel="stylesheet" href="nacre-image.css"><link rel="icon" href="data:,">
      ${image}<p>Text</p><p>${image.replace('a.ncr', 'none.ncr')}</p>`,
    );
    await page.goto(`${site.origin()}/shift.html`);
    const tops = () =>
      page.evaluate(() => [...document.querySelectorAll('p')].map((p) => p.offsetTop));
    const before = await tops();
    expect(before[0]).toBeGreaterThan(180);
    const shifts = await page.evaluate(async () => {
      let shifts = 0;
      new PerformanceObserver((list) => {
        shifts += list.getEntries().length;
      }).observe({ type: 'layout-shift', buffered: true });
      const script = document.createElement('script');
      script.type = 'module';
      script.textContent = `
        import { configure } from '/nacre/nacre.js';
        configure({ model: '/model/', device: 'wasm' });`;
      document.head.append(script);
      await customElements.whenDefined('nacre-image');
      const images = [...document.querySelectorAll('nacre-image')];
      await Promise.allSettled(images.map((image) => image.decode()));
      await new Promise((frame) => requestAnimationFrame(() => setTimeout(frame)));
      return shifts;
    });
    expect(await tops()).toEqual(before);
    expect(shifts).toBe(0);
  });

  test('ten of them share one worker and one model, and leave nothing behind', async () => {
    const image = '<nacre-image src="a.ncr"></nacre-image>';
    await page.evaluate(async (html) => {
      document.body.innerHTML = html;
      await Promise.all([...document.querySelectorAll('nacre-image')].map((one) => one.decode()));
    }, image.repeat(10));
    expect(page.workers()).toHaveLength(1);
    for (const name of ['model.json', 'scales.onnx', 'synthesis.onnx']) {
      expect(site.requests.filter((path) => path === `/model/${name}`)).toHaveLength(1);
    }
    await page.evaluate(() => {
      document.body.innerHTML = '';
    });
    await vi.waitFor(() => expect(page.workers()).toHaveLength(0), { timeout: 20_000 });
    const devtools = await page.context().newCDPSession(page);
    const alive = async (name: string) => {
      const expression = `${name}.prototype`;
      const { result } = await devtools.send('Runtime.evaluate', { expression });
      const prototypeObjectId = result.objectId!;
      const { objects } = await devtools.send('Runtime.queryObjects', { prototypeObjectId });
      const all = await devtools.send('Runtime.callFunctionOn', {
        objectId: objects.objectId!,
        functionDeclaration: 'function () { return this.length; }',
      });
      return all.result.value;
    };
    expect(await alive("customElements.get('nacre-image')")).toBe(0);
    expect(await alive('ImageData')).toBe(0);
    // And they come back.
    expect(await show(image)).toBe('load');
  });

  // Where the system tells what a process holds.
  test.runIf(process.platform === 'linux')(
    'ten photographs give their memory back: within 20 % of what was held before',
    async () => {
      const sample = fileURLToPath(new URL('../samples/pagoda-50.ncr', import.meta.url));
      site.put('/photograph.ncr', await readFile(sample));
      const image = '<nacre-image src="photograph.ncr" model="/shipped/"></nacre-image>';
      const showTen = () =>
        page.evaluate(async (html) => {
          document.body.innerHTML = html;
          const all = [...document.querySelectorAll('nacre-image')];
          await Promise.all(all.map((one) => one.decode()));
        }, image.repeat(10));
      const devtools = await page.context().newCDPSession(page);
      // Twice: the first time finds the elements, the second what they held.
      const collect = async () => {
        for (let i = 0; i < 2; i++) await devtools.send('HeapProfiler.collectGarbage');
      };
      const removeAll = async () => {
        await page.evaluate(() => {
          document.body.innerHTML = '';
        });
        await vi.waitFor(() => expect(page.workers()).toHaveLength(0), { timeout: 60_000 });
        await collect();
      };
      // The first round compiles the page's code, which stays.
      await showTen();
      await removeAll();
      const before = await settledMemory(page);
      await showTen();
      const shown = await rendererMemory(page);
      expect(shown).toBeGreaterThan(1.5 * before);
      await removeAll();
      // Chromium gives memory back in its own time, and later on a busy machine.
      await vi.waitFor(
        async () => {
          await collect();
          expect(await rendererMemory(page)).toBeLessThan(1.2 * before);
        },
        { timeout: 120_000, interval: 1000 },
      );
    },
    300_000,
  );

  test('removal stops what is under way; moving does not', async () => {
    const outcome = await page.evaluate(async () => {
      document.body.innerHTML = '<p></p><nacre-image src="start.ncr"></nacre-image>';
      const image = document.querySelector('nacre-image')!;
      const events: string[] = [];
      for (const type of ['load', 'error']) image.addEventListener(type, () => events.push(type));
      const waiting = image.decode().catch((error: Error) => error.name);
      image.remove();
      const removed = await waiting;
      image.src = 'a.ncr';
      document.body.append(image);
      await image.decode();
      document.querySelector('p')!.append(image);
      await new Promise((later) => setTimeout(later));
      return [removed, image.complete, image.naturalWidth, ...events];
    });
    expect(outcome).toEqual(['AbortError', true, 150, 'load']);
  });
});

/** What the browser's processes that run pages hold for themselves, in kB. */
async function rendererMemory(page: Page): Promise<number> {
  const devtools = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  let sum = 0;
  for (const { id } of processInfo.filter(({ type }) => type === 'renderer')) {
    // A process may end while it is looked at.
    const memory = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '');
    sum += Number(/Private_Dirty:\s+(\d+)/.exec(memory)?.[1] ?? 0);
  }
  return sum;
}

/** The same once it has stopped falling: memory goes back a while after it was freed. */
async function settledMemory(page: Page): Promise<number> {
  for (let last = await rendererMemory(page); ; ) {
    await new Promise((later) => setTimeout(later, 2000));
    const now = await rendererMemory(page);
    if (now > 0.97 * last) return now;
    last = now;
  }
}
