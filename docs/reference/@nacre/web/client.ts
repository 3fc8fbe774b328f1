/**
 * Nacre for the browser, in a worker.
 *
 * @packageDocumentation
 */
export * from '@nacre/web/client';
