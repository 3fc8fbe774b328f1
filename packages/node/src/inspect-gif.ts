// The blocks of a GIF file (GIF89a). Pixels are not decoded here; the frames sharp counts.

import { type Findings, latin1, trailing } from './findings.js';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const COMMENT = 0xfe;
const APPLICATION = 0xff;

/** Applications whose data is about the animation. */
const ANIMATION = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

/**
 * Walks over the blocks of a GIF file.
 *
 * @param file - that begins with `GIF`.
 */
export function inspectGif(file: Uint8Array): Findings {
  const dropped = new Set<string>();
  let at = 13 + colourTableBytes(file[10]);
  while (at < file.length && file[at] !== TRAILER) {
    const block = file[at];
    if (block === EXTENSION) {
      const application = latin1(file, at + 3, at + 14);
      if (file[at + 1] === COMMENT) dropped.add('comments');
      if (file[at + 1] === APPLICATION && !ANIMATION.includes(application)) {
        dropped.add(application.startsWith('XMP Data') ? 'XMP' : `data of ${application.trim()}`);
      }
      at = endOfSubBlocks(file, at + 2);
    } else if (block === IMAGE) {
      at = endOfSubBlocks(file, at + 11 + colourTableBytes(file[at + 9]));
    } else {
      // libvips judges what is damaged.
      return { dropped: [...dropped] };
    }
  }
  return { dropped: [...dropped, ...trailing(file.subarray(at + 1))] };
}

/** The length of a colour table, by the byte of flags that announces it. */
function colourTableBytes(flags: number = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

function endOfSubBlocks(file: Uint8Array, start: number): number {
  let at = start;
  while (at < file.length && file[at] !== 0) at += 1 + file[at]!;
  return at + 1;
}
