// Reads Windows and OS/2 bitmaps (BITMAPCOREHEADER to BITMAPV5HEADER), whose rows are plain, run-length encoded or
// masked.

import { arePlausible, type Chromaticities, gammaSpace } from './colour-space.js';
import type { Findings } from './findings.js';
import { type DecodedFile, damaged, type ImageFile, unsupported } from './image-file.js';

/** What the headers say. */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly isTopDown: boolean;
  readonly compression: number;
  /** Red, green and blue of each entry. */
  readonly palette: Uint8Array;
  /** Of red, green, blue and alpha in a pixel of 16 or 32 bits. */
  readonly masks: readonly [number, number, number, number];
  /** Where the pixels begin. */
  readonly start: number;
  readonly colours: Findings['colours'];
  readonly icc: Uint8Array | undefined;
}

const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;

/** Values of the field bV5CSType. */
const CALIBRATED = 0;
const EMBEDDED_PROFILE = 0x4d424544;

const FILE_HEADER = 14;
const MASKS_OF_16_BITS = [0x7c00, 0x3e0, 0x1f, 0] as const;
const MASKS_OF_32_BITS = [0xff0000, 0xff00, 0xff, 0] as const;

/** Whether a file is a bitmap. */
export function isBmp(file: Uint8Array): boolean {
  if (file[0] !== 0x42 || file[1] !== 0x4d || file.length < 18) return false;
  const size = viewOf(file).getUint32(FILE_HEADER, true);
  return size >= 12 && size <= 256;
}

/** Reads the headers of a file that {@link isBmp}. */
export function openBmp(file: Uint8Array, name: string): ImageFile {
  let header: Header;
  try {
    header = readHeader(file, name);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw damaged(name, 'the header is cut short', error);
  }
  const { width, height } = header;
  return {
    width,
    height,
    read: async (allowDamaged) => readPixels(file, header, name, allowDamaged),
  };
}

function readHeader(file: Uint8Array, name: string): Header {
  const view = viewOf(file);
  const size = view.getUint32(FILE_HEADER, true);
  const isCore = size === 12;
  const [width, signedHeight, bits] = isCore
    ? [view.getUint16(18, true), view.getUint16(20, true), view.getUint16(24, true)]
    : [view.getInt32(18, true), view.getInt32(22, true), view.getUint16(28, true)];
  const height = Math.abs(signedHeight);
  if (width < 1 || height < 1) throw damaged(name, 'a side has no pixels');
  if (![1, 2, 4, 8, 16, 24, 32].includes(bits))
    throw unsupported(name, `a BMP file of ${bits} bits`);
  const compression = size >= 20 ? view.getUint32(30, true) : 0;
  checkCompression(compression, bits, size, name);
  const masksAt = FILE_HEADER + 40;
  const isMasked = compression === BITFIELDS || compression === ALPHA_BITFIELDS;
  const hasAlphaMask = size >= 56 || compression === ALPHA_BITFIELDS;
  const mask = (i: number): number => view.getUint32(masksAt + 4 * i, true);
  const masks = isMasked
    ? ([mask(0), mask(1), mask(2), hasAlphaMask ? mask(3) : 0] as const)
    : bits === 16
      ? MASKS_OF_16_BITS
      : MASKS_OF_32_BITS;
  const afterMasks = isMasked && size === 40 ? (hasAlphaMask ? 16 : 12) : 0;
  const start = view.getUint32(10, true);
  return {
    width,
    height,
    bits,
    isTopDown: signedHeight < 0,
    compression,
    palette: paletteOf(
      file.subarray(0, start),
      FILE_HEADER + size + afterMasks,
      bits,
      isCore ? 3 : 4,
    ),
    masks,
    start,
    ...coloursOf(file, size),
  };
}

function checkCompression(compression: number, bits: number, size: number, name: string): void {
  const isFitting =
    compression === 0 ||
    (compression === RLE8 && bits === 8) ||
    (compression === RLE4 && bits === 4) ||
    // In headers of OS/2, 3 is another method.
    (compression === BITFIELDS && (bits === 16 || bits === 32) && size !== 64) ||
    (compression === ALPHA_BITFIELDS && (bits === 16 || bits === 32));
  if (isFitting) return;
  const kind = { 4: 'a BMP file with a JPEG inside', 5: 'a BMP file with a PNG inside' }[
    compression
  ];
  throw unsupported(name, kind ?? `a BMP file of compression method ${compression}`);
}

/** The palette as red, green, blue; black where the file has fewer entries than pixels may name. */
function paletteOf(head: Uint8Array, at: number, bits: number, entryBytes: number): Uint8Array {
  if (bits > 8) return new Uint8Array(0);
  const palette = new Uint8Array(3 * 2 ** bits);
  for (let i = 0; i < 2 ** bits; i++) {
    const [blue, green, red] = head.subarray(at + entryBytes * i);
    palette.set([red ?? 0, green ?? 0, blue ?? 0], 3 * i);
  }
  return palette;
}

function coloursOf(file: Uint8Array, size: number): Pick<Header, 'colours' | 'icc'> {
  const none = { colours: undefined, icc: undefined };
  if (size < 108) return none;
  const view = viewOf(file);
  const type = view.getUint32(FILE_HEADER + 56, true);
  if (type === EMBEDDED_PROFILE && size >= 124) {
    const at = FILE_HEADER + view.getUint32(FILE_HEADER + 112, true);
    return { ...none, icc: file.slice(at, at + view.getUint32(FILE_HEADER + 116, true)) };
  }
  if (type !== CALIBRATED) return none;
  // Endpoints are CIE XYZ in 2.30 bits, gammas are 16.16. Where they are all 0, nothing is meant by them.
  const xyz = [0, 1, 2].map((i) =>
    [0, 1, 2].map((k) => view.getUint32(FILE_HEADER + 60 + 12 * i + 4 * k, true) / 2 ** 30),
  );
  const white = [0, 1, 2].map((k) => xyz.reduce((sum, point) => sum + point[k]!, 0));
  const [red, green, blue, w] = [...xyz, white].map(([x, y, z]) => {
    const sum = x! + y! + z!;
    return [x! / sum, y! / sum] as const;
  });
  const primaries: Chromaticities = [red!, green!, blue!, w!];
  const gamma = view.getUint32(FILE_HEADER + 96, true) / 65_536;
  const colours = gammaSpace(
    gamma > 0.1 && gamma < 10 ? gamma : undefined,
    arePlausible(primaries) ? primaries : undefined,
  );
  return { ...none, colours };
}

function readPixels(
  file: Uint8Array,
  header: Header,
  name: string,
  allowDamaged: boolean,
): DecodedFile {
  const { width, height, bits, compression, palette, colours, icc } = header;
  const body = file.subarray(header.start);
  const isRunLength = compression === RLE8 || compression === RLE4;
  const missing = isRunLength ? 0 : rowBytes(header) * height - body.length;
  if (missing > 0 && !allowDamaged) throw damaged(name, `${missing} bytes are missing`);
  const isGrey = bits <= 8 && palette.every((v, i) => v === palette[i - (i % 3)]);
  const changes = bits <= 8 && !isGrey ? ['Expanded the palette to RGB'] : [];
  const space = isGrey ? ('GRAY' as const) : ('RGB ' as const);
  const common = { width, height, isGrey, colours, icc, space, changes, dropped: [] };
  if (bits > 8) {
    const samples = directColours(body, header);
    const channels = header.masks[3] === 0 ? 3 : 4;
    return { ...common, samples, channels, hasAlpha: channels === 4 };
  }
  const indices = isRunLength ? runLength(body, header) : packedIndices(body, header);
  if (!indices.isWhole && !allowDamaged) throw damaged(name, 'its runs end too early');
  const channels = isGrey ? 1 : 3;
  const samples = new Uint8Array(channels * width * height);
  for (let i = 0; i < width * height; i++) {
    const entry = 3 * indices.values[i]!;
    for (let c = 0; c < channels; c++) samples[channels * i + c] = palette[entry + c]!;
  }
  return { ...common, samples, channels, hasAlpha: false };
}

/** Rows are padded to multiples of four bytes. */
function rowBytes({ width, bits }: Header): number {
  return 4 * Math.ceil((width * bits) / 32);
}

/** The row of the image that a row of the file is. */
function rowOf({ height, isTopDown }: Header, row: number): number {
  return isTopDown ? row : height - 1 - row;
}

/** Entries of the palette, for each pixel from the top left. */
interface Indices {
  readonly values: Uint8Array;
  readonly isWhole: boolean;
}

function packedIndices(body: Uint8Array, header: Header): Indices {
  const { width, height, bits } = header;
  const values = new Uint8Array(width * height);
  const stride = rowBytes(header);
  for (let row = 0; row < height; row++) {
    const to = width * rowOf(header, row);
    for (let x = 0; x < width; x++) {
      const at = x * bits;
      const byte = body[stride * row + (at >> 3)] ?? 0;
      values[to + x] = (byte >> (8 - bits - (at & 7))) & (2 ** bits - 1);
    }
  }
  return { values, isWhole: true };
}

/** Runs of one or, with 4 bits, two alternating entries; and behind a 0 escapes: end, jump, literal entries. */
function runLength(body: Uint8Array, header: Header): Indices {
  const { width, height, bits } = header;
  const values = new Uint8Array(width * height);
  let [x, row] = [0, 0];
  const put = (value: number): void => {
    if (x < width && row < height) values[width * rowOf(header, row) + x] = value;
    x += 1;
  };
  const entry = (byte: number, i: number): number =>
    bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15;
  for (let at = 0; at + 2 <= body.length && row < height; ) {
    const [count, value] = [body[at]!, body[at + 1]!];
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(entry(value, i));
    } else if (value === 0) {
      [x, row] = [0, row + 1];
    } else if (value === 1) {
      return { values, isWhole: true };
    } else if (value === 2) {
      [x, row] = [x + (body[at] ?? 0), row + (body[at + 1] ?? 0)];
      at += 2;
    } else {
      const bytes = Math.ceil((value * bits) / 8);
      if (at + bytes > body.length) break;
      for (let i = 0; i < value; i++) put(entry(body[at + Math.floor((i * bits) / 8)]!, i));
      at += bytes + (bytes % 2);
    }
  }
  // Without an end marker, the last row must at least be there.
  return { values, isWhole: row >= height || (row === height - 1 && x >= width) };
}

/** Pixels of 16, 24 or 32 bits; alpha that is 0 everywhere is alpha that nobody has set. */
function directColours(body: Uint8Array, header: Header): Uint8Array {
  const { width, height, bits, masks } = header;
  const channels = masks[3] === 0 ? 3 : 4;
  const samples = new Uint8Array(channels * width * height);
  const fields = masks.slice(0, channels).map(fieldOf);
  const [stride, size] = [rowBytes(header), bits / 8];
  let alphas = 0;
  for (let row = 0; row < height; row++) {
    let to = channels * width * rowOf(header, row);
    for (let x = 0; x < width; x++) {
      const at = stride * row + size * x;
      let pixel = 0;
      for (let i = size - 1; i >= 0; i--) pixel = pixel * 256 + (body[at + i] ?? 0);
      for (const { shift, most } of fields) {
        const value = most === 0 ? 0 : Math.floor(pixel / shift) % (most + 1);
        samples[to++] = most === 0 ? 0 : Math.round((255 * value) / most);
      }
      if (channels === 4) alphas |= samples[to - 1]!;
    }
  }
  if (channels === 4 && alphas === 0) for (let i = 3; i < samples.length; i += 4) samples[i] = 255;
  return samples;
}

/** What a mask selects: pixel / shift % (most + 1). Masks have no gaps. */
function fieldOf(mask: number): { readonly shift: number; readonly most: number } {
  if (mask === 0) return { shift: 1, most: 0 };
  let shift = 1;
  while (Math.floor(mask / shift) % 2 === 0) shift *= 2;
  return { shift, most: Math.floor(mask / shift) };
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
