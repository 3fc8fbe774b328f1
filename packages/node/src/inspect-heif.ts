// The boxes of an AVIF or HEIC file (ISO/IEC 14496-12 and 23008-12). Pixels are not decoded here.

import { codePointSpace } from './colour-space.js';
import { type Findings, latin1 } from './findings.js';

/** A box: its type and what it holds. */
interface Box {
  readonly type: string;
  readonly content: Uint8Array;
}

/** Boxes that hold boxes, and how many bytes precede them. */
const CONTAINERS: Readonly<Record<string, number>> = {
  meta: 4,
  iprp: 0,
  ipco: 0,
  moov: 0,
  trak: 0,
  mdia: 0,
  minf: 0,
  stbl: 0,
};

/** The extended type of the box that holds C2PA data. */
const C2PA_UUID = 'd8fec3d61b0e483c92975828877ec481';

/** No file has more boxes than this. */
const MAX_BOXES = 10_000;

/**
 * Walks over the boxes of a HEIF file.
 *
 * @param file - that begins with a box `ftyp`.
 */
export function inspectHeif(file: Uint8Array): Findings {
  const dropped = new Set<string>();
  let colours: Findings['colours'];
  let frames: number | undefined;
  for (const { type, content } of boxesIn(file)) {
    if (type === 'uuid' && Buffer.from(content.subarray(0, 16)).toString('hex') === C2PA_UUID) {
      dropped.add('C2PA data');
    } else if (type === 'colr' && latin1(content, 0, 4) === 'nclx' && content.length >= 10) {
      const view = viewOf(content);
      colours ??= codePointSpace(view.getUint16(4), view.getUint16(6));
    } else if (type === 'stsz' && content.length >= 12) {
      frames = Math.max(frames ?? 0, viewOf(content).getUint32(8));
    } else if (type === 'iinf' || type === 'auxC') {
      const text = latin1(content);
      if (text.includes('tmap') || text.includes('hdrgainmap')) dropped.add('the HDR gain map');
      else if (/auxid:2|auxiliary:depth/.test(text)) dropped.add('the depth map');
      else if (type === 'auxC' && !/auxid:1|auxiliary:alpha/.test(text)) {
        dropped.add('an auxiliary image');
      }
    }
  }
  return { frames, colours, dropped: [...dropped] };
}

/** All boxes, those within others too, in the order of the file. */
function boxesIn(file: Uint8Array): readonly Box[] {
  const found: Box[] = [];
  const walk = (bytes: Uint8Array): void => {
    const view = viewOf(bytes);
    for (let at = 0; at + 8 <= bytes.length && found.length < MAX_BOXES; ) {
      const type = latin1(bytes, at + 4, at + 8);
      const size = view.getUint32(at);
      const isLong = size === 1 && at + 16 <= bytes.length;
      const head = isLong ? 16 : 8;
      const length = isLong ? Number(view.getBigUint64(at + 8)) : size || bytes.length - at;
      if (length < head) return;
      const content = bytes.subarray(at + head, at + length);
      found.push({ type, content });
      const skipped = CONTAINERS[type];
      if (skipped !== undefined) walk(content.subarray(skipped));
      at += length;
    }
  };
  walk(file);
  return found;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
