/**
 * The adapter that runs Nacre's networks on any package of ONNX Runtime, such as `onnxruntime-node` or
 * `onnxruntime-web`.
 *
 * @packageDocumentation
 */
export * from '@nacre/codec/onnx';
