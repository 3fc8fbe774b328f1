/**
 * Nacre for the browser, in the thread that calls it. `@nacre/web/client` does the same in a worker.
 *
 * @packageDocumentation
 */
export * from '@nacre/web';
