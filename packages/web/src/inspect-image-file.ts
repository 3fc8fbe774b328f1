// What an image file says beside its pixels, which browsers do not tell: metadata, bit depth, frames. It
// decodes nothing.

import type { ImageMetadata } from '@nacre/codec';
import { expectedButReceived } from '@nacre/codec/internal';

/** The kinds of image files that are told apart. */
export type ImageFileKind =
  | 'jpeg'
  | 'png'
  | 'webp'
  | 'gif'
  | 'avif'
  | 'heic'
  | 'jxl'
  | 'tiff'
  | 'unknown';

/** What {@link inspectImageFile} finds. */
export interface ImageFileFacts {
  /** The format, by the first bytes of the file. */
  readonly kind: ImageFileKind;
  /**
   * EXIF, set upright as browsers turn pixels, and XMP: of JPEG, PNG and WebP files. No ICC profile, as
   * browsers convert pixels by it.
   */
  readonly metadata: ImageMetadata;
  /** Bits of a sample, where the file says so; canvases have 8. */
  readonly bitDepth: number | undefined;
  /** Images in the file, where it says so. Of several, browsers give the first. */
  readonly frames: number | undefined;
}

interface Findings {
  exif?: Uint8Array;
  xmp?: Uint8Array;
  bitDepth?: number;
  frames?: number;
}

/** What files of each kind have at a place near their beginning, and what looks into them. */
const KINDS: readonly {
  readonly kind: ImageFileKind;
  readonly at: number;
  readonly signatures: readonly string[];
  readonly inspect?: (bytes: Uint8Array) => Findings;
}[] = [
  { kind: 'jpeg', at: 0, signatures: ['\xff\xd8\xff'], inspect: inspectJpeg },
  { kind: 'png', at: 0, signatures: ['\x89PNG\r\n\x1a\n'], inspect: inspectPng },
  { kind: 'webp', at: 8, signatures: ['WEBP'], inspect: inspectWebp },
  { kind: 'gif', at: 0, signatures: ['GIF87a', 'GIF89a'], inspect: inspectGif },
  { kind: 'avif', at: 4, signatures: ['ftypavif', 'ftypavis'] },
  { kind: 'heic', at: 4, signatures: ['ftyphei', 'ftyphev', 'ftypmif1', 'ftypmsf1'] },
  { kind: 'jxl', at: 0, signatures: ['\xff\x0a', '\0\0\0\x0cJXL '] },
  { kind: 'tiff', at: 0, signatures: ['II*\0', 'MM\0*'] },
];

const EXIF_NAME = 'Exif\0\0';
const XMP_NAME = 'http://ns.adobe.com/xap/1.0/\0';
const PNG_XMP_NAME = 'XML:com.adobe.xmp\0';

/** Tag of the orientation in EXIF; 1 is upright. */
const ORIENTATION = 0x0112;

/**
 * Looks into an image file.
 *
 * @throws TypeError for anything but a Blob.
 * @example
 * ```ts
 * const { metadata } = await inspectImageFile(file);
 * const bytes = await encode({ ...(await readImage(file)), metadata });
 * ```
 */
export async function inspectImageFile(source: Blob): Promise<ImageFileFacts> {
  if (!(source instanceof Blob)) {
    throw new TypeError(expectedButReceived('Blob', 'source', source));
  }
  const bytes = new Uint8Array(await source.arrayBuffer());
  const start = latin1(bytes, 0, 16);
  const known = KINDS.find(({ at, signatures }) =>
    signatures.some((signature) => start.startsWith(signature, at)),
  );
  const { exif, xmp, bitDepth, frames } = known?.inspect?.(bytes) ?? {};
  const metadata = { ...(exif && { exif: upright(exif) }), ...(xmp && { xmp: xmp.slice() }) };
  return { kind: known?.kind ?? 'unknown', metadata, bitDepth, frames };
}

/** The segments of a JPEG file up to its pixels (ITU-T T.81, annex B). */
function inspectJpeg(bytes: Uint8Array): Findings {
  const found: Findings = {};
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (marker === 0xda) break;
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    const content = bytes.subarray(at + 4, at + 2 + length);
    at += 2 + Math.max(2, length);
    if (marker >= 0xc0 && marker <= 0xc3 && content.length > 0) found.bitDepth = content[0]!;
    if (marker !== 0xe1) continue;
    const exif = withoutName(content, EXIF_NAME);
    const xmp = withoutName(content, XMP_NAME);
    if (exif) found.exif ??= exif;
    if (xmp) found.xmp ??= xmp;
  }
  return found;
}

/** The chunks of a PNG file (PNG, third edition, section 5). */
function inspectPng(bytes: Uint8Array): Findings {
  const view = viewOf(bytes);
  const found: Findings = {};
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = latin1(bytes, at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
    if (type === 'IHDR' && length === 13) found.bitDepth = content[8]!;
    else if (type === 'acTL' && length === 8) found.frames = viewOf(content).getUint32(0);
    else if (type === 'eXIf') found.exif ??= content;
    else if (type === 'iTXt') {
      const xmp = withoutName(content, PNG_XMP_NAME);
      // Two bytes say how it is compressed; a language and its translation follow, each up to a zero.
      const text = xmp?.[0] === 0 ? xmp.subarray(2) : new Uint8Array();
      const second = text.indexOf(0, text.indexOf(0) + 1);
      if (second >= 0) found.xmp ??= text.subarray(second + 1);
    }
  }
  return found;
}

/** The chunks of a WebP file (RFC 9649, section 2). */
function inspectWebp(bytes: Uint8Array): Findings {
  const view = viewOf(bytes);
  const found: Findings = {};
  let frames = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const type = latin1(bytes, at, at + 4);
    const length = view.getUint32(at + 4, true);
    const content = bytes.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length % 2);
    if (type === 'EXIF') found.exif ??= withoutName(content, EXIF_NAME) ?? content;
    else if (type === 'XMP ') found.xmp ??= content;
    else if (type === 'ANMF') frames++;
  }
  return { ...found, ...(frames > 0 && { frames }) };
}

/** The blocks of a GIF file (GIF89a, section 15 onwards). */
function inspectGif(bytes: Uint8Array): Findings {
  const tableBytes = (packed: number): number => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);
  let frames = 0;
  let at = 13 + tableBytes(bytes[10] ?? 0);
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === 0x2c) {
      frames++;
      at += 11 + tableBytes(bytes[at + 9] ?? 0);
    } else if (block === 0x21) at += 2;
    else break;
    // Data in pieces, each behind its length; one without any is the last.
    while (bytes[at]) at += 1 + bytes[at]!;
    at += 1;
  }
  return { frames };
}

/** A copy of EXIF whose orientation is upright. */
function upright(exif: Uint8Array): Uint8Array {
  const copy = exif.slice();
  if (copy.length < 8) return copy;
  const view = viewOf(copy);
  const little = copy[0] === 0x49;
  const directory = view.getUint32(4, little);
  if (directory + 2 > copy.length) return copy;
  const room = Math.floor((copy.length - directory - 2) / 12);
  const count = Math.min(room, view.getUint16(directory, little));
  for (let at = directory + 2; at < directory + 2 + 12 * count; at += 12) {
    if (view.getUint16(at, little) === ORIENTATION) view.setUint16(at + 8, 1, little);
  }
  return copy;
}

function withoutName(content: Uint8Array, name: string): Uint8Array | undefined {
  return latin1(content, 0, name.length) === name ? content.subarray(name.length) : undefined;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
