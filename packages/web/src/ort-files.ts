// The files of onnxruntime-web that are not bundled: where a bundler has put them, and what they must
// contain. It loads none of them.

/** The builds of ONNX Runtime Web that this package uses. */
export type OrtBuild = 'wasm' | 'asyncify' | 'jspi';

interface OrtFile {
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

/**
 * The address of a build's WebAssembly file.
 *
 * @param folder where the files lie, absolute and ending in a slash; by default where the bundler has
 * put them.
 */
export function ortBinaryUrl(build: OrtBuild, folder?: string): string {
  if (folder !== undefined) return new URL(ORT_FILES[build].name, folder).href;
  // Bundlers recognise exactly this form, with the name written out.
  switch (build) {
    case 'wasm':
      return new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url).href;
    case 'asyncify':
      return new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url).href;
    case 'jspi':
      return new URL('onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm', import.meta.url).href;
  }
}

/**
 * The address of a build's script for threads. It must be a file of its own, as it was published: each
 * thread loads the file its script stands in, and from a bundler's chunk it would load parts of the
 * page with it, which fail in a thread, and nobody would ever hear of it.
 *
 * @param folder as above.
 */
export function ortScriptUrl(build: OrtBuild, folder?: string): string {
  if (folder !== undefined) {
    return new URL(ORT_FILES[build].name.replace(/wasm$/, 'mjs'), folder).href;
  }
  switch (build) {
    case 'wasm':
      return new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url).href;
    case 'asyncify':
      return new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url).href;
    case 'jspi':
      return new URL('onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs', import.meta.url).href;
  }
}
