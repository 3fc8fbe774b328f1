// The markers of a JPEG file (ITU-T T.81, annex B). Pixels are not decoded here.

import { type Findings, latin1, resolution, trailing } from './findings.js';

/** What cannot be decoded, by the last digit of its frame marker. */
const UNSUPPORTED_FRAMES: Readonly<Record<number, string>> = {
  3: 'a lossless JPEG',
  5: 'a hierarchical JPEG',
  6: 'a hierarchical JPEG',
  7: 'a hierarchical JPEG',
  11: 'a lossless JPEG',
  13: 'a hierarchical JPEG',
  14: 'a hierarchical JPEG',
  15: 'a hierarchical JPEG',
};

/** What application segments are, by marker and first bytes; the empty name for what is used or kept. */
const SEGMENTS: readonly (readonly [marker: number, start: string, name: string])[] = [
  [0xe0, 'JFIF\0', ''],
  [0xe0, 'JFXX\0', 'a thumbnail'],
  [0xe1, 'Exif\0', ''],
  [0xe1, 'http://ns.adobe.com/xap/1.0/\0', ''],
  [0xe1, 'http://ns.adobe.com/xmp/extension/\0', 'extended XMP'],
  [0xe1, 'FLIR\0', 'FLIR thermal data'],
  [0xe2, 'ICC_PROFILE\0', ''],
  // The images that it lists follow the end of this one.
  [0xe2, 'MPF\0', ''],
  [0xe2, 'urn:iso:std:iso:ts:21496:-1\0', 'the HDR gain map'],
  [0xe2, 'FPXR\0', 'FlashPix data'],
  [0xeb, 'JP', 'JUMBF data'],
  [0xec, 'Ducky', 'the quality setting of Photoshop'],
  [0xed, 'Photoshop 3.0\0', 'Photoshop data'],
  [0xee, 'Adobe', ''],
];

const XMP_START = 'http://ns.adobe.com/xap/1.0/\0';

/** Tag of a resource of Photoshop's that holds IPTC. */
const IPTC_RESOURCE = '8BIM\x04\x04';

/** The bits of coefficients that scans have brought so far. */
interface Frame {
  readonly isProgressive: boolean;
  /** For each component, of each of 64 coefficients the lowest bit known; 99 for none. */
  readonly lowestBits: ReadonlyMap<number, Uint8Array>;
}

/**
 * Walks over the markers of a JPEG file.
 *
 * @param file - that begins with the marker SOI.
 */
export function inspectJpeg(file: Uint8Array): Findings {
  const dropped = new Set<string>();
  let frame: Frame | undefined;
  let dpi = 0;
  let xmp: Uint8Array | undefined;
  let at = 2;
  while (at + 4 <= file.length) {
    const marker = file[at + 1]!;
    // Bytes that belong to no segment, or fill bytes before a marker: libjpeg judges them.
    if (file[at] !== 0xff || marker === 0xff || marker < 0xc0 || isStandalone(marker)) {
      if (file[at] === 0xff && marker === 0xd9) break;
      at += 1;
      continue;
    }
    const content = file.subarray(at + 4, at + 2 + file[at + 2]! * 256 + file[at + 3]!);
    at += 4 + content.length;
    if (isFrame(marker)) {
      const unsupported = unsupportedFrame(marker, content);
      if (unsupported) return { dropped: [], unsupported };
      frame = frameOf(marker, content);
    } else if (marker === 0xf7) {
      return { dropped: [], unsupported: 'a JPEG-LS file' };
    } else if (marker === 0xda) {
      if (frame) noteScan(frame, content);
      at = endOfScan(file, at);
    } else if (marker === 0xfe) {
      dropped.add('comments');
    } else if (marker >= 0xe0 && marker <= 0xef) {
      for (const name of namesOf(marker, content)) dropped.add(name);
      const isJfif = marker === 0xe0 && latin1(content, 0, 5) === 'JFIF\0';
      if (isJfif && content.length >= 12) dpi = jfifDpi(content);
      if (marker === 0xe1 && latin1(content, 0, XMP_START.length) === XMP_START) {
        xmp ??= content.subarray(XMP_START.length);
      }
    }
  }
  const imageBytes = at + 2 < file.length ? at + 2 : undefined;
  for (const name of namesOfRest(file.subarray(at + 2))) dropped.add(name);
  const lacks = frame && !isComplete(frame);
  return {
    dropped: [...dropped, ...resolution(dpi)],
    xmp: xmp && new Uint8Array(xmp),
    imageBytes,
    ...(lacks ? { damage: 'VipsJpeg: the last scans are missing' } : {}),
  };
}

/** Markers without a length: TEM, RSTn, SOI, EOI. */
function isStandalone(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd9;
}

function isFrame(marker: number): boolean {
  // DHT, JPG and DAC lie between the frame markers.
  return marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function unsupportedFrame(marker: number, content: Uint8Array): string | undefined {
  const kind = UNSUPPORTED_FRAMES[marker - 0xc0];
  if (kind) return kind;
  const bits = content[0];
  return bits === undefined || bits === 8 ? undefined : `a ${bits}-bit JPEG`;
}

function frameOf(marker: number, content: Uint8Array): Frame {
  const isProgressive = marker === 0xc2 || marker === 0xca;
  const components = Array.from({ length: content[5] ?? 0 }, (_, i) => content[6 + 3 * i] ?? 0);
  const lowestBits = new Map(components.map((id) => [id, new Uint8Array(64).fill(99)]));
  return { isProgressive, lowestBits };
}

/** Notes what a scan brings, by its header. */
function noteScan({ isProgressive, lowestBits }: Frame, header: Uint8Array): void {
  const count = header[0] ?? 0;
  const [first, last, bits] = header.subarray(1 + 2 * count);
  for (let i = 0; i < count; i++) {
    const known = lowestBits.get(header[1 + 2 * i] ?? -1);
    if (isProgressive) known?.fill((bits ?? 0) & 15, first ?? 0, (last ?? 0) + 1);
    else known?.fill(0);
  }
}

/** Whether every bit of every coefficient has come. libjpeg is content with fewer, and shows a blur. */
function isComplete({ lowestBits }: Frame): boolean {
  return [...lowestBits.values()].every((bits) => bits.every((lowest) => lowest === 0));
}

/** The place of the first marker behind entropy-coded data. */
function endOfScan(file: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = file.indexOf(0xff, at);
    if (at < 0) return file.length;
    const next = file[at + 1] ?? 0xd9;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at += next === 0xff ? 1 : 2;
  }
}

function jfifDpi(content: Uint8Array): number {
  const density = content[8]! * 256 + content[9]!;
  if (content[7] === 1) return density;
  return content[7] === 2 ? density * 2.54 : 0;
}

function namesOf(marker: number, content: Uint8Array): readonly string[] {
  const known = SEGMENTS.find(
    ([type, start]) => type === marker && latin1(content, 0, start.length) === start,
  );
  const name = known?.[2] ?? `APP${marker - 0xe0} data`;
  if (name === 'JUMBF data' && latin1(content).includes('c2pa')) return ['C2PA data'];
  if (name !== 'Photoshop data') return name ? [name] : [];
  const resources = latin1(content).split('8BIM').slice(1);
  const hasIptc = latin1(content).includes(IPTC_RESOURCE);
  return [...(hasIptc ? ['IPTC'] : []), ...(resources.length > (hasIptc ? 1 : 0) ? [name] : [])];
}

/** What follows the image: further images, the video of a motion photo, or who knows what. */
function namesOfRest(rest: Uint8Array): readonly string[] {
  if (rest.length === 0) return [];
  const text = latin1(rest);
  const names: string[] = [];
  if (/hdrgm:|hdrgainmap|urn:iso:std:iso:ts:21496:-1/i.test(text)) names.push('the HDR gain map');
  if (text.includes('ftyp')) names.push('a video');
  if (names.length === 0 && text.includes('\xff\xd8\xff')) names.push('further images');
  return names.length > 0 ? names : trailing(rest);
}
