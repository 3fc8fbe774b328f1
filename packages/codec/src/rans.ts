// rANS entropy coder over FrequencyTables: one 32-bit state, 16-bit words, escapes for rare symbols.
// It codes integers with given tables; which table a symbol takes is the caller's knowledge.
//
// The method is J. Duda, "Asymmetric numeral systems: entropy coding combining speed of Huffman
// coding with compression rate of arithmetic coding", arXiv:1311.2540 (2013); keeping the state in
// [2^16, 2^32) and moving 16 bits at a time means at most one word per slot on either side. One
// state, not two: a second one decodes 1.2 times as fast but adds 4 bytes to every tile.
import { CorruptFileError } from './errors.js';
import { FREQUENCY_TOTAL, FrequencyTables } from './tables.js';
import { checkBytes, checkInteger, expectedButReceived } from './validate.js';

/** Symbols outside −32767..32767 cannot be coded: the magnitude of an escape takes at most 15 bits. */
export const MAX_SYMBOL = 32_767;

/** State at the encoder's start, hence at the decoder's end, and lower bound of every state. */
const LOWEST_STATE = 0x10000;

/** Bits that tell how many bits the magnitude of an escape has. */
export const ESCAPE_LENGTH_BITS = 4;

/**
 * Encodes integers into one rANS stream. Memory grows with the length of the stream only: the
 * symbols are not copied.
 *
 * @example
 * const encoder = new RansEncoder(tables);
 * encoder.put(Int32Array.of(0, -1, 3), Uint8Array.of(0, 1, 1));
 * const bytes = encoder.finish();
 */
export class RansEncoder {
  readonly #tables: FrequencyTables;
  readonly #parts: { symbols: Int32Array; tableIndices: Uint8Array }[] = [];
  // States are kept as signed 32-bit integers, which V8 computes with in registers.
  #state = LOWEST_STATE;
  /** Words in the order they arise: the decoder's last comes first. */
  #words = new Uint16Array(256);
  #wordCount = 0;

  /** @throws {TypeError} for anything but tables. */
  constructor(tables: FrequencyTables) {
    checkTables(tables);
    this.#tables = tables;
  }

  /**
   * Appends symbols in decoding order. The arrays are read in {@link finish}: leave them as they are
   * until then.
   *
   * @param symbols integers in −32767..32767.
   * @param tableIndices the row of the tables each symbol takes; as long as `symbols`.
   * @throws {TypeError | RangeError} if they are no such arrays, or the lengths differ.
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
   * @throws {RangeError} if a symbol or a table index is out of range.
   */
  finish(): Uint8Array {
    this.#state = LOWEST_STATE;
    this.#wordCount = 0;
    // An rANS decoder takes symbols off like a stack, so the last one goes in first.
    for (const { symbols, tableIndices } of this.#parts.toReversed()) {
      this.#encode(symbols, tableIndices);
    }
    const bytes = new Uint8Array(4 + 2 * this.#wordCount);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#state >>> 0, true);
    for (let i = 0; i < this.#wordCount; i++) {
      view.setUint16(2 + 2 * (this.#wordCount - i), this.#words[i] as number, true);
    }
    return bytes;
  }

  #encode(symbols: Int32Array, tableIndices: Uint8Array): void {
    const { rows, bounds, centers, slots } = this.#tables;
    let state = this.#state;
    let words = this.#words;
    let wordCount = this.#wordCount;
    for (let i = symbols.length - 1; i >= 0; i--) {
      const tableIndex = tableIndices[i] as number;
      if (tableIndex >= rows) throw badTableIndex(tableIndex, i, rows);
      const symbol = symbols[i] as number;
      const bound = bounds[tableIndex] as number;
      let position = (centers[tableIndex] as number) + symbol;
      if (symbol > bound || symbol < -bound) {
        this.#state = state;
        this.#wordCount = wordCount;
        this.#putEscaped(symbol, bound);
        state = this.#state;
        words = this.#words;
        wordCount = this.#wordCount;
        position = (centers[tableIndex] as number) + bound + 1;
      }
      const slot = slots[position] as number;
      const frequency = slot & 0xffff;
      if (state >>> 16 >= frequency) {
        if (wordCount === words.length) words = this.#growWords();
        words[wordCount++] = state; // keeps the lower 16 bits
        state >>>= 16;
      }
      // state = 2^16·quotient + state mod frequency + start, without computing the remainder.
      // Unsigned operands and result make this one integer division in V8.
      const quotient = ((state >>> 0) / frequency) >>> 0;
      state = (state + Math.imul(quotient, FREQUENCY_TOTAL - frequency) + (slot >>> 16)) | 0;
    }
    this.#state = state;
    this.#wordCount = wordCount;
  }

  /** Puts what follows an escape slot. All of it last part first, as everything in this encoder. */
  #putEscaped(symbol: number, bound: number): void {
    checkInteger(symbol, -MAX_SYMBOL, MAX_SYMBOL, 'symbol');
    const value = escapeValue(symbol, bound);
    const bits = escapeLength(symbol, bound);
    if (bits > 0) this.#putUniform(value - 2 ** bits, bits);
    this.#putUniform(bits, ESCAPE_LENGTH_BITS);
  }

  /** Puts one of 2^bits equally likely values; bits in 1..15. */
  #putUniform(value: number, bits: number): void {
    const frequency = FREQUENCY_TOTAL >>> bits;
    if (this.#state >>> 16 >= frequency) {
      if (this.#wordCount === this.#words.length) this.#growWords();
      this.#words[this.#wordCount++] = this.#state;
      this.#state >>>= 16;
    }
    const quotient = this.#state >>> (16 - bits);
    const remainder = this.#state & (frequency - 1);
    this.#state = (quotient << 16) | (value * frequency + remainder);
  }

  #growWords(): Uint16Array<ArrayBuffer> {
    const words = new Uint16Array(2 * this.#words.length);
    words.set(this.#words);
    this.#words = words;
    return words;
  }
}

/**
 * Decodes one rANS stream made by {@link RansEncoder} with the same tables. On damaged bytes it
 * throws or gives wrong symbols, but never reads outside them, and takes bounded time per symbol.
 *
 * @example
 * const decoder = new RansDecoder(tables, bytes);
 * const symbols = new Int32Array(3);
 * decoder.get(Uint8Array.of(0, 1, 1), symbols);
 * decoder.finish();
 */
export class RansDecoder {
  readonly #tables: FrequencyTables;
  readonly #bytes: Uint8Array;
  #state: number;
  /** Offset of the next word in the bytes. */
  #position = 4;

  /**
   * @param bytes the whole stream and nothing else; read in place.
   * @throws {TypeError} for anything but tables and bytes.
   * @throws {CorruptFileError} if no stream begins like this.
   */
  constructor(tables: FrequencyTables, bytes: Uint8Array) {
    checkTables(tables);
    checkBytes(bytes, 'bytes');
    if (bytes.length < 4 || bytes.length % 2 !== 0) {
      throw new CorruptFileError(
        `An entropy-coded stream cannot be ${bytes.length} bytes long; get a good copy of the file.`,
      );
    }
    this.#tables = tables;
    this.#bytes = bytes;
    this.#state = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
    if (this.#state >>> 0 < LOWEST_STATE) {
      throw new CorruptFileError(
        'An entropy-coded stream begins with an impossible state; get a good copy of the file.',
      );
    }
  }

  /**
   * Decodes the next symbols.
   *
   * @param tableIndices the row of the tables each symbol takes, as the encoder had it.
   * @param out receives the symbols, integers in −32767..32767; as long as `tableIndices`.
   * @throws {TypeError | RangeError} if they are no such arrays, the lengths differ or a table index
   * is out of range.
   * @throws {CorruptFileError} if the stream ends too early or holds an impossible symbol.
   */
  get(tableIndices: Uint8Array, out: Int32Array): void {
    checkArrays('out', out, tableIndices);
    const { rows, bounds, centers, slots, lookup } = this.#tables;
    const bytes = this.#bytes;
    const end = bytes.length;
    let state = this.#state;
    let position = this.#position;
    for (let i = 0; i < out.length; i++) {
      const tableIndex = tableIndices[i] as number;
      if (tableIndex >= rows) throw badTableIndex(tableIndex, i, rows);
      // The lookup finds the slot but for what lies within one 256th of the range: step on to it.
      // This ends inside the row, whose frequencies add up to 2^16.
      let slotPosition = lookup[(tableIndex << 8) | ((state >>> 8) & 0xff)] as number;
      const slot = slots[slotPosition] as number;
      let frequency = slot & 0xffff;
      let rest = (state & 0xffff) - (slot >>> 16);
      while (rest >= frequency) {
        rest -= frequency;
        slotPosition += 1;
        frequency = (slots[slotPosition] as number) & 0xffff;
      }
      state = (Math.imul(frequency, state >>> 16) + rest) | 0;
      if (state >>> 16 === 0) {
        if (position >= end) throw endOfStream();
        state =
          (state << 16) | ((bytes[position + 1] as number) << 8) | (bytes[position] as number);
        position += 2;
      }
      let symbol = slotPosition - (centers[tableIndex] as number);
      if (symbol > (bounds[tableIndex] as number)) {
        this.#state = state;
        this.#position = position;
        symbol = this.#getEscaped(bounds[tableIndex] as number);
        state = this.#state;
        position = this.#position;
      }
      out[i] = symbol;
    }
    this.#state = state;
    this.#position = position;
  }

  /**
   * Ends decoding.
   *
   * @throws {CorruptFileError} unless the whole stream was consumed and ends as an encoder begins.
   */
  finish(): void {
    if (this.#state !== LOWEST_STATE || this.#position !== this.#bytes.length) {
      throw new CorruptFileError(
        'An entropy-coded stream does not end with its last symbol; get a good copy of the file.',
      );
    }
  }

  /** Reads what follows an escape slot. */
  #getEscaped(bound: number): number {
    const bits = this.#getUniform(ESCAPE_LENGTH_BITS);
    const value = 2 ** bits + (bits > 0 ? this.#getUniform(bits) : 0) - 1;
    const magnitude = bound + 1 + (value >>> 1);
    if (magnitude > MAX_SYMBOL) {
      throw new CorruptFileError(
        `An entropy-coded stream holds a symbol beyond ${MAX_SYMBOL}; get a good copy of the file.`,
      );
    }
    return value & 1 ? -magnitude : magnitude;
  }

  /** Reads one of 2^bits equally likely values; bits in 1..15. */
  #getUniform(bits: number): number {
    const frequency = FREQUENCY_TOTAL >>> bits;
    const value = (this.#state & 0xffff) >>> (16 - bits);
    this.#state = (Math.imul(frequency, this.#state >>> 16) + (this.#state & (frequency - 1))) | 0;
    if (this.#state >>> 16 === 0) {
      const low = this.#bytes[this.#position];
      const high = this.#bytes[this.#position + 1];
      if (low === undefined || high === undefined) throw endOfStream();
      this.#state = (this.#state << 16) | (high << 8) | low;
      this.#position += 2;
    }
    return value;
  }
}

/** The positive integer that stands behind an escape: magnitude beyond the bound, then sign. */
function escapeValue(symbol: number, bound: number): number {
  return 2 * (Math.abs(symbol) - bound - 1) + (symbol < 0 ? 1 : 0) + 1;
}

/** The number of bits that follow the length of an escaped symbol, 0..15. */
export function escapeLength(symbol: number, bound: number): number {
  return 31 - Math.clz32(escapeValue(symbol, bound));
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

function badTableIndex(tableIndex: number, i: number, rows: number): RangeError {
  return new RangeError(
    expectedButReceived(`integer in 0..${rows - 1}`, `tableIndices[${i}]`, tableIndex),
  );
}

function endOfStream(): CorruptFileError {
  return new CorruptFileError(
    'An entropy-coded stream ends before its last symbol; get a good copy of the file.',
  );
}
