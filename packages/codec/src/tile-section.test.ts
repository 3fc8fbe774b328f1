// The tile index: sizes as varints, checksums, and a typed error for every damage.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from './crc32c.js';
import { CorruptFileError, TooLargeError } from './errors.js';
import { readTileSection, type TileStreams, writeTileSection } from './tile-section.js';

/** Streams of given lengths, with different content. */
function streamsOf(...lengths: readonly number[]): Uint8Array[] {
  return lengths.map((length, i) => new Uint8Array(length).fill(i + 1));
}

/** All that was read. */
function contentOf(section: TileStreams): { log2Side: number; streams: Uint8Array[] } {
  const streams = Array.from(section.sizes, (_, i) => section.get(i));
  return { log2Side: section.log2Side, streams };
}

test('the bytes are side, then size and checksum of each tile, then the streams', () => {
  const streams = streamsOf(3, 200);
  const payload = writeTileSection({ log2Side: 9, streams });
  const view = new DataView(payload.buffer);
  expect(payload[0]).toBe(9);
  expect(payload[1]).toBe(3);
  expect(view.getUint32(2, true)).toBe(crc32c(streams[0]!));
  expect([...payload.subarray(6, 8)]).toEqual([0x80 | (200 % 128), 1]);
  expect(view.getUint32(8, true)).toBe(crc32c(streams[1]!));
  expect(payload.subarray(12, 15)).toEqual(streams[0]);
  expect(payload.subarray(15)).toEqual(streams[1]);
});

test('what is written is read', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 6, max: 12 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 16, maxLength: 16 }),
      (across, down, log2Side, lengths) => {
        const side = 2 ** log2Side;
        const section = { log2Side, streams: streamsOf(...lengths.slice(0, across * down)) };
        const payload = writeTileSection(section);
        const read = readTileSection(payload, across * side, (down - 1) * side + 1);
        expect(contentOf(read)).toEqual(section);
      },
    ),
  );
});

test('sizes of one to four bytes', () => {
  for (const length of [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const payload = writeTileSection({ log2Side: 9, streams: streamsOf(length) });
    expect(readTileSection(payload, 1, 1).get(0).length).toBe(length);
  }
});

test('a stream of 2^28 bytes is refused before it is written, as the reader would refuse it', () => {
  const huge = { length: 2 ** 28 } as Uint8Array;
  expect(() => writeTileSection({ log2Side: 16, streams: [huge] })).toThrow(TooLargeError);
  // One byte less is a size that a reader takes, though this payload is too short for it.
  const largest = Uint8Array.of(16, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0);
  expect(() => readTileSection(largest, 1, 1)).toThrow(`sum to ${9 + 2 ** 28 - 1} bytes`);
});

test('cut off anywhere, continued, or with any other byte: CorruptFileError', () => {
  const payload = writeTileSection({ log2Side: 6, streams: streamsOf(4, 130, 6) });
  const [width, height] = [192, 64];
  expect(readTileSection(payload, width, height).sizes.length).toBe(3);
  for (let length = 0; length < payload.length; length++) {
    expect(() => readTileSection(payload.subarray(0, length), width, height)).toThrow(
      CorruptFileError,
    );
  }
  expect(() => readTileSection(Uint8Array.from([...payload, 0]), width, height)).toThrow(
    CorruptFileError,
  );
  for (let at = 0; at < payload.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const copy = Uint8Array.from(payload);
      copy[at]! ^= 1 << bit;
      expect(() => readTileSection(copy, width, height), `byte ${at}`).toThrow(CorruptFileError);
    }
  }
});

test('names the damaged tile', () => {
  const payload = writeTileSection({ log2Side: 6, streams: streamsOf(4, 4) });
  payload[payload.length - 1]! ^= 1;
  expect(() => readTileSection(payload, 128, 64)).toThrow('Tile 2 of 2 is damaged');
});

test('partial: the streams that are whole, and empty ones', () => {
  const payload = writeTileSection({ log2Side: 6, streams: streamsOf(4, 6, 8) });
  const lengths = (bytes: Uint8Array) =>
    contentOf(readTileSection(bytes, 192, 64, 'damage')).streams.map(({ length }) => length);
  expect(lengths(payload)).toEqual([4, 6, 8]);
  expect(lengths(Uint8Array.from([...payload, 0]))).toEqual([4, 6, 8]);
  expect(lengths(payload.subarray(0, -1))).toEqual([4, 6, 0]);
  expect(lengths(payload.subarray(0, -9))).toEqual([4, 0, 0]);
  const changed = Uint8Array.from(payload);
  changed[changed.length - 10]! ^= 1;
  expect(lengths(changed)).toEqual([4, 0, 8]);
  expect(() => lengths(payload.subarray(0, 15))).toThrow('too few entries');
});

test.each([
  ['a size in more bytes than it needs', [9, 0x84, 0x00, 0, 0, 0, 0, 1, 2, 3, 4]],
  ['a size of five bytes', [9, 0x80, 0x80, 0x80, 0x80, 0x01, 0, 0, 0, 0]],
  ['a side below 64', [5, 0, 0, 0, 0, 0]],
  ['a side above 65536', [17, 0, 0, 0, 0, 0]],
])('refuses %s', (_, payload) => {
  expect(() => readTileSection(Uint8Array.from(payload), 1, 1)).toThrow(CorruptFileError);
});

test('a huge image with a short index is refused before anything of its size is made', () => {
  const payload = writeTileSection({ log2Side: 6, streams: streamsOf(4) });
  const before = process.memoryUsage().arrayBuffers;
  expect(() => readTileSection(payload, 65_535, 65_535)).toThrow('too few entries');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
});
