// Entropy codes integers with FrequencyTables, and escapes for symbols that a table does not hold. Which
// table a symbol takes is decided by the caller.
import { CorruptFileError } from './errors.js';
import { RansReader, RansWriter } from './rans-state.js';
import {
  countEscapeBits,
  ESCAPE_LENGTH_BITS,
  FrequencyTables,
  fromEscapeValue,
  MAX_SYMBOL,
  toEscapeValue,
} from './tables.js';
import { checkBytes, checkInteger, expectedButReceived } from './validate.js';

/**
 * Encodes integers into one rANS stream. Memory grows with the length of the stream only: the
 * symbols are not copied.
 *
 * @example
 * ```ts
 * const encoder = new RansEncoder(tables);
 * encoder.put(Int32Array.of(0, -1, 3), Uint8Array.of(0, 1, 1));
 * const bytes = encoder.finish();
 * ```
 */
export class RansEncoder {
  readonly #tables: FrequencyTables;
  readonly #parts: { symbols: Int32Array; tableIndices: Uint8Array }[] = [];

  /** @throws TypeError for anything but tables. */
  constructor(tables: FrequencyTables) {
    checkTables(tables);
    this.#tables = tables;
  }

  /**
   * Appends symbols in decoding order. The arrays are read in {@link RansEncoder.finish}: do not change them
   * before that.
   *
   * @param symbols - integers in −32767..32767.
   * @param tableIndices - the row of the tables each symbol takes; as long as `symbols`.
   * @throws TypeError or RangeError for other arrays, or different lengths.
   */
  put(symbols: Int32Array, tableIndices: Uint8Array): void {
    checkArrays('symbols', symbols, tableIndices);
    this.#parts.push({ symbols, tableIndices });
  }

  /**
   * Encodes everything put so far.
   *
   * @returns the stream: the state as u32, then u16 words, all little-endian (4 bytes if nothing was
   * put).
   * @throws RangeError if a symbol or a table index is out of range.
   */
  finish(): Uint8Array {
    const writer = new RansWriter();
    // An rANS decoder reads symbols like a stack, so the last one is written first.
    for (const { symbols, tableIndices } of this.#parts.toReversed()) {
      writeSymbols(writer, this.#tables, symbols, tableIndices);
    }
    return writer.finish();
  }
}

function writeSymbols(
  writer: RansWriter,
  { rows, bounds, centers, slots }: FrequencyTables,
  symbols: Int32Array,
  tableIndices: Uint8Array,
): void {
  for (let i = symbols.length - 1; i >= 0; i--) {
    const tableIndex = tableIndices[i]!;
    if (tableIndex >= rows) throw tableIndexError(tableIndex, i, rows);
    const symbol = symbols[i]!;
    const bound = bounds[tableIndex]!;
    let position = centers[tableIndex]! + symbol;
    if (symbol > bound || symbol < -bound) {
      writeEscaped(writer, symbol, bound);
      position = centers[tableIndex]! + bound + 1;
    }
    const slot = slots[position]!;
    writer.put(slot >>> 16, slot & 0xffff);
  }
}

/** Writes what follows an escape slot, the last part first as everything here. */
function writeEscaped(writer: RansWriter, symbol: number, bound: number): void {
  checkInteger(symbol, -MAX_SYMBOL, MAX_SYMBOL, 'symbol');
  const bits = countEscapeBits(symbol, bound);
  if (bits > 0) writer.putUniform(toEscapeValue(symbol, bound) - 2 ** bits, bits);
  writer.putUniform(bits, ESCAPE_LENGTH_BITS);
}

/**
 * Decodes one rANS stream made by {@link RansEncoder} with the same tables. On damaged bytes it
 * throws or gives wrong symbols, but never reads outside them, and takes bounded time per symbol.
 *
 * @example
 * ```ts
 * const decoder = new RansDecoder(tables, bytes);
 * const symbols = new Int32Array(3);
 * decoder.get(Uint8Array.of(0, 1, 1), symbols);
 * decoder.finish();
 * ```
 */
export class RansDecoder {
  readonly #tables: FrequencyTables;
  readonly #reader: RansReader;

  /**
   * @param bytes - the whole stream and nothing else; read in place.
   * @throws TypeError for anything but tables and bytes.
   * @throws {@link CorruptFileError} if no stream begins like this.
   */
  constructor(tables: FrequencyTables, bytes: Uint8Array) {
    checkTables(tables);
    checkBytes(bytes, 'bytes');
    this.#tables = tables;
    this.#reader = new RansReader(bytes);
  }

  /**
   * Decodes the next symbols.
   *
   * @param tableIndices - the row of the tables each symbol takes, as the encoder had it.
   * @param out - receives the symbols, integers in −32767..32767; as long as `tableIndices`.
   * @throws TypeError or RangeError for other arrays, different lengths, or a table index out of range.
   * @throws {@link CorruptFileError} if the stream ends too early or holds an impossible symbol.
   */
  get(tableIndices: Uint8Array, out: Int32Array): void {
    checkArrays('out', out, tableIndices);
    const { rows, bounds, centers, slots, lookup } = this.#tables;
    const reader = this.#reader;
    for (let i = 0; i < out.length; i++) {
      const tableIndex = tableIndices[i]!;
      if (tableIndex >= rows) throw tableIndexError(tableIndex, i, rows);
      // The lookup finds the slot to within one 256th of the range: step on from there.
      // This ends inside the row, whose frequencies add up to 2^16.
      const target = reader.peek();
      let position = lookup[(tableIndex << 8) | (target >>> 8)]!;
      let start = slots[position]! >>> 16;
      let frequency = slots[position]! & 0xffff;
      while (target - start >= frequency) {
        start += frequency;
        position += 1;
        frequency = slots[position]! & 0xffff;
      }
      reader.take(start, frequency);
      const symbol = position - centers[tableIndex]!;
      const bound = bounds[tableIndex]!;
      out[i] = symbol > bound ? readEscaped(reader, bound) : symbol;
    }
  }

  /**
   * Ends decoding.
   *
   * @throws {@link CorruptFileError} unless the whole stream was read and ends as an encoder begins.
   */
  finish(): void {
    this.#reader.finish();
  }
}

/** Reads what follows an escape slot. */
function readEscaped(reader: RansReader, bound: number): number {
  const bits = reader.takeUniform(ESCAPE_LENGTH_BITS);
  const symbol = fromEscapeValue(2 ** bits + (bits > 0 ? reader.takeUniform(bits) : 0), bound);
  if (Math.abs(symbol) <= MAX_SYMBOL) return symbol;
  throw new CorruptFileError(
    `An entropy-coded stream holds a symbol beyond ${MAX_SYMBOL}; get a good copy of the file.`,
  );
}

function checkTables(tables: unknown): void {
  if (!(tables instanceof FrequencyTables)) {
    throw new TypeError(expectedButReceived('FrequencyTables', 'tables', tables));
  }
}

function checkArrays(name: string, symbols: Int32Array, tableIndices: Uint8Array): void {
  if (!(symbols instanceof Int32Array)) {
    throw new TypeError(expectedButReceived('Int32Array', name, symbols));
  }
  checkBytes(tableIndices, 'tableIndices');
  if (symbols.length !== tableIndices.length) {
    const wanted = `${tableIndices.length} (the length of tableIndices)`;
    throw new RangeError(expectedButReceived(wanted, `${name}.length`, symbols.length));
  }
}

function tableIndexError(tableIndex: number, i: number, rows: number): RangeError {
  return new RangeError(
    expectedButReceived(`integer in 0..${rows - 1}`, `tableIndices[${i}]`, tableIndex),
  );
}
