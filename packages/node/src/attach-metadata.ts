// Puts ICC profile, EXIF and XMP into image files that have just been written, to the byte: sharp writes
// EXIF anew and takes profiles from files only. It reads no files of others.

import { crc32, deflateSync } from 'node:zlib';
import type { ImageMetadata } from '@nacre/codec';

/** The formats whose files take metadata this way. */
export type TaggedFormat = 'png' | 'jpg' | 'webp';

/** What a marker segment of a JPEG holds besides the two bytes of its length. */
const MAX_SEGMENT = 65_533;

const JPEG_EXIF = Buffer.from('Exif\0\0', 'latin1');
const JPEG_XMP = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');
const JPEG_ICC = Buffer.from('ICC_PROFILE\0', 'latin1');

/**
 * An image file with metadata.
 *
 * @param file - as sharp has written it: without any.
 * @param onNotice - told of what the format cannot hold.
 * @example
 * ```ts
 * attachMetadata(await sharp(pixels, raw).png().toBuffer(), 'png', { icc, exif, xmp });
 * ```
 */
export function attachMetadata(
  file: Uint8Array,
  format: TaggedFormat,
  metadata: ImageMetadata = {},
  onNotice?: (notice: string) => void,
): Uint8Array {
  if (!metadata.icc && !metadata.exif && !metadata.xmp) return file;
  switch (format) {
    case 'png':
      return intoPng(file, metadata);
    case 'jpg':
      return intoJpeg(file, metadata, onNotice);
    case 'webp':
      return intoWebp(file, metadata);
  }
}

/** After the first chunk, IHDR: chunks iCCP, eXIf and iTXt (PNG, third edition, section 11.3). */
function intoPng(file: Uint8Array, { icc, exif, xmp }: ImageMetadata): Uint8Array {
  const chunk = (type: string, ...parts: readonly Uint8Array[]): Buffer => {
    const content = Buffer.concat([Buffer.from(type, 'latin1'), ...parts]);
    return Buffer.concat([uint32(content.length - 4), content, uint32(crc32(content))]);
  };
  const text = (latin1: string): Buffer => Buffer.from(latin1, 'latin1');
  const afterHeader = 8 + 25;
  return Buffer.concat([
    file.subarray(0, afterHeader),
    ...(icc ? [chunk('iCCP', text('ICC profile\0\0'), deflateSync(icc))] : []),
    ...(exif ? [chunk('eXIf', exif)] : []),
    ...(xmp ? [chunk('iTXt', text('XML:com.adobe.xmp\0\0\0\0\0'), xmp)] : []),
    file.subarray(afterHeader),
  ]);
}

/**
 * After the start of the image: APP1 segments (CIPA DC-008, section 4.7.2; Adobe's XMP Specification, part
 * 3) and APP2 segments (ICC.1, annex B.4).
 */
function intoJpeg(
  file: Uint8Array,
  { icc, exif, xmp }: ImageMetadata,
  onNotice?: (notice: string) => void,
): Uint8Array {
  const segments: Buffer[] = [];
  const add = (marker: number, ...parts: readonly Uint8Array[]): void => {
    const content = Buffer.concat(parts);
    segments.push(Buffer.of(0xff, marker), uint32(content.length + 2).subarray(2), content);
  };
  for (const [name, prefix, bytes] of [
    ['EXIF', JPEG_EXIF, exif],
    ['XMP', JPEG_XMP, xmp],
  ] as const) {
    if (!bytes) continue;
    if (prefix.length + bytes.length <= MAX_SEGMENT) add(0xe1, prefix, bytes);
    else onNotice?.(`Dropped the ${name}: it is larger than 64 kB, which a JPEG cannot hold.`);
  }
  if (icc) {
    const room = MAX_SEGMENT - JPEG_ICC.length - 2;
    const count = Math.ceil(icc.length / room);
    if (count > 255) {
      onNotice?.('Dropped the ICC profile: it is larger than 16 MB, which a JPEG cannot hold.');
    }
    for (let i = 0; count <= 255 && i < count; i++) {
      const part = icc.subarray(i * room, (i + 1) * room);
      add(0xe2, JPEG_ICC, Buffer.of(i + 1, count), part);
    }
  }
  return Buffer.concat([file.subarray(0, 2), ...segments, file.subarray(2)]);
}

/** Chunks ICCP before and EXIF and XMP after the image, which VP8X announces (RFC 9649, section 2.7). */
function intoWebp(file: Uint8Array, { icc, exif, xmp }: ImageMetadata): Uint8Array {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const chunk = (type: string, content: Uint8Array | undefined): Buffer => {
    if (!content) return Buffer.alloc(0);
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32LE(content.length, 4);
    return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
  };
  const isExtended = bytes.toString('latin1', 12, 16) === 'VP8X';
  const extended = Buffer.alloc(10);
  if (isExtended) {
    bytes.copy(extended, 0, 20, 30);
  } else {
    // The frame header of VP8 has the size in 14 bits each (RFC 6386, section 9.1).
    extended.writeUIntLE((bytes.readUInt16LE(26) & 0x3fff) - 1, 4, 3);
    extended.writeUIntLE((bytes.readUInt16LE(28) & 0x3fff) - 1, 7, 3);
  }
  extended[0]! |= (icc ? 0x20 : 0) | (exif ? 0x08 : 0) | (xmp ? 0x04 : 0);
  const content = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    chunk('VP8X', extended),
    chunk('ICCP', icc),
    bytes.subarray(isExtended ? 30 : 12),
    chunk('EXIF', exif),
    chunk('XMP ', xmp),
  ]);
  return chunk('RIFF', content);
}

/** Big-endian. */
function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
