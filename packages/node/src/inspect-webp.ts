// The chunks of a WebP file (RFC 9649, section 2). Pixels are not decoded here; the frames sharp counts.

import { type Findings, latin1, trailing } from './findings.js';

const USED = ['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP', 'EXIF', 'XMP '];

/**
 * Walks over the chunks of a WebP file.
 *
 * @param file - that begins with `RIFF`.
 */
export function inspectWebp(file: Uint8Array): Findings {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const end = Math.min(file.length, 8 + view.getUint32(4, true));
  const dropped = new Set<string>();
  for (let at = 12; at + 8 <= end; ) {
    const type = latin1(file, at, at + 4);
    const length = view.getUint32(at + 4, true);
    if (type === 'C2PA') dropped.add('C2PA data');
    else if (!USED.includes(type)) dropped.add(`the chunk ${type.trim()}`);
    at += 8 + length + (length % 2);
  }
  return { dropped: [...dropped, ...trailing(file.subarray(end))] };
}
