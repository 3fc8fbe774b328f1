// The size that the first bytes of a .ncr file name, for a layout before the rest has come. Nothing is
// verified here: the header's checksum stands behind its section table, and codec reads that.

import { checkBytes } from '@nacre/codec/internal';

/** Length of what {@link sizeInHeader} reads. */
export const HEADER_BYTES = 20;

/** Width and height of an image in pixels. */
export interface Size {
  /** Pixels per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * The size a file claims to have.
 *
 * @param start - the first 20 bytes of the file, or more.
 * @returns undefined if this is no `.ncr` file of version 1; decoding it then tells why.
 * @throws TypeError for anything but bytes.
 * @example
 * ```ts
 * const size = sizeInHeader(firstChunk); // { width: 768, height: 512 }
 * ```
 */
export function sizeInHeader(start: Uint8Array): Size | undefined {
  checkBytes(start, 'start');
  if (start.length < HEADER_BYTES) return undefined;
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  // Magic 89 'N' 'C' 'R', then the version (FORMAT.md).
  if (view.getUint32(0) !== 0x89_4e_43_52 || view.getUint8(4) !== 1) return undefined;
  const width = view.getUint16(6, true);
  const height = view.getUint16(8, true);
  return width > 0 && height > 0 ? { width, height } : undefined;
}
