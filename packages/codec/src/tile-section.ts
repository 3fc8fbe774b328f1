// The section TILE: an index of sizes and checksums, then one entropy-coded stream for each tile (FORMAT.md).
// The section Alph is laid out the same way.
import { crc32c } from './crc32c.js';
import { CorruptFileError, TooLargeError } from './errors.js';
import { countTiles } from './tiles.js';

/**
 * What a reader accepts: a whole section; one that is damaged, of which what is intact counts; or the
 * beginning of one, of which all counts that is there.
 */
export type Tolerance = 'none' | 'damage' | 'incomplete';

/** Type of the section in the container. */
export const TILE_TYPE = 'TILE';

/** Allowed log2 of the tile side in pixels. */
export const MIN_LOG2_SIDE = 6;
export const MAX_LOG2_SIDE = 16;

/** A tile takes at least one byte of size and four of checksum in the index. */
const MIN_ENTRY_BYTES = 5;

/** A size is a varint of at most four bytes; streams come near it only in the largest tiles. */
const MAX_STREAM_BYTES = 2 ** 28 - 1;

/** The section's content, to be written. */
export interface TileSection {
  /** log2 of the tile side in pixels, 6..16. */
  readonly log2Side: number;
  /** One stream for each tile, in raster order. */
  readonly streams: readonly Uint8Array[];
}

/**
 * The content of a section: where each stream is. It takes 8 bytes a tile, as a small file may claim a million
 * tiles.
 */
export class TileStreams {
  /** log2 of the tile side in pixels, 6..16. */
  readonly log2Side: number;
  /** Bytes of the stream of each tile, in raster order. */
  readonly sizes: Uint32Array;
  readonly #payload: Uint8Array;
  readonly #starts: Uint32Array;

  /** @param starts - where each stream begins in `payload`. */
  constructor(log2Side: number, payload: Uint8Array, starts: Uint32Array, sizes: Uint32Array) {
    this.log2Side = log2Side;
    this.sizes = sizes;
    this.#payload = payload;
    this.#starts = starts;
  }

  /** The stream of a tile: a view into the section. */
  get(index: number): Uint8Array {
    const start = this.#starts[index]!;
    return this.#payload.subarray(start, start + this.sizes[index]!);
  }
}

/**
 * Writes the section.
 *
 * @throws {@link TooLargeError} if a stream has 2^28 bytes or more.
 */
export function writeTileSection({ log2Side, streams }: TileSection): Uint8Array {
  const index: number[] = [log2Side];
  let length = 0;
  for (const stream of streams) {
    if (stream.length > MAX_STREAM_BYTES) {
      throw new TooLargeError(
        `A tile takes ${stream.length} bytes and may take ${MAX_STREAM_BYTES}: cut the image up.`,
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
 * Reads the section: its index, checks that the sizes fill the section and that every
 * tile has its checksum.
 *
 * @param width - pixels per row of the image, which with the height decides how many tiles there are.
 * @param tolerance - with `damage`, a section that does not fit its index is accepted, and each tile whose
 * stream is damaged or incomplete has an empty stream, which no intact tile has. With `incomplete`, the last
 * stream that has begun is as long as what is there of it, and nothing vouches for it.
 * @throws {@link CorruptFileError} naming the tile.
 */
export function readTileSection(
  payload: Uint8Array,
  width: number,
  height: number,
  tolerance: Tolerance = 'none',
): TileStreams {
  const log2Side = payload[0] ?? 0;
  if (log2Side < MIN_LOG2_SIDE || log2Side > MAX_LOG2_SIDE)
    throw tileIndexError('an impossible tile size');
  const count = countTiles(width, height, log2Side);
  if (count > (payload.length - 1) / MIN_ENTRY_BYTES) throw tileIndexError('too few entries');

  let at = 1;
  const next = (): number => {
    const byte = payload[at++];
    if (byte === undefined) throw tileIndexError('too few entries');
    return byte;
  };
  const sizes = new Uint32Array(count);
  const checksums = new Uint32Array(count);
  for (let tile = 0; tile < count; tile++) {
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = next();
      if (shift > 21 || (byte === 0 && shift > 0)) throw tileIndexError('an impossible size');
      size += (byte & 0x7f) * 2 ** shift;
      more = byte > 0x7f;
    }
    sizes[tile] = size;
    checksums[tile] = next() + next() * 2 ** 8 + next() * 2 ** 16 + next() * 2 ** 24;
  }
  const end = sizes.reduce((sum, size) => sum + size, at);
  if (end !== payload.length && tolerance === 'none')
    throw tileIndexError(`sizes that sum to ${end} bytes, not ${payload.length}`);
  const starts = new Uint32Array(count);
  for (const [tile, size] of sizes.entries()) {
    starts[tile] = Math.min(at, payload.length);
    at += size;
    const isWhole = at <= payload.length;
    if (isWhole && crc32c(payload.subarray(at - size, at)) === checksums[tile]) continue;
    if (tolerance === 'none') {
      throw new CorruptFileError(
        `Tile ${tile + 1} of ${count} is damaged: get a good copy of the file.`,
      );
    }
    // Streams are a whole number of 16-bit words.
    const arrived = 2 * Math.floor((payload.length - starts[tile]!) / 2);
    sizes[tile] = tolerance === 'incomplete' && !isWhole ? arrived : 0;
  }
  return new TileStreams(log2Side, payload, starts, sizes);
}

function tileIndexError(what: string): CorruptFileError {
  return new CorruptFileError(`The index of tiles has ${what}: get a good copy of the file.`);
}
