// Alpha comes back to the bit whatever it is, and no damaged stream does worse than a typed error.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAlphaTile, encodeAlphaTile } from './alpha-tile.js';
import { CorruptFileError } from './errors.js';

/** Values of a tile from a function of row and column. */
function values(rows: number, columns: number, of: (row: number, column: number) => number) {
  return Uint8Array.from({ length: rows * columns }, (_, i) =>
    Math.max(0, Math.min(255, Math.round(of(Math.floor(i / columns), i % columns)))),
  );
}

/** The same numbers on every machine. */
function noise(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state >>> 24;
  };
}

const disc = (row: number, column: number) => 255 * (32 - Math.hypot(row - 31.5, column - 31.5));
const shadow = (row: number, column: number) => 250 - 5 * Math.hypot(row - 31.5, column - 31.5);

test.each([
  ['a disc with a soft edge', values(64, 64, disc), 2, 300],
  ['a shadow', values(64, 64, shadow), 1, 750],
  ['one value', values(64, 64, () => 128), 8, 20],
  ['bytes at random', values(64, 64, noise()), 3, 4097],
] as const)('%s', (_, alpha, __, most) => {
  const size = { rows: 64, columns: 64 };
  const stream = encodeAlphaTile(alpha, size);
  expect(decodeAlphaTile(stream, size)).toEqual(alpha);
  expect(stream.length).toBeLessThanOrEqual(most);
});

test('any values of any size come back, with one byte more at most', () => {
  const side = fc.integer({ min: 1, max: 20 });
  const value = fc.oneof(
    fc.constantFrom(0, 255),
    fc.integer({ min: 100, max: 104 }),
    fc.integer({ min: 0, max: 255 }),
  );
  const tile = fc
    .tuple(side, side)
    .chain(([rows, columns]) =>
      fc.tuple(
        fc.record({ rows: fc.constant(rows), columns: fc.constant(columns) }),
        fc.array(value, { minLength: rows * columns, maxLength: rows * columns }),
      ),
    );
  fc.assert(
    fc.property(tile, ([size, list]) => {
      const alpha = Uint8Array.from(list);
      const stream = encodeAlphaTile(alpha, size);
      expect(stream.length).toBeLessThanOrEqual(alpha.length + 1);
      expect(decodeAlphaTile(stream, size)).toEqual(alpha);
    }),
  );
});

describe('damage', () => {
  const size = { rows: 64, columns: 64 };
  const stream = encodeAlphaTile(values(64, 64, shadow), size);

  test('a stream cut off, too long, or of an unknown mode', () => {
    for (let length = 0; length < stream.length; length++) {
      expect(() => decodeAlphaTile(stream.subarray(0, length), size)).toThrow(CorruptFileError);
    }
    const longer = Uint8Array.from([...stream, 0, 0]);
    expect(() => decodeAlphaTile(longer, size)).toThrow(/does not end with its last symbol/);
    for (const mode of [4, 255]) {
      const unknown = Uint8Array.from(stream);
      unknown[0] = mode;
      expect(() => decodeAlphaTile(unknown, size)).toThrow(/unknown mode/);
    }
    const raw = new Uint8Array(64 * 64).fill(3);
    expect(() => decodeAlphaTile(raw, size)).toThrow(/raw/);
  });

  test('any bytes: a typed error, or values', () => {
    const bytes = fc.tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.uint8Array({ minLength: 0, maxLength: 300 }),
    );
    fc.assert(
      fc.property(bytes, ([mode, rest]) => {
        try {
          const alpha = decodeAlphaTile(Uint8Array.of(mode, ...rest), { rows: 9, columns: 11 });
          expect(alpha.length).toBe(99);
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptFileError);
        }
      }),
    );
  });
});
