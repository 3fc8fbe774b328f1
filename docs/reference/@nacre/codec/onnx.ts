/**
 * The adapter to ONNX Runtime: runs the codec's networks on `onnxruntime-node`, `onnxruntime-web` or another
 * package with their API.
 *
 * @packageDocumentation
 */
export * from '@nacre/codec/onnx';
