// A .ncr file as parts that may lie: taken apart, changed, and put together again with the checksums
// and lengths made right, or left wrong. It shares nothing with the reader under test but the CRC.
import { crc32c } from '@nacre/codec/internal';

const HEADER_BYTES = 20;
const ENTRY_BYTES = 12;

/** A section and what the table says of it. */
export interface SectionPart {
  /** Four bytes. */
  type: Uint8Array;
  length: number;
  checksum: number;
  payload: Uint8Array;
}

/** A whole file. */
export interface FileParts {
  /** The first 20 bytes. */
  header: Uint8Array;
  sections: SectionPart[];
  /** Of header and table. */
  checksum: number;
}

/** A tile and what the index says of it. */
export interface TilePart {
  /** The varint, as it stands there. */
  size: Uint8Array;
  checksum: number;
  stream: Uint8Array;
}

/** The payload of the section `TILE` or `Alph`. */
export interface TileParts {
  log2Side: number;
  tiles: TilePart[];
}

/** Takes a file apart that is right. */
export function partsOf(bytes: Uint8Array): FileParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tableEnd = HEADER_BYTES + ENTRY_BYTES * bytes[11]!;
  let at = tableEnd + 4;
  const sections: SectionPart[] = [];
  for (let entry = HEADER_BYTES; entry < tableEnd; entry += ENTRY_BYTES) {
    const length = view.getUint32(entry + 4, true);
    sections.push({
      type: bytes.slice(entry, entry + 4),
      length,
      checksum: view.getUint32(entry + 8, true),
      payload: bytes.slice(at, at + length),
    });
    at += length;
  }
  return {
    header: bytes.slice(0, HEADER_BYTES),
    sections,
    checksum: view.getUint32(tableEnd, true),
  };
}

/** Puts a file together as it is. */
export function bytesOf({ header, sections, checksum }: FileParts): Uint8Array {
  const head = headOf(header, sections);
  return concatenated([head, uint32(checksum), ...sections.map(({ payload }) => payload)]);
}

/** Makes the number, lengths and checksums of the sections right, and then that of the header. */
export function repairSections(parts: FileParts): void {
  for (const section of parts.sections) {
    section.length = section.payload.length;
    section.checksum = crc32c(section.payload);
  }
  parts.header[11] = parts.sections.length;
  repairHeader(parts);
}

/** Makes the checksum of header and table right, whatever they say. */
export function repairHeader(parts: FileParts): void {
  parts.checksum = crc32c(headOf(parts.header, parts.sections));
}

/** Takes a section `TILE` or `Alph` apart that is right. */
export function tilesOf(payload: Uint8Array): TileParts {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const index: { size: Uint8Array; checksum: number; length: number }[] = [];
  let at = 1;
  for (let rest = payload.length - 1; rest > 0; ) {
    const start = at;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = payload[at++]!;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    index.push({ size: payload.slice(start, at), checksum: view.getUint32(at, true), length });
    at += 4;
    rest -= at - start + length;
  }
  const tiles = index.map(({ size, checksum, length }) => {
    const stream = payload.slice(at, at + length);
    at += length;
    return { size, checksum, stream };
  });
  return { log2Side: payload[0]!, tiles };
}

/** Puts a section `TILE` or `Alph` together as it is. */
export function payloadOf({ log2Side, tiles }: TileParts): Uint8Array {
  const index = tiles.flatMap(({ size, checksum }) => [size, uint32(checksum)]);
  return concatenated([Uint8Array.of(log2Side), ...index, ...tiles.map(({ stream }) => stream)]);
}

/** Makes the size and the checksum of every tile right. */
export function repairTiles({ tiles }: TileParts): void {
  for (const tile of tiles) {
    tile.size = varint(tile.stream.length);
    tile.checksum = crc32c(tile.stream);
  }
}

/** A number as LEB128. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

function headOf(header: Uint8Array, sections: readonly SectionPart[]): Uint8Array {
  const table = sections.flatMap(({ type, length, checksum }) => [
    type,
    uint32(length),
    uint32(checksum),
  ]);
  return concatenated([header, ...table]);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
