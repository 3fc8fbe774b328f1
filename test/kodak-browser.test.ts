// Kodak images in a real Chromium: the symbols of Node, and its pixels within 1/255. Takes the images
// from ../shared, where that is: one of them at three qualities, or all with NACRE_FULL=1.

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, encode, type Model, parse } from '@nacre/codec';
import { loadModel, readImage } from '@nacre/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, startSite, type TestSite } from './browser.js';
import { hashOfBytes } from './exactness.js';
import { SHIPPED } from './runtimes.js';

const KODAK = fileURLToPath(new URL('../../shared/data/kodak', import.meta.url));
const QUALITIES = [10, 50, 90];
/** On a machine that does nothing else, all images take two minutes. */
const TIMEOUT = 3_600_000;

const missing = [KODAK, join(SHIPPED, 'model.json')].find((path) => !existsSync(path));
if (missing) console.warn(`Browsers are NOT compared on Kodak: ${missing} is not there.`);

/** A file and what Node makes of it, under addresses of the test site. */
interface KodakFile {
  readonly name: string;
  readonly symbols: string;
  readonly hyperSymbols: string;
}

describe.skipIf(!CHROMIUM || missing !== undefined)('Kodak in Chromium', () => {
  let site: TestSite;
  const files: KodakFile[] = [];
  beforeAll(async () => {
    site = await startSite({ '/model/': SHIPPED });
    const model = await loadModel({ model: SHIPPED });
    const images = (await readdir(KODAK)).filter((name) => name.endsWith('.png')).sort();
    for (const file of process.env.NACRE_FULL === '1' ? images : images.slice(0, 1)) {
      const image = await readImage(join(KODAK, file));
      for (const quality of QUALITIES) {
        const name = `${file.replace('.png', '')}-${quality}`;
        const bytes = await encode(model, image, { quality });
        site.put(`/${name}.ncr`, bytes);
        site.put(`/${name}.rgb`, (await decode(model, bytes)).data);
        const { symbols, hyperSymbols } = await parse(model, bytes);
        const [one, other] = [symbols, hyperSymbols].map(hashOfIntegers);
        files.push({ name, symbols: one!, hyperSymbols: other! });
      }
    }
  }, TIMEOUT);
  afterAll(async () => {
    await site?.close();
  });

  test.each([1, 2])(
    'WASM, %i threads: the same symbols, pixels within 1/255',
    async (threads) => {
      const page = await site.open();
      for (const { name, symbols, hyperSymbols } of files) {
        const found = await page.evaluate(
          async ([name, threads]) => {
            const read = async (path: string) => {
              const response = await fetch(path);
              return new Uint8Array(await response.arrayBuffer());
            };
            const hash = async (integers: Int32Array) => {
              const sum = await crypto.subtle.digest('SHA-256', Int32Array.from(integers));
              const bytes = Array.from(new Uint8Array(sum));
              return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
            };
            const model = await nacre.web.loadModel({ model: '/model/', device: 'wasm', threads });
            const bytes = await read(`/${name}.ncr`);
            const expected = await read(`/${name}.rgb`);
            const { data } = await nacre.web.decode(bytes, { model });
            let worst = 0;
            for (const [i, value] of expected.entries()) {
              const here = data[4 * Math.floor(i / 3) + (i % 3)]!;
              worst = Math.max(worst, Math.abs(value - here));
            }
            const { symbols, hyperSymbols } = await nacre.web.parse(model as Model, bytes);
            return { worst, symbols: await hash(symbols), hyperSymbols: await hash(hyperSymbols) };
          },
          [name, threads] as const,
        );
        expect(found, name).toMatchObject({ symbols, hyperSymbols });
        expect(found.worst, name).toBeLessThanOrEqual(1);
      }
      await page.context().close();
    },
    TIMEOUT,
  );
});

function hashOfIntegers(integers: Int32Array): string {
  return hashOfBytes(new Uint8Array(integers.buffer, integers.byteOffset, integers.byteLength));
}
