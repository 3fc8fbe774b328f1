/**
 * The custom element `<nacre-image>`, which shows `.ncr` files as `<img>` shows other formats.
 *
 * @packageDocumentation
 */
export * from '@nacre/web/element';
