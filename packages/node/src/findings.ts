// What the structure of an image file says and sharp does not: frames, colours without an ICC profile, and what
// is lost when only pixels, ICC profile, EXIF and XMP are kept. Each format has a module of its own.

import type { ColourSpace } from './colour-space.js';

/** What a look at the structure of a file has found. */
export interface Findings {
  /** Frames or pages, if more than one. */
  readonly frames?: number | undefined;
  /** The colours without an ICC profile; undefined for sRGB, the name alone of what cannot be converted. */
  readonly colours?: ColourSpace | string | undefined;
  /** Things that are not kept, as a sentence lists them: `comments`, `C2PA data`. */
  readonly dropped: readonly string[];
  /** ICC profile, EXIF and XMP, where sharp does not find them. */
  readonly icc?: Uint8Array | undefined;
  readonly exif?: Uint8Array | undefined;
  readonly xmp?: Uint8Array | undefined;
  /** Length of the image itself, if more bytes follow it. */
  readonly imageBytes?: number | undefined;
  /** The kind of file this is, if it is one that cannot be read: `a 12-bit JPEG`. */
  readonly unsupported?: string | undefined;
  /** Why a file is incomplete although its decoder does not complain. */
  readonly damage?: string | undefined;
  /** Samples of a pixel that are neither colour nor alpha. */
  readonly extraChannels?: number | undefined;
}

/** Resolutions that programs write when they know none; libvips takes 1 dot per millimetre. */
const DEFAULT_DPI = [25, 72, 96];

/** The resolution as something dropped: nothing for one that is only a default. */
export function resolution(dpi: number): readonly string[] {
  const rounded = Math.round(dpi);
  if (!(rounded > 0) || DEFAULT_DPI.includes(rounded)) return [];
  return [`the resolution of ${rounded} dpi`];
}

/** Bytes behind the end of an image, as something dropped; padding with zeros is nothing. */
export function trailing(bytes: Uint8Array): readonly string[] {
  if (bytes.every((byte) => byte === 0)) return [];
  return [`${bytes.length} bytes after the end of the image`];
}

/** Bytes read as Latin-1, for signatures. */
export function latin1(bytes: Uint8Array, start: number = 0, end: number = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start, end);
}
