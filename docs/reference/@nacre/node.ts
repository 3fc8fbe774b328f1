/**
 * Nacre for Node.js: compresses and decompresses images on ONNX Runtime.
 *
 * @packageDocumentation
 */
export * from '@nacre/node';
