// Writes a PNG with an ICC profile, for the browser itself to read: the one way to have it convert colours.
// Not for files that are kept: nothing is done to make it small.

/** The name of the profile, its end, and 0: the one method of compression there is. */
const ICC_NAME = 'ICC profile\0\0';

/**
 * A PNG of 8 bits a sample, without alpha (PNG, third edition, sections 5 and 11).
 *
 * @param channels - 1 grey, 3 red, green, blue.
 * @param samples - row by row from the top left: channels·width·height.
 * @param icc - of as many channels, compressed by {@link zlib}: images in several strips do so once.
 * @example
 * ```ts
 * const bitmap = await createImageBitmap(await taggedPng(64, 64, 3, samples, await zlib(icc)));
 * ```
 */
export async function taggedPng(
  width: number,
  height: number,
  channels: 1 | 3,
  samples: Uint8Array,
  icc: Uint8Array,
): Promise<Blob> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  header[9] = channels === 1 ? 0 : 2;
  const bytes = channels * width;
  // Each row begins with the number of its filter: 0, none.
  const rows = new Uint8Array((1 + bytes) * height);
  for (let y = 0; y < height; y++) {
    rows.set(samples.subarray(y * bytes, (y + 1) * bytes), y * (1 + bytes) + 1);
  }
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('iCCP', latin1(ICC_NAME), icc),
    chunk('IDAT', await zlib(rows)),
    chunk('IEND'),
  ];
  return new Blob(parts, { type: 'image/png' });
}

function chunk(type: string, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(12 + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  let at = 4;
  for (const part of [latin1(type), ...parts]) {
    bytes.set(part, at);
    at += part.length;
  }
  view.setUint32(at, crc32(bytes.subarray(4, at)));
  return bytes;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** What browsers call deflate is zlib's format, as PNG has it. */
export async function zlib(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** CRC-32 of ISO 3309 (PNG, annex D); the one of `.ncr` files has another polynomial. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
