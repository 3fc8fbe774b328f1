// The web package in a real Chromium, in the page and in its worker: files go from Node to the browser
// and back. The element has its own tests, and so has the exactness of runtimes.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decode, encode, type Model, parse, psnr } from '@nacre/codec';
import { DEFAULT_MODEL, loadModel, measureBits, readImage, toBuffer } from '@nacre/node';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bytesOf, partsOf } from '../packages/codec/testing/ncr-parts.js';
import { retile } from '../packages/codec/testing/retile.js';
import type { WorkerCodec, WorkerModel } from '../packages/web/src/client.js';
import { DEFAULT_MODEL as DEFAULT_ON_WEB } from '../packages/web/src/model-folders.js';
import { compareWithWasm } from '../packages/web/src/self-test.js';
import { CHROMIUM, startSite, type TestSite } from './browser.js';
import { photograph, worstDifference } from './images.js';
import { SHIPPED, TINY } from './runtimes.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const image = photograph(150, 90);

let model: Model;
let file: Uint8Array;
beforeAll(async () => {
  model = await loadModel({ model: TINY });
  file = await encode(model, image, { quality: 60 });
});

/** RGB as RGBA, opaque. */
function opaque(rgb: Uint8Array | Uint8ClampedArray): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (const [i, value] of rgb.entries()) rgba[4 * Math.floor(i / 3) + (i % 3)] = value;
  return rgba;
}

/** Loads the tiny model in the page and keeps it there as `model`. */
async function loadInPage(page: Page, options: object = {}): Promise<string> {
  return await page.evaluate(async (options) => {
    const model = await nacre.web.loadModel({ model: '/tiny/', ...options });
    nacre.kept.set('model', model);
    return model.runtime.device;
  }, options);
}

/** Starts a worker, loads a model in it and keeps both as `codec` and `model`. */
async function loadInWorker(page: Page, options: object = {}, folder = '/tiny/'): Promise<string> {
  return await page.evaluate(
    async ([folder, options]) => {
      const codec = new nacre.client.WorkerCodec();
      const model = await codec.loadModel({ model: folder, ...options });
      nacre.kept.set('codec', codec).set('model', model);
      return model.runtime.device;
    },
    [folder, options] as const,
  );
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Ways to run the codec in a browser, each with the two functions that are tested. */
interface Way {
  readonly name: string;
  load(page: Page): Promise<string>;
  decode(page: Page, bytes: Uint8Array): Promise<Pixels>;
  encode(page: Page, pixels: Pixels, quality: number): Promise<Uint8Array>;
}

function inPage(device: 'wasm' | 'webgpu', threads: number): Way {
  return {
    name: `in the page, ${device}, ${threads} threads`,
    load: (page) => loadInPage(page, { device, threads }),
    decode: (page, bytes) =>
      page.evaluate(async (bytes) => {
        const model = nacre.kept.get('model') as Model;
        const { width, height, data } = await nacre.web.decode(bytes, { model });
        return { width, height, data: new Uint8Array(data) };
      }, bytes),
    encode: (page, pixels, quality) =>
      page.evaluate(
        async ([pixels, quality]) => {
          const model = nacre.kept.get('model') as Model;
          return await nacre.web.encode(pixels, { model, quality });
        },
        [pixels, quality] as const,
      ),
  };
}

function inWorker(device: 'wasm' | 'webgpu', threads: number): Way {
  return {
    name: `in the worker, ${device}, ${threads} threads`,
    load: (page) => loadInWorker(page, { device, threads }),
    decode: (page, bytes) =>
      page.evaluate(async (bytes) => {
        const model = nacre.kept.get('model') as WorkerModel;
        const { width, height, data } = await model.codec.decode(bytes, { model });
        return { width, height, data: new Uint8Array(data) };
      }, bytes),
    encode: (page, pixels, quality) =>
      page.evaluate(
        async ([pixels, quality]) => {
          const model = nacre.kept.get('model') as WorkerModel;
          return await model.codec.encode(pixels, { model, quality });
        },
        [pixels, quality] as const,
      ),
  };
}

const WAYS = [
  inPage('wasm', 1),
  inPage('wasm', 2),
  inPage('webgpu', 1),
  inWorker('wasm', 1),
  inWorker('wasm', 2),
  inWorker('webgpu', 2),
];

test('Node and the browser have the same default model', () => {
  expect(DEFAULT_ON_WEB).toBe(DEFAULT_MODEL);
});

describe.skipIf(!CHROMIUM)('in Chromium', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await startSite({ '/tiny/': TINY, '/shipped/': SHIPPED });
  });
  afterAll(async () => {
    await site?.close();
  });

  describe.each(WAYS)('$name', (way) => {
    let page: Page;
    beforeAll(async () => {
      page = await site.open();
      expect(way.name).toContain(await way.load(page));
    });
    afterAll(() => page.context().close());

    test('decodes a file of Node as Node does', async () => {
      const { width, height, data } = await way.decode(page, file);
      const expected = await decode(model, file);
      expect([width, height]).toEqual([expected.width, expected.height]);
      expect(worstDifference(data, opaque(expected.data))).toBeLessThanOrEqual(1);
    });

    test('writes a file that Node decodes to the image, as the browser does', async () => {
      const pixels = { ...image, data: opaque(image.data) };
      const bytes = await way.encode(page, pixels, 60);
      const decoded = await decode(model, bytes);
      expect(Math.abs(psnr(image, decoded) - psnr(image, await decode(model, file)))).toBeLessThan(
        0.1,
      );
      const here = await way.decode(page, bytes);
      expect(worstDifference(here.data, opaque(decoded.data))).toBeLessThanOrEqual(1);
    });
  });

  test('transparency goes both ways to the bit, and over white into a JPEG', async () => {
    const page = await site.open();
    await loadInPage(page, { device: 'wasm' });
    const data = opaque(image.data).map((value, i) => (i % 4 === 3 ? (i >> 3) & 255 : value));
    const bytes = await inPage('wasm', 1).encode(page, { ...image, data }, 60);
    const alpha = (samples: Uint8Array, channels = 4) =>
      samples.filter((_, i) => i % channels === channels - 1);
    expect(alpha((await decode(model, bytes)).data)).toEqual(alpha(data));

    const grey = { ...image, channels: 2 as const, data: data.subarray(0, 2 * 150 * 90) };
    const exif = Uint8Array.of(0x49, 0x49, 42, 0);
    const file = await encode(model, { ...grey, metadata: { exif } });
    const decoded = await inPage('wasm', 1).decode(page, file);
    expect(alpha(decoded.data)).toEqual(alpha(grey.data, 2));
    expect(decoded.data[400]).toBe(decoded.data[401]);

    const [metadata, white, notices] = await page.evaluate(async (file) => {
      const notices: string[] = [];
      const onNotice = (notice: string) => notices.push(notice);
      const jpeg = await nacre.web.toBlob(new ImageData(8, 8), 'jpg', { onNotice });
      const { data } = await nacre.web.readImage(jpeg);
      return [nacre.web.openNcr(file).metadata, [...data.subarray(0, 4)], notices] as const;
    }, file);
    expect(metadata).toEqual({ exif });
    expect(white).toEqual([255, 255, 255, 255]);
    expect(notices).toEqual(['Composited the transparency over white, as JPEG has none.']);
    await page.context().close();
  });

  test('colours become sRGB by the ICC profile, as sharp has them; alpha stays to the bit', async () => {
    const vivid = opaque(image.data).map((value, i) =>
      i % 4 === 3 ? (i >> 3) & 255 : Math.max(0, Math.min(255, 3 * value - 200)),
    );
    const source = sharp(vivid, { raw: { width: 150, height: 90, channels: 4 } });
    const tagged = await source.withIccProfile('p3').png().toBuffer();
    const stored = await readImage(tagged, { keepProfile: true });
    const bytes = await encode(model, stored, { quality: 60 });
    const decoded = await decode(model, bytes);
    const converted = await readImage(await toBuffer(decoded, 'png'));
    expect(worstDifference(decoded.data, converted.data)).toBeGreaterThan(40);

    const page = await site.open();
    await loadInWorker(page, { device: 'wasm' });
    const here = await inWorker('wasm', 1).decode(page, bytes);
    expect(worstDifference(here.data, converted.data)).toBeLessThanOrEqual(2);
    const isAlpha = (_: number, i: number) => i % 4 === 3;
    expect(here.data.filter(isAlpha)).toEqual(Uint8Array.from(vivid.filter(isAlpha)));
    await page.context().close();
  });

  test('a profile that cannot be used: the colours as they are, and one notice', async () => {
    const icc = new TextEncoder().encode('no profile');
    const plain = await decode(model, file);
    const bytes = await encode(model, { ...image, metadata: { icc } }, { quality: 60 });
    const page = await site.open();
    await loadInWorker(page, { device: 'wasm' });
    const { data, notices } = await page.evaluate(async (bytes) => {
      const model = nacre.kept.get('model') as WorkerModel;
      const notices: string[] = [];
      const onNotice = (notice: string) => notices.push(notice);
      const { data } = await model.codec.decode(bytes, { model, onNotice });
      return { data: new Uint8Array(data), notices };
    }, bytes);
    expect(worstDifference(data, opaque(plain.data))).toBeLessThanOrEqual(1);
    expect(notices).toEqual([
      'Took the colours for sRGB: the ICC profile cannot be used (it is damaged).',
    ]);
    await page.context().close();
  });

  test('what is whole of a damaged file, in the page and in the worker, as on Node', async () => {
    const exif = Uint8Array.of(0x49, 0x49, 42, 0);
    const bytes = await retile(
      model,
      await encode(model, { ...image, metadata: { exif } }, { quality: 60 }),
      6,
    );
    const parts = partsOf(bytes);
    parts.sections[0]!.payload[parts.sections[0]!.length - 1]! ^= 1;
    parts.sections[1]!.payload[0]! ^= 1;
    const damaged = bytesOf(parts);
    const expected = await decode(model, damaged, { partial: true });
    expect(expected.damaged).toEqual([{ left: 128, top: 64, width: 22, height: 26 }]);

    const page = await site.open();
    const found = await page.evaluate(async (bytes) => {
      const options = { device: 'wasm', threads: 1 } as const;
      const model = await nacre.web.loadModel({ model: '/tiny/', ...options });
      const codec = new nacre.client.WorkerCodec();
      const theirs = await codec.loadModel({ model: '/tiny/', ...options });
      const images = [
        await nacre.web.decode(bytes, { model, partial: true }),
        await codec.decode(bytes, { model: theirs, partial: true }),
      ];
      codec.close();
      return images.map(({ data, damaged, missing }) => ({ data: [...data], damaged, missing }));
    }, damaged);
    for (const { data, damaged, missing } of found) {
      expect({ damaged, missing }).toEqual({ damaged: expected.damaged, missing: ['exif'] });
      expect(worstDifference(data, opaque(expected.data))).toBeLessThanOrEqual(1);
    }
    await page.context().close();
  });

  test.each(['wasm', 'webgpu'])('%s reads the same symbols as Node', async (device) => {
    const page = await site.open();
    await loadInPage(page, { device });
    const { symbols, hyperSymbols } = await page.evaluate(
      (bytes) => nacre.web.parse(nacre.kept.get('model') as Model, bytes),
      file,
    );
    const expected = await parse(model, file);
    expect(symbols).toEqual(expected.symbols);
    expect(hyperSymbols).toEqual(expected.hyperSymbols);
    await page.context().close();
  });

  test('the shipped model on a larger image: WASM and WebGPU within 1/255 of Node', async () => {
    const shipped = await loadModel({ model: SHIPPED });
    const bytes = await encode(shipped, photograph(192, 128), { quality: 50 });
    const expected = opaque((await decode(shipped, bytes)).data);
    for (const device of ['wasm', 'webgpu'] as const) {
      const page = await site.open();
      await loadInWorker(page, { device, threads: 2 }, '/shipped/');
      const { data } = await inWorker(device, 2).decode(page, bytes);
      expect(worstDifference(data, expected), device).toBeLessThanOrEqual(1);
      await page.context().close();
    }
  });

  test('auto says what it has chosen and why', async () => {
    const page = await site.open();
    const withGpu = await page.evaluate(async () => {
      const notices: string[] = [];
      const onNotice = (notice: string) => notices.push(notice);
      const { runtime } = await nacre.web.loadModel({ model: '/tiny/', onNotice });
      return [runtime.device, ...notices];
    });
    expect(withGpu).toEqual(['webgpu', 'Running on WebGPU, which decodes as WASM does.']);
    await page.reload();
    const without = await page.evaluate(async () => {
      Object.defineProperty(navigator, 'gpu', { value: undefined });
      const notices: string[] = [];
      const onNotice = (notice: string) => notices.push(notice);
      const { runtime } = await nacre.web.loadModel({ model: '/tiny/', onNotice });
      const asked = nacre.web.loadModel({ model: '/tiny/', device: 'webgpu' });
      return [runtime.device, ...notices, await asked.catch((error: Error) => error.message)];
    });
    expect(without).toEqual([
      'wasm',
      'WebGPU could not be used (this browser has none); running on WASM.',
      'The device webgpu cannot run here (this browser has none): use the device wasm, or auto to fall back to it.',
    ]);
    await page.context().close();
  });

  test('WebGPU runs where the browser cannot suspend WASM, too', async () => {
    const page = await site.open();
    site.forget();
    const { data } = await page.evaluate(async (bytes) => {
      Reflect.deleteProperty(WebAssembly, 'Suspending');
      const model = await nacre.web.loadModel({ model: '/tiny/', device: 'webgpu', threads: 2 });
      const { data } = await nacre.web.decode(bytes, { model });
      return { data: new Uint8Array(data) };
    }, file);
    expect(worstDifference(data, opaque((await decode(model, file)).data))).toBeLessThanOrEqual(1);
    expect(site.requests.filter((path) => path.endsWith('.wasm'))).toEqual([
      expect.stringContaining('asyncify'),
    ]);
    await page.context().close();
  });

  test('decoding fetches the decoder and the plain WASM once, and never again', async () => {
    site.forget();
    const page = await site.open();
    const decodeOnce = async () => {
      await loadInWorker(page, { device: 'wasm', threads: 1 });
      return await inWorker('wasm', 1).decode(page, file);
    };
    await decodeOnce();
    const count = (pattern: RegExp) => site.requests.filter((path) => pattern.test(path)).length;
    expect(count(/\.onnx$/)).toBe(2);
    expect(count(/synthesis\.onnx$|scales\.onnx$/)).toBe(2);
    expect(count(/\.wasm$/)).toBe(1);
    expect(count(/jspi|asyncify|webgpu/)).toBe(0);
    await page.reload();
    site.forget();
    await decodeOnce();
    expect(count(/\.onnx$|\.wasm$/)).toBe(0);
    await page.context().close();
  });

  test('a file of the model that was changed is refused', async () => {
    const page = await site.open();
    const scales = await readFile(join(TINY, 'scales.onnx'));
    site.put('/changed/model.json', await readFile(join(TINY, 'model.json')));
    site.put('/changed/scales.onnx', scales.fill(0, 100, 110));
    const load = (folder: string) =>
      page.evaluate(
        async ([folder, bytes]) => {
          const model = await nacre.web.loadModel({ model: folder, device: 'wasm' });
          return await nacre.web.decode(bytes, { model });
        },
        [folder, file] as const,
      );
    await expect(load('/changed/')).rejects.toThrow(/ModelError: .*scales\.onnx .*SHA-256/);
    await expect(load('/none/')).rejects.toThrow(/ModelMissingError: .*none\/model\.json .*404/);
    await page.context().close();
  });

  test('a page that is not isolated has one thread, and says so', async () => {
    const page = await site.open({ isolated: false });
    const notices = await page.evaluate(async () => {
      const notices: string[] = [];
      const onNotice = (notice: string) => notices.push(notice);
      const model = await nacre.web.loadModel({
        model: '/tiny/',
        device: 'wasm',
        threads: 2,
        onNotice,
      });
      nacre.kept.set('model', model);
      return notices;
    });
    expect(notices).toEqual([expect.stringMatching(/not cross-origin isolated/)]);
    const { data } = await inPage('wasm', 1).decode(page, file);
    expect(worstDifference(data, opaque((await decode(model, file)).data))).toBeLessThanOrEqual(1);
    await page.context().close();
  });

  test('a second model cannot change the number of threads', async () => {
    const page = await site.open();
    await loadInPage(page, { device: 'wasm', threads: 1 });
    await inPage('wasm', 1).decode(page, file);
    await loadInPage(page, { device: 'wasm', threads: 2 });
    await expect(inPage('wasm', 2).decode(page, file)).rejects.toThrow(/^.*Expected 1.* threads/);
    await page.context().close();
  });

  describe('the worker', () => {
    let page: Page;
    beforeAll(async () => {
      page = await site.open();
      await loadInWorker(page, { device: 'wasm', threads: 1 });
    });
    afterAll(() => page.context().close());

    test('moves what it may, and copies the rest', async () => {
      const lengths = await page.evaluate(async (bytes) => {
        const model = nacre.kept.get('model') as WorkerModel;
        const { codec } = model;
        const copied = await codec.decode(bytes, { model });
        const kept = bytes.length;
        await codec.decode(bytes, { model, transfer: true });
        await codec.encode(copied, { model });
        const pixels = copied.data.length;
        await codec.encode(copied, { model, transfer: true });
        return [kept, bytes.length, pixels, copied.data.length];
      }, file);
      expect(lengths).toEqual([file.length, 0, 4 * 150 * 90, 0]);
    });

    test('decodes a region as Node does, and keeps a target size', async () => {
      const region = { left: 40, top: 30, width: 70, height: 50 };
      const { size, data, length } = await page.evaluate(
        async ([bytes, region]) => {
          const model = nacre.kept.get('model') as WorkerModel;
          const part = await model.codec.decode(bytes, { model, region });
          const whole = await model.codec.decode(bytes, { model });
          const { length } = await model.codec.encode(whole, { model, targetSize: 1500 });
          return { size: [part.width, part.height], data: [...part.data], length };
        },
        [file, region] as const,
      );
      const expected = await decode(model, file, { region });
      expect(size).toEqual([70, 50]);
      expect(worstDifference(opaque(expected.data), data)).toBeLessThanOrEqual(1);
      expect(length).toBeLessThanOrEqual(1500);
    });

    test('previews are those of Node, and come before the image on request', async () => {
      const [alone, first, whole] = await page.evaluate(async (bytes) => {
        const model = nacre.kept.get('model') as WorkerModel;
        const alone = await model.codec.decode(bytes, { model, scale: 1 / 8 });
        const given: ImageData[] = [];
        const onPreview = (preview: ImageData) => given.push(preview);
        given.push(await model.codec.decode(bytes, { model, onPreview }));
        return [alone, ...given].map(({ width, height, data }) => [width, height, ...data]);
      }, file);
      const expected = await decode(model, file, { scale: 1 / 8 });
      expect(alone!.slice(0, 2)).toEqual([19, 12]);
      expect(worstDifference(opaque(expected.data), alone!.slice(2))).toBeLessThanOrEqual(1);
      expect(first).toEqual(alone);
      expect(whole!.slice(0, 2)).toEqual([150, 90]);
    });

    test('keeps the metadata that comes with pixels', async () => {
      const metadata = await page.evaluate(async () => {
        const model = nacre.kept.get('model') as WorkerModel;
        const [icc, exif, xmp] = [1, 2, 3].map((n) => Uint8Array.of(n));
        const pixels = {
          width: 8,
          height: 8,
          data: new Uint8ClampedArray(256),
          metadata: { icc, exif, xmp },
        };
        return nacre.web.openNcr(await model.codec.encode(pixels, { model })).metadata;
      });
      const [icc, exif, xmp] = [1, 2, 3].map((n) => Uint8Array.of(n));
      expect(metadata).toEqual({ icc, exif, xmp });
    });

    test('measures the bits of each region as Node does', async () => {
      const map = await page.evaluate(async (bytes) => {
        const model = nacre.kept.get('model') as WorkerModel;
        const { bits, ...rest } = await model.codec.measureBits(bytes, { model });
        return { ...rest, bits: [...bits] };
      }, file);
      const expected = await measureBits(file, { model });
      expect([map.rows, map.columns, map.side]).toEqual([8, 12, 16]);
      for (const [i, bits] of map.bits.entries()) expect(bits).toBeCloseTo(expected.bits[i]!, 2);
    });

    test('says how far it is', async () => {
      const done = await page.evaluate(async () => {
        const model = nacre.kept.get('model') as WorkerModel;
        const done: number[] = [];
        const bytes = await model.codec.encode(new ImageData(8, 8), {
          model,
          onProgress: (fraction) => done.push(fraction),
        });
        await model.codec.decode(bytes, { model, onProgress: (fraction) => done.push(fraction) });
        return done;
      });
      const second = done.lastIndexOf(0);
      expect(second).toBeGreaterThan(1);
      for (const steps of [done.slice(0, second), done.slice(second)]) {
        expect(steps.length).toBeGreaterThan(2);
        expect(steps).toEqual([...steps].sort((a, b) => a - b));
        expect(steps.at(-1)).toBe(1);
      }
    });

    test('gives a job up when it is aborted, also one that waits, and goes on', async () => {
      const outcomes = await page.evaluate(async (bytes) => {
        const model = nacre.kept.get('model') as WorkerModel;
        const { codec } = model;
        const controller = new AbortController();
        const { signal } = controller;
        const started = codec.decode(bytes, {
          model,
          signal,
          onProgress: () => controller.abort(new Error('enough')),
        });
        const waiting = codec.decode(bytes, { model, signal });
        const outcome = (job: Promise<unknown>) =>
          job.then(
            () => 'done',
            (error: Error) => error.message,
          );
        return [
          await outcome(started),
          await outcome(waiting),
          await outcome(codec.decode(bytes, { model, signal })),
          await outcome(codec.decode(bytes, { model })),
        ];
      }, file);
      expect(outcomes).toEqual(['enough', 'enough', 'enough', 'done']);
    });

    test('errors arrive as what they are', async () => {
      const damaged = Uint8Array.from(file, (byte, i) => (i === file.length - 9 ? byte ^ 1 : byte));
      const found = await page.evaluate(
        async ([damaged, none, bytes]) => {
          const model = nacre.kept.get('model') as WorkerModel;
          const { codec } = model;
          const { CorruptFileError, FormatError, TooLargeError } = nacre.web;
          const thrown = async (job: Promise<unknown>) =>
            await job.catch((error: unknown) => error);
          const errors = [
            await thrown(codec.decode(damaged, { model })),
            await thrown(codec.decode(none, { model })),
            await thrown(codec.decode(bytes, { model, maxPixels: 1000 })),
            await thrown(codec.loadModel({ model: '/none/' })),
          ] as (Error & { code?: string })[];
          return {
            codes: errors.map(({ code }) => code),
            classes: [
              errors[0] instanceof CorruptFileError,
              errors[1] instanceof FormatError,
              errors[2] instanceof TooLargeError,
              errors[3] instanceof nacre.web.ModelMissingError,
            ],
          };
        },
        [damaged, new Uint8Array(40), file] as const,
      );
      expect(found.codes).toEqual(['CORRUPT_FILE', 'NOT_NCR', 'IMAGE_TOO_LARGE', 'MODEL_MISSING']);
      expect(found.classes).toEqual([true, true, true, true]);
    });

    test('release frees the networks, which are loaded again when needed', async () => {
      await page.evaluate(async (bytes) => {
        const model = nacre.kept.get('model') as WorkerModel;
        await model.release();
        await model.codec.decode(bytes, { model });
      }, file);
    });

    test('close ends what is under way', async () => {
      const outcomes = await page.evaluate(async (bytes) => {
        const model = nacre.kept.get('model') as WorkerModel;
        const codec = nacre.kept.get('codec') as WorkerCodec;
        const running = codec.decode(bytes, { model }).catch((error: Error) => error.name);
        codec.close();
        return [
          await running,
          await codec.decode(bytes, { model }).catch((error: Error) => error.name),
        ];
      }, file);
      expect(outcomes).toEqual(['AbortError', 'AbortError']);
    });
  });

  test('a first visit loads little: the script 60 kB without ORT, everything 7 MB', async () => {
    site.put('/a.ncr', await encode(await loadModel({ model: SHIPPED }), photograph(64, 64)));
    site.forget();
    const page = await site.open({ path: 'gallery.html?model=/shipped/' });
    await page.evaluate(async () => {
      const image = document.createElement('nacre-image');
      image.src = '/a.ncr';
      document.body.append(image);
      await image.decode();
    });
    const sizes = new Map<string, number>();
    for (const path of new Set(site.requests)) {
      sizes.set(path, gzipSync(await site.read(path)).length);
    }
    const sum = (wanted: (path: string) => boolean) =>
      [...sizes].reduce((total, [path, size]) => total + (wanted(path) ? size : 0), 0);
    const script = sum((path) => path.endsWith('.js') && !path.includes('ort'));
    const everything = sum(() => true);
    console.info(`element and codec: ${script} bytes gzip; a first visit: ${everything} bytes`);
    expect(script).toBeLessThan(60_000);
    expect(everything).toBeLessThan(7_000_000);
    await page.context().close();
  });
});

describe('the self-test', () => {
  const read = ({ file }: { file: string }) => readFile(join(TINY, file));

  test('trusts a device that computes as WASM does, and none that does not', async () => {
    const { description, hash, runtime } = model;
    expect(await compareWithWasm(description, hash, runtime, read)).toBeUndefined();
    const wrong = {
      device: 'webgpu',
      load: async (onnx: Uint8Array, { exact }: { exact: boolean }) => {
        const graph = await runtime.load(onnx, { exact });
        if (exact) return graph;
        const run: typeof graph.run = async (inputs) => {
          const outputs = await graph.run(inputs);
          const { x_hat } = outputs;
          return { x_hat: { ...x_hat!, data: Float32Array.from(x_hat!.data, (v) => v + 0.02) } };
        };
        return { run, release: () => graph.release() };
      },
    };
    expect(await compareWithWasm(description, hash, wrong, read)).toMatch(
      /differ .* by [5-6] of 255$/,
    );
    const broken = {
      device: 'webgpu',
      load: (onnx: Uint8Array, { exact }: { exact: boolean }) =>
        exact ? runtime.load(onnx, { exact }) : Promise.reject(new Error('No such shader.\nat x')),
    };
    expect(await compareWithWasm(description, hash, broken, read)).toBe('No such shader');
  });
});
