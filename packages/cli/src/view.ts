// nacre view: serves the built viewer and one file to this machine's browser until it is interrupted. It
// finds the viewer as a folder of files and runs none of its code.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import sirv from 'sirv';
import type { Outcome } from './command.js';
import { readInput } from './files.js';
import { STDIO } from './inputs.js';
import type { Report } from './report.js';

/** "nacre" on a telephone. The same each time, so that the browser finds again what it has kept. */
const PORT = 62_273;

/** Nobody but this machine. */
const HOST = '127.0.0.1';

const HEADERS: Readonly<Record<string, string>> = {
  // These two make the page cross-origin isolated, which threads need.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** What the command line says. */
export interface ViewArguments {
  /** The file to open, or - for stdin; the viewer's sample if undefined. */
  readonly input: string | undefined;
  /** Only print the address. */
  readonly noOpen: boolean;
}

/** Serves until SIGINT or SIGTERM. */
export async function view({ input, noOpen }: ViewArguments, report: Report): Promise<Outcome> {
  const folder = viewerFolder();
  const name = input === undefined || input === STDIO ? 'image.ncr' : basename(input);
  const file = input === undefined ? undefined : { name, bytes: await readInput(input) };
  const server = await listen(handler(folder, file));
  const { port } = server.address() as AddressInfo;
  const query = file ? `?src=${encodeURIComponent(`file/${encodeURIComponent(name)}`)}` : '';
  const url = `http://${HOST}:${port}/${query}`;
  report.line(url);
  report.notice(undefined, 'Press Ctrl-C to end.');
  if (!noOpen) openBrowser(url);
  await new Promise<void>((interrupted) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted());
  });
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  return { result: { url } };
}

/** Where the built viewer lies. */
function viewerFolder(): string {
  const root = dirname(createRequire(import.meta.url).resolve('@nacre/viewer/package.json'));
  const folder = join(root, 'dist');
  if (existsSync(join(folder, 'index.html'))) return folder;
  throw Object.assign(
    new Error(
      `There is no built viewer in ${folder}: build it with npm run build -w @nacre/viewer.`,
    ),
    { code: 'FILE' },
  );
}

function handler(
  folder: string,
  file: { readonly name: string; readonly bytes: Uint8Array } | undefined,
): RequestListener {
  // Reads the list of files once, and serves nothing that is not on it.
  const serveViewer = sirv(folder, { etag: true, maxAge: 0 });
  return (request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { port } = request.socket.address() as AddressInfo;
    // A page elsewhere whose name leads here must not read the file (DNS rebinding).
    if (![`${HOST}:${port}`, `localhost:${port}`].includes(request.headers.host ?? '')) {
      response.writeHead(403).end();
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    } else if (file && request.url === `/file/${encodeURIComponent(file.name)}`) {
      response.setHeader('Content-Type', 'application/octet-stream');
      response.setHeader('Content-Length', file.bytes.length);
      response.setHeader('Cache-Control', 'no-store');
      response.end(request.method === 'HEAD' ? undefined : file.bytes);
    } else {
      serveViewer(request, response);
    }
  };
}

/** At the usual port, or at any other if somebody has that one. */
async function listen(onRequest: RequestListener): Promise<Server> {
  const server = createServer(onRequest);
  const listenAt = (port: number): Promise<void> =>
    new Promise((done, failed) => {
      server.once('error', failed);
      server.listen(port, HOST, () => {
        server.off('error', failed);
        done();
      });
    });
  await listenAt(PORT).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    return listenAt(0);
  });
  return server;
}

/** In the background; where there is none, the printed address is enough. */
function openBrowser(url: string): void {
  const commands: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
    darwin: ['open', url],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', url],
  };
  const [command, ...args] = commands[process.platform] ?? ['xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
