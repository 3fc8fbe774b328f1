// Why ONNX Runtime does not start here, as an error that names the cause and the remedy. It starts nothing.

import { CodecError } from '@nacre/codec';
import { DeviceError } from '@nacre/codec/internal';
import { describeReason } from '@nacre/codec/onnx';

/** A WebAssembly module without content: magic and version. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** The error for whatever was thrown while a build of ONNX Runtime was fetched and started. */
export function startFailure(cause: unknown): CodecError {
  if (cause instanceof CodecError) return cause;
  const failure = (reason: string, remedy: string) =>
    new DeviceError(`ONNX Runtime cannot start here (${reason}): ${remedy}.`, { cause });
  if (typeof WebAssembly === 'undefined') {
    return failure('this browser has no WebAssembly', 'switch it on, or use another browser');
  }
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    return failure(
      'a Content Security Policy blocks WebAssembly',
      "add 'wasm-unsafe-eval' to script-src in the policy of the page, and of Nacre's worker if it has one",
    );
  }
  return failure(
    describeReason(cause),
    'reload the page, and update the browser if that does not help',
  );
}
