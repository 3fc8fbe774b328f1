// A real Chromium with a built page in it, for tests that need one: the test page of packages/web, or the
// viewer. What they test stands in their own files.

import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type {} from '../packages/web/testing/page.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The files of packages/web for pages without a bundler, as built. */
export const STANDALONE: string = join(ROOT, 'packages/web/dist/standalone');

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Headers that make a page cross-origin isolated, which threads need. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * The Chromium to test with: the one that NACRE_CHROMIUM names, or else one on the path. CI must have
 * one; elsewhere its tests are skipped, which is said on stderr.
 */
export const CHROMIUM: string | undefined = findBrowser('Chromium', 'chromium', 'NACRE_CHROMIUM', [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
]);

/**
 * Finds a browser.
 *
 * @param packageName - what Debian calls it.
 * @param variable - of the environment, which may name its program.
 * @param commands - under which systems install it.
 */
export function findBrowser(
  name: string,
  packageName: string,
  variable: string,
  commands: readonly string[],
): string | undefined {
  const named = process.env[variable];
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`${variable} names ${named}, which does not exist.`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders
    .flatMap((folder) => commands.map((command) => join(folder, command)))
    .find((path) => existsSync(path));
  if (found) return found;
  const missing = `There is no ${name}: install it (apt-get install ${packageName}), or name one in ${variable}.`;
  if (process.env.CI) throw new Error(missing);
  console.error(`\nTESTS SKIPPED: ${missing}\n`);
  return undefined;
}

/** What {@link TestSite.open} takes. */
export interface PageOptions {
  /** `gallery.html` has the element alone; `index.html` is the default. It may have a query. */
  readonly path?: string;
  /** Of the window, in CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Whether it is cross-origin isolated, as by default. */
  readonly isolated?: boolean;
}

/** How something is served that tests put on a site. */
export interface PutOptions {
  /** Whether the answer never comes to an end. */
  readonly endless?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A built page, served. */
export interface TestSite {
  /** A new page, with empty caches. */
  open(options?: PageOptions): Promise<Page>;
  /** Serves something else at a path such as `/a.ncr`. */
  put(path: string, content: Uint8Array | string, options?: PutOptions): void;
  /** Sends more to all who wait for the end of an `endless` file. */
  send(path: string, bytes: Uint8Array): void;
  /** Ends an `endless` file for all who wait. */
  finish(path: string): void;
  /** The address of the site, as a page that is cross-origin isolated or another one sees it. */
  origin(isolated?: boolean): string;
  /** Paths that have been asked for since the last `forget`, in order. */
  readonly requests: readonly string[];
  /** What a path is answered with. */
  read(path: string): Promise<Uint8Array>;
  forget(): void;
  /** Whether it answers at all, as it does from the start. */
  online: boolean;
  close(): Promise<void>;
}

/**
 * Builds a page, serves it and starts Chromium.
 *
 * @param folders by the path they are served under, e.g. `{ '/model/': SHIPPED }`.
 * @param config how it is built; the test page of packages/web if left out.
 */
export async function startSite(
  folders: Readonly<Record<string, string>>,
  config = 'packages/web/testing/vite.config.ts',
): Promise<TestSite> {
  // Both are large, and most tests need neither.
  const { build } = await import('vite');
  const outDir = await mkdtemp(join(tmpdir(), 'nacre-page-'));
  await build({
    configFile: join(ROOT, config),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, reportCompressedSize: false },
  });
  const site = await serveSite({ ...folders, '/': outDir });
  const { close } = site;
  return Object.assign(site, {
    async close() {
      await close();
      await rm(outDir, { recursive: true });
    },
  });
}

/**
 * Serves folders. Chromium starts when the first page is opened.
 *
 * @param folders - by the path they are served under; the first path that matches counts.
 * @param webgpu - whether Chromium has WebGPU, which is slow here: it runs on the CPU.
 */
export async function serveSite(
  folders: Readonly<Record<string, string>>,
  webgpu = true,
): Promise<TestSite> {
  const put = new Map<string, PutOptions & { readonly bytes: Uint8Array }>();
  const waiting = new Map<string, Set<ServerResponse>>();
  const requests: string[] = [];
  const read = async (path: string): Promise<Uint8Array> => {
    const added = put.get(path);
    if (added) return added.bytes;
    const at = Object.keys(folders).find((start) => path.startsWith(start))!;
    return await readFile(join(folders[at]!, normalize(`/${path.slice(at.length)}`)));
  };
  const serve = (headers: Readonly<Record<string, string>>): Promise<Server> => {
    const server = createServer(async ({ url = '' }, response) => {
      const path = url.replace(/\?.*/, '').replace(/\/$/, '/index.html');
      requests.push(path);
      if (!site.online) {
        response.destroy();
        return;
      }
      const type = MIME_TYPES[extname(path)] ?? 'application/octet-stream';
      const bytes = await read(path).catch(() => undefined);
      const added = put.get(path);
      response.writeHead(bytes ? 200 : 404, {
        ...headers,
        'Content-Type': type,
        ...added?.headers,
      });
      if (!added?.endless) {
        response.end(bytes);
        return;
      }
      response.write(bytes);
      const clients = waiting.get(path) ?? new Set();
      waiting.set(path, clients.add(response));
      response.on('close', () => clients.delete(response));
    });
    return new Promise((listening) => {
      server.listen(0, '127.0.0.1', () => listening(server));
    });
  };
  const servers = { isolated: await serve(ISOLATION), plain: await serve({}) };
  let browser: Promise<Browser> | undefined;
  const site: TestSite = {
    online: true,
    async open({ path = 'index.html', isolated = true, viewport } = {}) {
      // A context of its own has caches of its own.
      browser ??= startChromium(webgpu);
      const context = await (await browser).newContext(viewport ? { viewport } : {});
      const page = await context.newPage();
      page.setDefaultTimeout(120_000);
      page.on('console', (message) => {
        if (message.type() === 'error') console.error(`Chromium: ${message.text()}`);
      });
      page.on('pageerror', (error) => console.error('Chromium:', error));
      await page.goto(`${site.origin(isolated)}/${path}`);
      return page;
    },
    put(path, content, options = {}) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      put.set(path, { bytes, ...options });
    },
    send(path, bytes) {
      for (const response of waiting.get(path) ?? []) response.write(bytes);
    },
    finish(path) {
      for (const response of waiting.get(path) ?? []) response.end();
    },
    origin(isolated = true) {
      const { port } = servers[isolated ? 'isolated' : 'plain'].address() as AddressInfo;
      return `http://127.0.0.1:${port}`;
    },
    requests,
    read,
    forget: () => void requests.splice(0),
    async close() {
      await (await browser)?.close();
      for (const server of Object.values(servers)) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
  return site;
}

/** WebGPU on the CPU gives right results, and no measure of speed. */
async function startChromium(webgpu: boolean): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return await chromium.launch({
    executablePath: CHROMIUM!,
    args: webgpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : [],
  });
}
