// Runtimes that run in a page of a real Chromium, so that the tests of runtimes go over them too. Every
// number crosses from Node into the page and back: fine for small images.

import type { Graph, Runtime, Tensor } from '@nacre/codec';
import type { Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { startSite, type TestSite } from './browser.js';

let site: Promise<TestSite> | undefined;

/** A page for each device and number of threads: the first runtime of a page decides its threads. */
const pages = new Map<string, Promise<Page>>();

/** The web package's runtime for a device, in a page. */
export async function browserRuntime(device: 'wasm' | 'webgpu', threads: number): Promise<Runtime> {
  const key = `${device} ${threads}`;
  const page = pages.get(key) ?? openPage(device, threads);
  pages.set(key, page);
  return runtimeIn(await page, device);
}

// At the end of whatever test file has imported this.
afterAll(async () => {
  await (await site)?.close();
});

async function openPage(device: 'wasm' | 'webgpu', threads: number): Promise<Page> {
  site ??= startSite({});
  const page = await (await site).open();
  await page.evaluate(
    async (options) => {
      nacre.kept.set('runtime', await nacre.web.createRuntime(options));
    },
    { device, threads },
  );
  return page;
}

function runtimeIn(page: Page, device: string): Runtime {
  return {
    device,
    async load(onnx, { exact }): Promise<Graph> {
      const name = await page.evaluate(
        async ([bytes, exact]) => {
          const name = `graph ${nacre.kept.size}`;
          const runtime = nacre.kept.get('runtime') as Runtime;
          nacre.kept.set(name, await runtime.load(bytes, { exact }));
          return name;
        },
        [Uint8Array.from(onnx), exact] as const,
      );
      return {
        run: (inputs) =>
          page.evaluate(
            async ([name, inputs]) => await (nacre.kept.get(name) as Graph).run(inputs),
            [name, inputs as Record<string, Tensor>] as const,
          ),
        release: () =>
          page.evaluate(async (name) => await (nacre.kept.get(name) as Graph).release(), name),
      };
    },
  };
}
