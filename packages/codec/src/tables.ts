// Validated frequency rows, the flat arrays that the rANS coder runs on, and how symbols outside a row are
// written. The frequencies come from training and arrive as integers in model.json; nothing is derived here.
import { checkInteger, expectedButReceived } from './validate.js';

/** Frequencies of one row add up to 2^16: a slot is found from the lower half of the coder's state. */
export const FREQUENCY_TOTAL = 0x10000;

/** Symbols outside −32767..32767 cannot be coded: the magnitude of an escape takes at most 15 bits. */
export const MAX_SYMBOL = 32_767;

/** Bits of the length of an escaped symbol's magnitude. */
export const ESCAPE_LENGTH_BITS = 4;

/** Largest K of a row (symbols −K..K without escape). */
const MAX_BOUND = 1023;

/** Table indices are stored in bytes. */
const MAX_ROWS = 256;

/**
 * Coding tables made from integer frequencies, for {@link RansEncoder} and {@link RansDecoder}.
 *
 * Row i is a list of 2K + 2 frequencies: of the symbols −K..K in this order, and last of the escape
 * slot, behind which all other symbols are coded. Rows may differ in K. In the arrays below all rows
 * follow each other.
 *
 * @example
 * ```ts
 * const tables = new FrequencyTables([
 *   [65535, 1], // K = 0: nearly always 0
 *   [10000, 45000, 10000, 536], // K = 1: −1, 0, 1, escape
 * ]);
 * ```
 */
export class FrequencyTables {
  /** Number of rows, 1..256. */
  readonly rows: number;
  /** K of each row. */
  readonly bounds: Int32Array;
  /** Position in {@link slots} of each row's symbol 0, so that symbol s is s further. */
  readonly centers: Int32Array;
  /** Each slot's frequency in the lower 16 bits and the sum of those before it in the upper 16. */
  readonly slots: Uint32Array;
  /** 256 entries a row: the position in {@link slots} of the slot that holds state value 256·entry. */
  readonly lookup: Uint32Array;

  /**
   * @param frequencies - 1 to 256 rows of integers ≥ 1; a row has an even length of 2 to 2048 and the
   * sum 65536.
   * @throws TypeError or RangeError naming the row and entry that are not so.
   */
  constructor(frequencies: readonly (readonly number[])[]) {
    checkRows(frequencies);
    this.rows = frequencies.length;
    this.bounds = new Int32Array(this.rows);
    this.centers = new Int32Array(this.rows);
    this.slots = new Uint32Array(frequencies.reduce((sum, row) => sum + row.length, 0));
    this.lookup = new Uint32Array(256 * this.rows);

    let position = 0;
    for (const [index, row] of frequencies.entries()) {
      const bound = row.length / 2 - 1;
      this.bounds[index] = bound;
      this.centers[index] = position + bound;
      let start = 0;
      let entry = 0;
      for (const frequency of row) {
        this.slots[position] = start * FREQUENCY_TOTAL + frequency;
        start += frequency;
        while (entry < 256 && 256 * entry < start) {
          this.lookup[256 * index + entry] = position;
          entry += 1;
        }
        position += 1;
      }
    }
  }

  /**
   * What a symbol costs: −log2 of the probability that a row gives it, plus the bits behind an escape. Only
   * for people who look at files: logarithms differ between machines.
   *
   * @param symbol - integer in −32767..32767.
   * @param row - a row of the tables.
   * @returns bits.
   */
  measureBits(symbol: number, row: number): number {
    const bound = this.bounds[row]!;
    const isEscaped = symbol > bound || symbol < -bound;
    const slot = this.slots[this.centers[row]! + (isEscaped ? bound + 1 : symbol)]!;
    const bits = Math.log2(FREQUENCY_TOTAL / (slot & 0xffff));
    return isEscaped ? bits + ESCAPE_LENGTH_BITS + countEscapeBits(symbol, bound) : bits;
  }
}

/** The positive integer behind an escape: the magnitude beyond the bound, then the sign in the lowest bit. */
export function toEscapeValue(symbol: number, bound: number): number {
  return 2 * (Math.abs(symbol) - bound - 1) + (symbol < 0 ? 1 : 0) + 1;
}

/** The inverse of {@link toEscapeValue}. */
export function fromEscapeValue(value: number, bound: number): number {
  const magnitude = bound + 1 + ((value - 1) >>> 1);
  return (value - 1) & 1 ? -magnitude : magnitude;
}

/** How many bits follow the length of an escaped symbol, 0..15. */
export function countEscapeBits(symbol: number, bound: number): number {
  return 31 - Math.clz32(toEscapeValue(symbol, bound));
}

function checkRows(frequencies: readonly (readonly number[])[]): void {
  if (!Array.isArray(frequencies)) {
    throw new TypeError(expectedButReceived('array of rows', 'frequencies', frequencies));
  }
  checkInteger(frequencies.length, 1, MAX_ROWS, 'frequencies.length');
  for (const [index, row] of frequencies.entries()) checkRow(row, `frequencies[${index}]`);
}

function checkRow(row: readonly number[], name: string): void {
  if (!Array.isArray(row)) throw new TypeError(expectedButReceived('array', name, row));
  if (row.length % 2 !== 0 || row.length < 2 || row.length > 2 * MAX_BOUND + 2) {
    const expected = `even number in 2..${2 * MAX_BOUND + 2}`;
    throw new RangeError(expectedButReceived(expected, `${name}.length`, row.length));
  }
  let sum = 0;
  for (const [entry, frequency] of row.entries()) {
    checkInteger(frequency, 1, FREQUENCY_TOTAL - 1, `${name}[${entry}]`);
    sum += frequency;
  }
  if (sum !== FREQUENCY_TOTAL) {
    throw new RangeError(expectedButReceived(`${FREQUENCY_TOTAL}`, `the sum of ${name}`, sum));
  }
}
