/**
 * Rate-distortion comparison of Nacre with other image codecs.
 *
 * @packageDocumentation
 */
export * from '@nacre/compare';
