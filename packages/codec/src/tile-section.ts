// The TILE section: an index of sizes and checksums, then one entropy-coded stream for each tile
// (FORMAT.md). What the streams hold is not known here.
import { crc32c } from './crc32c.js';
import { CorruptFileError, TooLargeError } from './errors.js';
import { tileCount } from './tiles.js';

/** Type of the section in the container. */
export const TILE_TYPE = 'TILE';

/** Allowed log2 of the tile side in pixels. */
const MIN_LOG2_SIDE = 6;
const MAX_LOG2_SIDE = 16;

/** A tile takes at least one byte of size and four of checksum in the index. */
const MIN_ENTRY_BYTES = 5;

/** A size is a varint of at most four bytes; streams come near it only in the largest tiles. */
const MAX_STREAM_BYTES = 2 ** 28 - 1;

/** The section's content. */
export interface TileSection {
  /** log2 of the tile side in pixels, 6..16. */
  readonly log2Side: number;
  /** One stream for each tile, in raster order. */
  readonly streams: readonly Uint8Array[];
}

/**
 * Puts the section together.
 *
 * @throws {TooLargeError} if a stream has 2^28 bytes or more.
 */
export function writeTileSection({ log2Side, streams }: TileSection): Uint8Array {
  const index: number[] = [log2Side];
  let length = 0;
  for (const stream of streams) {
    if (stream.length > MAX_STREAM_BYTES) {
      throw new TooLargeError(
        `A tile takes ${stream.length} bytes and may take ${MAX_STREAM_BYTES}: cut the picture up.`,
      );
    }
    length += stream.length;
    let rest = stream.length;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) index.push((rest % 128) | 0x80);
    index.push(rest);
    const crc = crc32c(stream);
    index.push(crc & 0xff, (crc >>> 8) & 0xff, (crc >>> 16) & 0xff, crc >>> 24);
  }
  const payload = new Uint8Array(index.length + length);
  payload.set(index);
  let at = index.length;
  for (const stream of streams) {
    payload.set(stream, at);
    at += stream.length;
  }
  return payload;
}

/**
 * Takes the section apart: reads the index, checks that the sizes fill the section and that every
 * tile has its checksum.
 *
 * @param width pixels per row of the picture, which with the height decides how many tiles there are.
 * @param partial takes a section that does not fit its index, and gives an empty stream, which no tile
 * has, for each tile whose own is damaged or not all there.
 * @returns the section; the streams are views into `payload`.
 * @throws {CorruptFileError} naming the tile.
 */
export function readTileSection(
  payload: Uint8Array,
  width: number,
  height: number,
  partial = false,
): TileSection {
  const log2Side = payload[0] ?? 0;
  if (log2Side < MIN_LOG2_SIDE || log2Side > MAX_LOG2_SIDE)
    throw badIndex('an impossible tile size');
  const count = tileCount(width, height, log2Side);
  if (count > (payload.length - 1) / MIN_ENTRY_BYTES) throw badIndex('too few entries');

  let at = 1;
  const next = (): number => {
    const byte = payload[at++];
    if (byte === undefined) throw badIndex('too few entries');
    return byte;
  };
  const entries = Array.from({ length: count }, () => {
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = next();
      if (shift > 21 || (byte === 0 && shift > 0)) throw badIndex('an impossible size');
      size += (byte & 0x7f) * 2 ** shift;
      more = byte > 0x7f;
    }
    const crc = next() + next() * 2 ** 8 + next() * 2 ** 16 + next() * 2 ** 24;
    return { size, crc };
  });
  const end = entries.reduce((sum, { size }) => sum + size, at);
  if (end !== payload.length && !partial)
    throw badIndex(`sizes that sum to ${end} bytes, not ${payload.length}`);
  const streams = entries.map(({ size, crc }, tile) => {
    const stream = payload.subarray(at, at + size);
    at += size;
    if (stream.length !== size || crc32c(stream) !== crc) {
      if (partial) return new Uint8Array();
      throw new CorruptFileError(
        `Tile ${tile + 1} of ${count} is damaged: get a good copy of the file.`,
      );
    }
    return stream;
  });
  return { log2Side, streams };
}

function badIndex(what: string): CorruptFileError {
  return new CorruptFileError(`The index of tiles has ${what}: get a good copy of the file.`);
}
