// The entropy coder: round trips, size against the ideal and an independent coder, damaged streams,
// and the byte layout that FORMAT.md promises.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arithmeticDecode, arithmeticEncode } from '../testing/arithmetic-coder.js';
import {
  drawLatents,
  gaussianRow,
  idealBits,
  type Latents,
  mostlySmallIndex,
  SIGMAS,
  seededRandom,
} from '../testing/gaussian-latents.js';
import { randomLatents } from '../testing/random-rows.js';
import { CorruptFileError } from './errors.js';
import { RansDecoder, RansEncoder } from './rans.js';
import { FrequencyTables } from './tables.js';

function encode(tables: FrequencyTables, { symbols, tableIndices }: Latents): Uint8Array {
  const encoder = new RansEncoder(tables);
  encoder.put(symbols, tableIndices);
  return encoder.finish();
}

function decode(tables: FrequencyTables, bytes: Uint8Array, tableIndices: Uint8Array): Int32Array {
  const decoder = new RansDecoder(tables, bytes);
  const symbols = new Int32Array(tableIndices.length);
  decoder.get(tableIndices, symbols);
  decoder.finish();
  return symbols;
}

/** Calls `piece` with the bounds of consecutive pieces of 0..length, cut at random. */
function inPieces(length: number, cuts: readonly number[], piece: (a: number, b: number) => void) {
  const bounds = [0, ...cuts.map((cut) => cut % (length + 1)).sort((a, b) => a - b), length];
  for (let i = 1; i < bounds.length; i++) piece(bounds[i - 1]!, bounds[i]!);
}

const gaussianRows = SIGMAS.map(gaussianRow);
const gaussianTables = new FrequencyTables(gaussianRows);

describe('round trip', () => {
  test('any symbols, any tables, put and got in any pieces', () => {
    fc.assert(
      fc.property(
        randomLatents(400),
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        ({ rows, symbols, tableIndices }, putCuts, getCuts) => {
          const tables = new FrequencyTables(rows);
          const encoder = new RansEncoder(tables);
          inPieces(symbols.length, putCuts, (a, b) => {
            encoder.put(symbols.subarray(a, b), tableIndices.subarray(a, b));
          });
          const bytes = encoder.finish();
          expect(bytes).toEqual(encode(tables, { symbols, tableIndices }));

          const decoder = new RansDecoder(tables, bytes);
          const decoded = new Int32Array(symbols.length);
          inPieces(symbols.length, getCuts, (a, b) => {
            decoder.get(tableIndices.subarray(a, b), decoded.subarray(a, b));
          });
          decoder.finish();
          expect(decoded).toEqual(symbols);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('every symbol through every Gaussian row, unaligned in its buffer', () => {
    for (const [index, row] of gaussianRows.entries()) {
      const bound = row.length / 2 - 1;
      const outside = [bound + 1, bound + 2, 1000, 32766, 32767];
      const inside = Array.from({ length: 2 * bound + 1 }, (_, slot) => slot - bound);
      const symbols = Int32Array.from([...inside, ...outside, ...outside.map((s) => -s)]);
      const tableIndices = new Uint8Array(symbols.length).fill(index);
      const bytes = encode(gaussianTables, { symbols, tableIndices });
      const shifted = new Uint8Array(bytes.length + 5).fill(0xff);
      shifted.set(bytes, 3);
      const stream = shifted.subarray(3, 3 + bytes.length);
      expect(decode(gaussianTables, stream, tableIndices)).toEqual(symbols);
    }
  });

  test('no symbols are four bytes, and finishing twice gives the same', () => {
    const encoder = new RansEncoder(gaussianTables);
    expect([...encoder.finish()]).toEqual([0, 0, 1, 0]);
    encoder.put(new Int32Array(0), new Uint8Array(0));
    expect([...encoder.finish()]).toEqual([0, 0, 1, 0]);
    expect(decode(gaussianTables, encoder.finish(), new Uint8Array(0))).toHaveLength(0);
  });
});

describe('size', () => {
  const latents = drawLatents(100_000, seededRandom(1), mostlySmallIndex);

  test('within 0.5 % of the ideal code length on latents as they really lie', () => {
    const ideal = idealBits(gaussianRows, latents) / 8;
    const size = encode(gaussianTables, latents).length;
    expect(size).toBeGreaterThan(ideal - 1);
    expect(size).toBeLessThan(1.005 * ideal + 4);
  });

  test('within 0.5 % of the ideal at every scale', () => {
    for (const index of [12, 16, 20, 30, 40, 50, 63]) {
      const one = drawLatents(40_000, seededRandom(index), () => index);
      const ideal = idealBits(gaussianRows, one) / 8;
      expect(encode(gaussianTables, one).length).toBeLessThan(1.005 * ideal + 6);
    }
  });

  test('a million zeros of the smallest scale are nearly free', () => {
    const count = 1_000_000;
    const zeros = { symbols: new Int32Array(count), tableIndices: new Uint8Array(count) };
    expect(encode(gaussianTables, zeros).length).toBeLessThanOrEqual(10);
  });

  test('within 0.5 % of the npm package arithmetic-coding on the same symbols and tables', () => {
    const part = {
      symbols: latents.symbols.slice(0, 40_000),
      tableIndices: latents.tableIndices.slice(0, 40_000),
    };
    for (let i = 0; i < part.symbols.length; i += 500) part.symbols[i] = 1500 - 3 * (i / 40);
    const oracle = arithmeticEncode(gaussianRows, part);
    expect(arithmeticDecode(gaussianRows, oracle, part.tableIndices)).toEqual(part.symbols);
    const own = encode(gaussianTables, part);
    expect(decode(gaussianTables, own, part.tableIndices)).toEqual(part.symbols);
    expect(Math.abs(own.length / oracle.length - 1)).toBeLessThan(0.005);
  });
});

describe('layout', () => {
  // Worked by hand from FORMAT.md, for a row of K = 1 with the starts 0, 16384, 49152, 65280.
  const tables = new FrequencyTables([[16384, 32768, 16128, 256]]);

  test('symbols without a word: the state alone', () => {
    // 65536 → 1: 4·65536 + 49152 + (65536 mod 16128 = 1024) = 312320, as 65536 = 4·16128 + 1024
    // → 0: 9·65536 + 16384 + (312320 mod 32768 = 17408), as 312320 = 9·32768 + 17408
    const state = 9 * 65536 + 16384 + 17408;
    const latents = { symbols: Int32Array.of(0, 1), tableIndices: new Uint8Array(2) };
    expect([...encode(tables, latents)]).toEqual([
      state & 0xff,
      (state >> 8) & 0xff,
      state >> 16,
      0,
    ]);
  });

  test('an escape: slot, four bits of length, the magnitude, and words last made first', () => {
    // −1000 is e = 2·(1000 − 2) + 1 = 1997, e + 1 = 2^10 + 974: 974 in 10 bits, 10 in 4 bits, slot 3.
    // 65536 → 974: 1024·65536 + 974·64 = 67171200; the frequency 4096 is above 1024, so no word
    // → 10: 16399·65536 + 10·4096 + 896, as 67171200 = 16399·4096 + 896
    // → escape: 16399 ≥ 256, so the word 10·4096 + 896 = 41856 goes out and 16399 stays:
    //   64·65536 + 65280 + 15, as 16399 = 64·256 + 15
    const latents = { symbols: Int32Array.of(-1000), tableIndices: new Uint8Array(1) };
    const bytes = encode(tables, latents);
    const view = new DataView(bytes.buffer);
    expect(bytes).toHaveLength(6);
    expect(view.getUint32(0, true)).toBe(64 * 65536 + 65280 + 15);
    expect(view.getUint16(4, true)).toBe(41856);
  });
});

describe('damage', () => {
  const latents = drawLatents(60, seededRandom(7), mostlySmallIndex);
  latents.symbols[10] = 30000;
  latents.symbols[40] = -321;
  const good = encode(gaussianTables, latents);

  /** Decodes; true if it failed with CorruptFileError, anything else thrown fails the test. */
  function isCorrupt(bytes: Uint8Array): boolean {
    try {
      const symbols = decode(gaussianTables, bytes, latents.tableIndices);
      expect(symbols.every((symbol) => Math.abs(symbol) <= 32767)).toBe(true);
      return false;
    } catch (error) {
      expect(error).toBeInstanceOf(CorruptFileError);
      return true;
    }
  }

  test('a stream cut short anywhere, or with more behind it, is corrupt', () => {
    expect(isCorrupt(good)).toBe(false);
    for (let length = 0; length < good.length; length++) {
      expect(isCorrupt(good.subarray(0, length))).toBe(true);
    }
    for (const more of [1, 2, 100]) {
      const longer = new Uint8Array(good.length + more);
      longer.set(good);
      expect(isCorrupt(longer)).toBe(true);
    }
  });

  test('every flipped bit is an error or gives other symbols', () => {
    for (let bit = 0; bit < 8 * good.length; bit++) {
      const bytes = good.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      if (!isCorrupt(bytes)) {
        expect(decode(gaussianTables, bytes, latents.tableIndices)).not.toEqual(latents.symbols);
      }
    }
  });

  test('any bytes with any tables end, in symbols or CorruptFileError', () => {
    fc.assert(
      fc.property(
        randomLatents(200),
        fc.uint8Array({ maxLength: 400 }),
        ({ rows, tableIndices }, bytes) => {
          const decoder = () => decode(new FrequencyTables(rows), bytes, tableIndices);
          try {
            expect(decoder().every((symbol) => Math.abs(symbol) <= 32767)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(CorruptFileError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('symbols left over are corrupt, symbols too many are corrupt', () => {
    const decoder = new RansDecoder(gaussianTables, good);
    decoder.get(latents.tableIndices.subarray(0, 59), new Int32Array(59));
    expect(() => decoder.finish()).toThrow(CorruptFileError);
    const more = new Uint8Array(10_000).fill(63);
    expect(() => new RansDecoder(gaussianTables, good).get(more, new Int32Array(10_000))).toThrow(
      'ends before its last symbol',
    );
  });

  test('an escape beyond 32767 is corrupt', () => {
    // The state leads to the escape slot of row 63, all ones after it: n = 15, magnitude K + 32768.
    const state = 0xffff * 65536 + 65536 - gaussianRows[63]!.at(-1)!;
    const bytes = new Uint8Array(12).fill(0xff);
    new DataView(bytes.buffer).setUint32(0, state, true);
    const decoder = new RansDecoder(gaussianTables, bytes);
    expect(() => decoder.get(Uint8Array.of(63), new Int32Array(1))).toThrow('beyond 32767');
  });
});

describe("the caller's mistakes", () => {
  test('lengths that differ', () => {
    const encoder = new RansEncoder(gaussianTables);
    expect(() => encoder.put(new Int32Array(3), new Uint8Array(2))).toThrow(
      new RangeError(
        'Expected 2 (the length of tableIndices) for symbols.length but received 3 of type number',
      ),
    );
    const decoder = new RansDecoder(gaussianTables, encoder.finish());
    expect(() => decoder.get(new Uint8Array(2), new Int32Array(3))).toThrow(
      new RangeError(
        'Expected 2 (the length of tableIndices) for out.length but received 3 of type number',
      ),
    );
  });

  test('a table index without a row', () => {
    const latents = { symbols: new Int32Array(1), tableIndices: Uint8Array.of(64) };
    const message = 'Expected integer in 0..63 for tableIndices[0] but received 64 of type number';
    expect(() => encode(gaussianTables, latents)).toThrow(new RangeError(message));
    expect(() => decode(gaussianTables, Uint8Array.of(0, 0, 1, 0), latents.tableIndices)).toThrow(
      new RangeError(message),
    );
  });

  test.each([32768, -32768, 2 ** 31 - 1, -(2 ** 31)])('symbol %d', (symbol) => {
    const latents = { symbols: Int32Array.of(symbol), tableIndices: Uint8Array.of(63) };
    expect(() => encode(gaussianTables, latents)).toThrow(
      new RangeError(
        `Expected integer in -32767..32767 for symbol but received ${symbol} of type number`,
      ),
    );
  });
});
