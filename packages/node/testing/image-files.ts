// Image files for tests, put together by hand: what no encoder at hand would write.

import { crc32 } from 'node:zlib';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A chunk of a PNG file. */
export function pngChunk(type: string, content: Uint8Array | string): Buffer {
  const bytes = typeof content === 'string' ? latin1(content) : content;
  const body = Buffer.concat([latin1(type), bytes]);
  return Buffer.concat([uint32(bytes.length), body, uint32(crc32(body))]);
}

/** A PNG file with more chunks, right behind its header. */
export function pngWith(png: Uint8Array, ...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);
}

/** A segment of a JPEG file. */
export function jpegSegment(marker: number, content: Uint8Array | string): Buffer {
  const bytes = typeof content === 'string' ? latin1(content) : content;
  const length = uint32(bytes.length + 2).subarray(2);
  return Buffer.concat([Buffer.of(0xff, marker), length, bytes]);
}

/** A JPEG file with more segments, right behind its beginning. */
export function jpegWith(jpeg: Uint8Array, ...segments: readonly Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

/** Where the scans of a JPEG file begin. */
export function scansOf(jpeg: Uint8Array): number[] {
  const places: number[] = [];
  const bytes = Buffer.from(jpeg);
  for (let at = 2; at < bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker === 0xd9) break;
    if (marker === 0xda) places.push(at);
    at += 2 + bytes.readUInt16BE(at + 2);
    if (marker !== 0xda) continue;
    while (bytes[at] !== 0xff || bytes[at + 1] === 0 || (bytes[at + 1]! & 0xf8) === 0xd0) at += 1;
  }
  return places;
}

/** EXIF with one entry of type SHORT in its first directory, big-endian. */
export function exifWith(tag: number, value: number): Buffer {
  const exif = latin1('MM\0*\0\0\0\x08\0\x01\0\0\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0');
  exif.writeUInt16BE(tag, 10);
  exif.writeUInt16BE(value, 18);
  return exif;
}

/** What {@link tiff} takes. */
export interface TiffOptions {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** 1 unsigned, 2 signed, 3 floating point. */
  readonly format?: number;
  readonly samples?: number;
  readonly photometric?: number;
  readonly extra?: readonly number[];
  /** Further fields of type LONG. */
  readonly fields?: Readonly<Record<number, number>>;
  readonly data: ArrayBufferView;
}

/** An uncompressed little-endian TIFF file of one strip. */
export function tiff(options: TiffOptions): Buffer {
  const { width, height, bits, format = 1, samples = 1, photometric = 1, extra = [] } = options;
  const data = Buffer.from(options.data.buffer, options.data.byteOffset, options.data.byteLength);
  const shorts = (values: readonly number[]): [number, readonly number[]] => [3, values];
  const fields = new Map<number, [number, readonly number[]]>([
    [256, [4, [width]]],
    [257, [4, [height]]],
    [258, shorts(Array(samples).fill(bits))],
    [259, shorts([1])],
    [262, shorts([photometric])],
    [273, [4, [0]]],
    [277, shorts([samples])],
    [278, [4, [height]]],
    [279, [4, [data.length]]],
    [339, shorts(Array(samples).fill(format))],
  ]);
  if (extra.length > 0) fields.set(338, shorts(extra));
  for (const [tag, value] of Object.entries(options.fields ?? {}))
    fields.set(Number(tag), [4, [value]]);
  const sorted = [...fields].sort(([a], [b]) => a - b);
  const directory = Buffer.alloc(2 + 12 * sorted.length + 4);
  directory.writeUInt16LE(sorted.length);
  const values: Buffer[] = [];
  let end = 8 + directory.length;
  let strip = 0;
  for (const [i, [tag, [type, numbers]]] of sorted.entries()) {
    const at = 2 + 12 * i;
    const size = type === 3 ? 2 : 4;
    const bytes = Buffer.alloc(size * numbers.length);
    for (const [k, number] of numbers.entries()) bytes.writeUIntLE(number, size * k, size);
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(numbers.length, at + 4);
    if (tag === 273) strip = at + 8;
    if (bytes.length <= 4) {
      bytes.copy(directory, at + 8);
    } else {
      directory.writeUInt32LE(end, at + 8);
      values.push(bytes);
      end += bytes.length;
    }
  }
  directory.writeUInt32LE(end, strip);
  return Buffer.concat([latin1('II*\0\x08\0\0\0'), directory, ...values, data]);
}

/** Big-endian. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
