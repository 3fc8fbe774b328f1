// The rANS state machine: one 32-bit state and a stream of 16-bit words. It codes slots of a 16-bit range;
// rans.ts and adaptive-bits.ts decide what a slot means.
//
// The method is J. Duda, "Asymmetric numeral systems: entropy coding combining speed of Huffman
// coding with compression rate of arithmetic coding", arXiv:1311.2540 (2013). Keeping the state in
// [2^16, 2^32) and moving 16 bits at a time means at most one word per slot in either direction. There is
// one state, not two: a second one decodes 1.2 times as fast but adds 4 bytes to every stream.
import { CorruptFileError } from './errors.js';

/** log2 of the range that slots divide: the frequencies of all slots add up to 2^16. */
const RANGE_BITS = 16;
const RANGE = 1 << RANGE_BITS;

/** The encoder's first state, hence the decoder's last, and the lower bound of every state. */
const LOWEST_STATE = 1 << 16;

/** Bytes of the state at the beginning of a stream. */
const STATE_BYTES = 4;

/** Writes a stream, the decoder's last slot first. */
export class RansWriter {
  // A signed 32-bit integer, which V8 computes with in registers.
  #state = LOWEST_STATE;
  /** Words in the order they arise: the decoder reads the last one first. */
  #words = new Uint16Array(256);
  #count = 0;

  /**
   * Writes a slot.
   *
   * @param start - sum of the frequencies of the slots before it.
   * @param frequency - 1..65535, its width.
   */
  put(start: number, frequency: number): void {
    let state = this.#state;
    if (state >>> RANGE_BITS >= frequency) {
      if (this.#count === this.#words.length) this.#growWords();
      this.#words[this.#count++] = state; // keeps the lower 16 bits
      state >>>= 16;
    }
    // state = 2^16·quotient + state mod frequency + start, without computing the remainder.
    // Unsigned operands and result make this one integer division in V8.
    const quotient = ((state >>> 0) / frequency) >>> 0;
    this.#state = (state + Math.imul(quotient, RANGE - frequency) + start) | 0;
  }

  /** Writes one of 2^bits equally likely values; bits in 1..15. */
  putUniform(value: number, bits: number): void {
    const frequency = RANGE >>> bits;
    this.put(value * frequency, frequency);
  }

  /** The stream: the state as u32, then u16 words, all little-endian. */
  finish(): Uint8Array {
    const bytes = new Uint8Array(STATE_BYTES + 2 * this.#count);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#state >>> 0, true);
    for (let i = 0; i < this.#count; i++) {
      view.setUint16(bytes.length - 2 * (i + 1), this.#words[i]!, true);
    }
    return bytes;
  }

  #growWords(): void {
    const words = new Uint16Array(2 * this.#words.length);
    words.set(this.#words);
    this.#words = words;
  }
}

/**
 * Reads a stream made by {@link RansWriter}. Damaged bytes give an error or wrong slots, but nothing outside
 * the bytes is ever read, and every slot takes bounded time.
 */
export class RansReader {
  readonly #bytes: Uint8Array;
  #state: number;
  #position = STATE_BYTES;

  /**
   * @param bytes - the whole stream and nothing else; read in place.
   * @throws {@link CorruptFileError} if no stream begins like this.
   */
  constructor(bytes: Uint8Array) {
    if (bytes.length < STATE_BYTES || bytes.length % 2 !== 0) {
      throw streamError(`cannot be ${bytes.length} bytes long`);
    }
    this.#bytes = bytes;
    this.#state = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
    if (this.#state >>> 0 < LOWEST_STATE) throw streamError('begins with an impossible state');
  }

  /** A position in the range, 0..65535: that of the slot to be read. */
  peek(): number {
    return this.#state & (RANGE - 1);
  }

  /**
   * Reads the slot that {@link RansReader.peek} is in.
   *
   * @param start - sum of the frequencies of the slots before it.
   * @param frequency - its width.
   * @throws {@link CorruptFileError} if the stream ends too early.
   */
  take(start: number, frequency: number): void {
    const state = this.#state;
    let next = (Math.imul(frequency, state >>> RANGE_BITS) + (state & (RANGE - 1)) - start) | 0;
    if (next >>> RANGE_BITS === 0) {
      const position = this.#position;
      if (position >= this.#bytes.length) throw streamError('ends before its last symbol');
      next = (next << 16) | (this.#bytes[position + 1]! << 8) | this.#bytes[position]!;
      this.#position = position + 2;
    }
    this.#state = next;
  }

  /**
   * Reads one of 2^bits equally likely values; bits in 1..15.
   *
   * @throws {@link CorruptFileError} if the stream ends too early.
   */
  takeUniform(bits: number): number {
    const frequency = RANGE >>> bits;
    const value = this.peek() >>> (RANGE_BITS - bits);
    this.take(value * frequency, frequency);
    return value;
  }

  /**
   * Ends reading.
   *
   * @throws {@link CorruptFileError} unless the whole stream was read and ends as a writer begins.
   */
  finish(): void {
    if (this.#state !== LOWEST_STATE || this.#position !== this.#bytes.length) {
      throw streamError('does not end with its last symbol');
    }
  }
}

function streamError(what: string): CorruptFileError {
  return new CorruptFileError(`An entropy-coded stream ${what}; get a good copy of the file.`);
}
