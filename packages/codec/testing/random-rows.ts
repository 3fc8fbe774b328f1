// Random frequency rows and symbols for property tests, rare and escaped symbols included.
import fc from 'fast-check';

/** A valid row with K up to `maxBound`: often very uneven, as real ones are. */
export function randomRow(maxBound: number): fc.Arbitrary<number[]> {
  return fc
    .integer({ min: 0, max: maxBound })
    .chain((bound) =>
      fc.tuple(
        fc.array(fc.double({ min: 0, max: 12, noNaN: true }), {
          minLength: 2 * bound + 2,
          maxLength: 2 * bound + 2,
        }),
        fc.nat(2 * bound + 1),
      ),
    )
    .map(([logWeights, largest]) => {
      const weights = logWeights.map(Math.exp);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const spread = 65536 - weights.length;
      const row = weights.map((weight) => 1 + Math.floor((weight / total) * spread));
      row[largest]! += 65536 - row.reduce((sum, frequency) => sum + frequency, 0);
      return row;
    });
}

/** Rows, and symbols of which many need an escape. */
export interface RandomLatents {
  readonly rows: number[][];
  readonly symbols: Int32Array;
  readonly tableIndices: Uint8Array;
}

/** Up to `maxCount` symbols over up to six rows. */
export function randomLatents(maxCount: number): fc.Arbitrary<RandomLatents> {
  const symbol = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -3, max: 3 }) },
    { weight: 3, arbitrary: fc.integer({ min: -40, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: -32767, max: 32767 }) },
    { weight: 1, arbitrary: fc.constantFrom(-32767, 32767) },
  );
  return fc
    .array(randomRow(30), { minLength: 1, maxLength: 6 })
    .chain((rows) =>
      fc.tuple(
        fc.constant(rows),
        fc.array(fc.tuple(symbol, fc.nat(rows.length - 1)), { maxLength: maxCount }),
      ),
    )
    .map(([rows, pairs]) => ({
      rows,
      symbols: Int32Array.from(pairs, ([value]) => value),
      tableIndices: Uint8Array.from(pairs, ([, index]) => index),
    }));
}
