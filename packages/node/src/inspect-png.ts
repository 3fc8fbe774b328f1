// The chunks of a PNG file (PNG, third edition). Pixels are not decoded here.

import { inflateSync } from 'node:zlib';
import { arePlausible, type Chromaticities, codePointSpace, gammaSpace } from './colour-space.js';
import { withoutPrefix } from './exif.js';
import { type Findings, latin1, resolution, trailing } from './findings.js';

/** Chunks that are used, kept, or of no consequence. */
const USED = [
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'iCCP',
  'sRGB',
  'gAMA',
  'cHRM',
  'cICP',
  'eXIf',
];
const ANIMATION = ['acTL', 'fcTL', 'fdAT'];
const HINTS = ['iDOT', 'sBIT'];

/** What the other chunks hold. */
const DROPPED: Readonly<Record<string, string>> = {
  tEXt: 'comments',
  zTXt: 'comments',
  tIME: 'the time of the last change',
  bKGD: 'the background colour',
  hIST: 'the histogram',
  sPLT: 'suggested palettes',
  caBX: 'C2PA data',
  mDCV: 'HDR mastering data',
  cLLI: 'HDR light levels',
  dSIG: 'the digital signature',
};

const XMP_KEYWORD = 'XML:com.adobe.xmp\0';

/**
 * Walks over the chunks of a PNG file.
 *
 * @param file - that begins with the signature of PNG.
 */
export function inspectPng(file: Uint8Array): Findings {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const dropped = new Set<string>();
  const chunks = new Map<string, Uint8Array>();
  let exif: Uint8Array | undefined;
  let xmp: Uint8Array | undefined;
  let at = 8;
  while (at + 12 <= file.length) {
    const length = view.getUint32(at);
    const type = latin1(file, at + 4, at + 8);
    if (at + 12 + length > file.length) break;
    const content = file.subarray(at + 8, at + 8 + length);
    at += 12 + length;
    if (type === 'IEND') {
      for (const name of trailing(file.subarray(at))) dropped.add(name);
      break;
    }
    if (type === 'CgBI') return { dropped: [], unsupported: 'a PNG file for iOS only' };
    // Of several chunks of a type the first counts, and colours only ahead of the pixels.
    if (!chunks.has(type) && !(chunks.has('IDAT') && USED.includes(type)))
      chunks.set(type, content);
    const [kind, profile] = rawProfile(type, content) ?? [];
    if (kind === 'exif') exif ??= profile;
    else if (kind === 'xmp') xmp ??= profile;
    else if (kind === 'iptc') dropped.add('IPTC');
    const name = kind ? undefined : nameOf(type, content);
    if (name) dropped.add(name);
  }
  const [frames, dpi] = [framesOf(chunks.get('acTL')), dpiOf(chunks.get('pHYs'))];
  const colours = coloursOf(chunks);
  return {
    frames,
    colours,
    icc: iccOf(chunks.get('iCCP')),
    exif,
    xmp,
    dropped: [...dropped, ...resolution(dpi)],
  };
}

/** The ICC profile, which libpng leaves out if it does not like it; empty if it cannot be unpacked. */
function iccOf(chunk: Uint8Array | undefined): Uint8Array | undefined {
  if (!chunk) return undefined;
  // Behind the name there is a zero, and a byte for the only method of compression.
  return inflate(chunk.subarray(chunk.indexOf(0) + 2)) ?? new Uint8Array(0);
}

function inflate(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return new Uint8Array(inflateSync(bytes, { maxOutputLength: MAX_PROFILE }));
  } catch {
    return undefined;
  }
}

/** No metadata is larger than this; what is compressed may claim any size. */
const MAX_PROFILE = 2 ** 26;

/**
 * Metadata as ImageMagick and djxl write it into text chunks: a keyword, and behind a line with the length the
 * bytes in hexadecimal digits.
 */
function rawProfile(
  type: string,
  content: Uint8Array,
): readonly ['exif' | 'xmp' | 'iptc', Uint8Array] | undefined {
  if (type !== 'tEXt' && type !== 'zTXt') return undefined;
  const [, keyword] = /^Raw profile type (\w+)\0/.exec(latin1(content, 0, 80)) ?? [];
  if (!keyword) return undefined;
  const start = 'Raw profile type '.length + keyword.length + 1;
  const unpacked = type === 'tEXt' ? content.subarray(start) : inflate(content.subarray(start + 1));
  if (!unpacked) return undefined;
  const [, digits = ''] = /^\s*\w+\s+\d+\s+([\da-fA-F\s]*)/.exec(latin1(unpacked)) ?? [];
  const bytes = new Uint8Array(Buffer.from(digits.replace(/\s/g, ''), 'hex'));
  // ImageMagick calls both EXIF and XMP after the segment of a JPEG that they come from.
  const isXmp = keyword === 'xmp' || latin1(bytes, 0, 28) === 'http://ns.adobe.com/xap/1.0/';
  if (isXmp) return ['xmp', bytes.subarray(latin1(bytes, 0, 28).startsWith('http') ? 29 : 0)];
  const exif = keyword === 'exif' || keyword === 'APP1' ? withoutPrefix(bytes) : undefined;
  if (exif) return ['exif', exif];
  return keyword === 'iptc' || keyword === '8bim' ? ['iptc', bytes] : undefined;
}

function nameOf(type: string, content: Uint8Array): string | undefined {
  if ([...USED, ...ANIMATION, ...HINTS, 'pHYs'].includes(type)) return undefined;
  if (type === 'iTXt') return latin1(content, 0, 18) === XMP_KEYWORD ? undefined : 'comments';
  const isText = /^[A-Za-z]{4}$/.test(type);
  return DROPPED[type] ?? (isText ? `the chunk ${type}` : 'unknown chunks');
}

function framesOf(control: Uint8Array | undefined): number | undefined {
  return control?.length === 8 ? uint32(control, 0) : undefined;
}

function dpiOf(physical: Uint8Array | undefined): number {
  if (physical?.length !== 9 || physical[8] !== 1) return 0;
  return uint32(physical, 0) * 0.0254;
}

/** Colours by the chunk that counts first; an ICC profile is looked at elsewhere. */
function coloursOf(chunks: ReadonlyMap<string, Uint8Array>): Findings['colours'] {
  const codes = chunks.get('cICP');
  if (codes?.length === 4) {
    if (codes[2] !== 0 || codes[3] !== 1) return 'YCbCr or narrow-range samples';
    return codePointSpace(codes[0]!, codes[1]!);
  }
  if (chunks.has('sRGB')) return undefined;
  const [gamma, xy] = [chunks.get('gAMA'), chunks.get('cHRM')];
  const scale = gamma?.length === 4 ? uint32(gamma, 0) / 100_000 : 0;
  // Out of this range it is a mistake, and libpng leaves it aside too.
  const exponent = scale >= 0.016 && scale <= 6.25 ? 1 / scale : undefined;
  return gammaSpace(exponent, xy?.length === 32 ? chromaticitiesOf(xy) : undefined);
}

function chromaticitiesOf(chunk: Uint8Array): Chromaticities | undefined {
  const at = (i: number): number => uint32(chunk, 4 * i) / 100_000;
  const primaries = [
    [at(2), at(3)],
    [at(4), at(5)],
    [at(6), at(7)],
    [at(0), at(1)],
  ] as const;
  return arePlausible(primaries) ? primaries : undefined;
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);
}
