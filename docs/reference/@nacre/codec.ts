/**
 * The core of the codec, for any runtime: file format, entropy coding and pipeline. It has no
 * dependencies. Use `@nacre/node` or `@nacre/web` unless you bring your own runtime.
 *
 * @packageDocumentation
 */
export * from '@nacre/codec';
