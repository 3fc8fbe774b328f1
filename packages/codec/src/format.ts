// The container of .ncr files: header, section table and checksums (FORMAT.md). sections.ts knows what the
// sections hold.
import { crc32c } from './crc32c.js';
import { CorruptFileError, FormatError, TooLargeError } from './errors.js';

/** The only version so far. */
export const VERSION = 1;

const MAGIC: readonly number[] = [0x89, 0x4e, 0x43, 0x52];
const HEADER_BYTES = 20;
const ENTRY_BYTES = 12;
const CRC_BYTES = 4;
/** The one flag: the image is grey. */
const GREYSCALE = 1;
/** The part of the model's hash that a file holds. */
export const HASH_BYTES = 8;

/** One part of a file. */
export interface Section {
  /** Four ASCII letters; a decoder must know those that begin in upper case. */
  readonly type: string;
  readonly payload: Uint8Array;
  /** Its checksum is wrong, or its end is missing. */
  readonly damaged?: boolean;
}

/** The parts of a file. */
export interface Container {
  /** Pixels per row, 1..65535. */
  readonly width: number;
  /** Rows, 1..65535. */
  readonly height: number;
  /** Rate level, 0..255. */
  readonly level: number;
  /** Whether the image is grey, and a decoder gives one sample for the three of a colour. */
  readonly greyscale: boolean;
  /** First 8 bytes of the model's hash. */
  readonly modelHash: Uint8Array;
  /** At most 255. */
  readonly sections: readonly Section[];
}

/**
 * Writes a file from its parts.
 *
 * @throws {@link TooLargeError} if a section has 2^32 bytes or more.
 */
export function writeContainer(container: Container): Uint8Array<ArrayBuffer> {
  const { width, height, level, greyscale, modelHash, sections } = container;
  for (const { type, payload } of sections) {
    if (payload.length >= 2 ** 32) {
      throw new TooLargeError(
        `The section ${type} takes ${payload.length} bytes and may take ${2 ** 32 - 1}: cut the image up.`,
      );
    }
  }
  const tableEnd = HEADER_BYTES + ENTRY_BYTES * sections.length;
  const length = sections.reduce((sum, { payload }) => sum + payload.length, tableEnd + CRC_BYTES);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[4] = VERSION;
  bytes[5] = greyscale ? GREYSCALE : 0;
  view.setUint16(6, width, true);
  view.setUint16(8, height, true);
  bytes[10] = level;
  bytes[11] = sections.length;
  bytes.set(modelHash.subarray(0, HASH_BYTES), 12);
  let at = tableEnd + CRC_BYTES;
  for (const [index, { type, payload }] of sections.entries()) {
    const entry = HEADER_BYTES + ENTRY_BYTES * index;
    for (let i = 0; i < 4; i++) bytes[entry + i] = type.charCodeAt(i);
    view.setUint32(entry + 4, payload.length, true);
    view.setUint32(entry + 8, crc32c(payload), true);
    bytes.set(payload, at);
    at += payload.length;
  }
  view.setUint32(tableEnd, crc32c(bytes.subarray(0, tableEnd)), true);
  return bytes;
}

/**
 * Reads the parts of a file and checks everything that can be checked without knowing the sections: every
 * length before it is used, every checksum before its content is trusted.
 *
 * @param partial - gives damaged sections too, as far as they are there, and accepts a file that ends early
 * or continues after its end; header and table must always be right.
 * @returns the parts; payloads are views into `bytes`.
 * @throws {@link FormatError} if this is not a `.ncr` file, or one that needs a later decoder.
 * @throws {@link CorruptFileError} if it was cut off or changed, or if anything follows it.
 */
export function readContainer(bytes: Uint8Array, partial = false): Container {
  if (bytes.length < MAGIC.length || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new FormatError(
      'NOT_NCR',
      'This is not a .ncr file: choose a file that Nacre has written.',
    );
  }
  checkLength(bytes, 5, 'the header');
  if (bytes[4] !== VERSION) throw newerFormatError(`it has version ${bytes[4]}`);
  checkLength(bytes, HEADER_BYTES, 'the header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes[11]!;
  const tableEnd = HEADER_BYTES + ENTRY_BYTES * count;
  checkLength(bytes, tableEnd + CRC_BYTES, 'the section table');
  if (view.getUint32(tableEnd, true) !== crc32c(bytes.subarray(0, tableEnd))) {
    throw damagedError('The header');
  }
  const unknownFlags = bytes[5]! & ~GREYSCALE;
  if (unknownFlags !== 0) throw newerFormatError(`it sets the flags ${unknownFlags}`);
  const width = view.getUint16(6, true);
  const height = view.getUint16(8, true);
  if (width === 0 || height === 0) throw damagedError(`The header's size ${width}×${height}`);

  const entries = Array.from({ length: count }, (_, index) => {
    const at = HEADER_BYTES + ENTRY_BYTES * index;
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (!/^[A-Za-z]{4}$/.test(type)) throw damagedError(`The name of section ${index + 1}`);
    return { type, length: view.getUint32(at + 4, true), crc: view.getUint32(at + 8, true) };
  });
  let at = tableEnd + CRC_BYTES;
  const end = entries.reduce((sum, { length }) => sum + length, at);
  if (!partial) checkLength(bytes, end, 'the last section');
  if (!partial && bytes.length > end) {
    throw new CorruptFileError(
      `The file continues for ${bytes.length - end} bytes after its end: cut them off, or get a good copy.`,
    );
  }
  const sections = entries.map(({ type, length, crc }) => {
    const payload = bytes.subarray(at, at + length);
    at += length;
    if (payload.length === length && crc32c(payload) === crc) return { type, payload };
    if (!partial) throw damagedError(`The section ${type}`);
    return { type, payload, damaged: true };
  });
  const greyscale = (bytes[5]! & GREYSCALE) !== 0;
  const modelHash = bytes.subarray(12, 20);
  return { width, height, level: bytes[10]!, greyscale, modelHash, sections };
}

function checkLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length >= length) return;
  throw new CorruptFileError(
    `The file ends after ${bytes.length} bytes, within ${what} (at least ${length} are needed): ` +
      'get a good copy of it.',
  );
}

function damagedError(what: string): CorruptFileError {
  return new CorruptFileError(`${what} is damaged: get a good copy of the file.`);
}

/** The error for a file that needs a later decoder. */
export function newerFormatError(why: string): FormatError {
  return new FormatError(
    'UNSUPPORTED_VERSION',
    `This .ncr file is newer than this decoder (${why}): update Nacre.`,
  );
}
