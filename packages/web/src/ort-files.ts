// The files of ONNX Runtime Web as this package ships them: a script and a compressed WebAssembly file for
// each build, which no bundler touches. What is done with them is runtime.ts's business.

import { DeviceError, FetchError } from '@nacre/codec/internal';
import { decompress } from 'fzstd';
import { FetchFailure, fetchResponse } from './fetch-failure.js';
import { fetchVerified } from './verified-fetch.js';

/** What the script of every build exports. */
export type Ort = typeof import('onnxruntime-web');

/** The builds of ONNX Runtime Web that this package uses. */
export type OrtBuild = 'wasm' | 'asyncify' | 'jspi';

interface OrtFile {
  /** What onnxruntime-web calls it. */
  readonly name: string;
  /** Of onnxruntime-web 1.30.0, the version that package.json pins; a test compares them. */
  readonly sha256: string;
}

/** Without WebGPU; with it for all browsers; with it for those that can suspend WASM (smaller). */
export const ORT_FILES: Readonly<Record<OrtBuild, OrtFile>> = {
  wasm: {
    name: 'ort-wasm-simd-threaded.wasm',
    sha256: '3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2',
  },
  asyncify: {
    name: 'ort-wasm-simd-threaded.asyncify.wasm',
    sha256: '39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da',
  },
  jspi: {
    name: 'ort-wasm-simd-threaded.jspi.wasm',
    sha256: 'a54c76f86b0f0d9572380cf1c6292a7b3903716ffcbcd6b0e5c7050bf430eb93',
  },
};

/** The first bytes of a Zstandard frame (RFC 8878, section 3.1.1). */
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * A build's WebAssembly, fetched and verified. The file is compressed with Zstandard, so that it is small
 * whatever its server does: a third smaller than with gzip.
 *
 * @param folder - as for {@link ortBinaryUrl}.
 * @throws {@link FetchError} saying why it cannot be fetched; {@link DeviceError} if it belongs to another version.
 */
export async function fetchOrtBinary(
  build: OrtBuild,
  folder?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const url = ortBinaryUrl(build, folder);
  return await fetchVerified(url, ORT_FILES[build].sha256, unpack).catch((cause: Error) => {
    if (cause instanceof FetchFailure) throw new FetchError(cause.sentence(url), { cause });
    throw new DeviceError(
      `${url} cannot be used (${cause.message}): serve the file of this version of @nacre/web.`,
      { cause },
    );
  });
}

const provided: Partial<Record<OrtBuild, Ort>> = {};

/** Takes a build's script that was loaded otherwise, where none can be imported later. */
export function provideOrt(build: OrtBuild, ort: Ort): void {
  provided[build] = ort;
}

/**
 * Loads a build's script.
 *
 * @param folder - as for {@link ortScriptUrl}.
 * @throws {@link FetchError} saying why it cannot be loaded.
 */
export async function importOrt(build: OrtBuild, folder?: string): Promise<Ort> {
  const ready = provided[build];
  if (ready) return ready;
  const url = ortScriptUrl(build, folder);
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ url);
  } catch (cause) {
    const failure = await whyNotImported(url);
    throw failure ? new FetchError(failure.sentence(url), { cause }) : cause;
  }
}

/** Browsers say no more than that an import failed. */
async function whyNotImported(url: string): Promise<FetchFailure | undefined> {
  try {
    const type = (await fetchResponse(url)).headers.get('Content-Type') ?? 'no type';
    if (/javascript/.test(type)) return undefined;
    return new FetchFailure(`it is served as ${type}`, 'serve .mjs files as text/javascript');
  } catch (error) {
    return error as FetchFailure;
  }
}

/** What a server sends with `Content-Encoding: zstd` has been unpacked by the browser. */
function unpack(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (ZSTD_MAGIC.some((byte, i) => bytes[i] !== byte)) return bytes;
  // It gives a part of a larger buffer.
  return decompress(bytes).slice() as Uint8Array<ArrayBuffer>;
}

/**
 * The address of a build's WebAssembly file.
 *
 * @param folder - where the files are, absolute and ending in a slash; by default where the bundler has
 * put them.
 */
export function ortBinaryUrl(build: OrtBuild, folder?: string): string {
  if (folder !== undefined) return new URL(`${ORT_FILES[build].name}.zst`, folder).href;
  // Bundlers recognise exactly this form, with the name written out.
  switch (build) {
    case 'wasm':
      return new URL('./standalone/ort/ort-wasm-simd-threaded.wasm.zst', import.meta.url).href;
    case 'asyncify':
      return new URL('./standalone/ort/ort-wasm-simd-threaded.asyncify.wasm.zst', import.meta.url)
        .href;
    case 'jspi':
      return new URL('./standalone/ort/ort-wasm-simd-threaded.jspi.wasm.zst', import.meta.url).href;
  }
}

/**
 * The address of a build's script. It stays a file of its own, as it was published: each thread loads the
 * file that the script is in, and a bundler's chunk would bring parts of the page with it, which fail in a
 * thread without a word.
 *
 * @param folder - as above.
 */
export function ortScriptUrl(build: OrtBuild, folder?: string): string {
  if (folder !== undefined) return new URL(SCRIPT_NAMES[build], folder).href;
  switch (build) {
    case 'wasm':
      return new URL('./standalone/ort/ort.wasm.bundle.min.mjs', import.meta.url).href;
    case 'asyncify':
      return new URL('./standalone/ort/ort.webgpu.bundle.min.mjs', import.meta.url).href;
    case 'jspi':
      return new URL('./standalone/ort/ort.jspi.bundle.min.mjs', import.meta.url).href;
  }
}

const SCRIPT_NAMES: Readonly<Record<OrtBuild, string>> = {
  wasm: 'ort.wasm.bundle.min.mjs',
  asyncify: 'ort.webgpu.bundle.min.mjs',
  jspi: 'ort.jspi.bundle.min.mjs',
};
