// One rANS stream of bits, each with a probability of its own. adaptive-bits.ts and bit-mixer.ts find the
// probabilities.
import { RansReader, RansWriter } from './rans-state.js';

/** Probabilities are counted in 2^16ths: a 0 takes the lower part of this range, a 1 the upper. */
export const RANGE: number = 1 << 16;

/** What a writer and a reader have in common, so that one function can describe both directions. */
export interface BitStream {
  /**
   * Codes one bit.
   *
   * @param bit - 0 or 1 for a writer; a reader ignores it.
   * @param one - the probability of a 1 in 2^16ths, 1..65535.
   * @returns the bit.
   */
  code(bit: number, one: number): number;
}

/**
 * Writes bits into one rANS stream. Keeps four bytes a bit until {@link BitWriter.finish}, as an rANS decoder
 * reads last what was written first.
 *
 * @example
 * ```ts
 * const writer = new BitWriter();
 * writer.code(1, 40_000);
 * const bytes = writer.finish();
 * ```
 */
export class BitWriter implements BitStream {
  /** Twice the probability of a 1, plus the bit. */
  #coded = new Uint32Array(4096);
  #count = 0;

  code(bit: number, one: number): number {
    if (this.#count === this.#coded.length) this.#grow();
    this.#coded[this.#count++] = 2 * one + bit;
    return bit;
  }

  /** The stream: the state as u32, then u16 words, all little-endian. */
  finish(): Uint8Array {
    const writer = new RansWriter();
    for (let i = this.#count - 1; i >= 0; i--) {
      const one = this.#coded[i]! >>> 1;
      const zero = RANGE - one;
      if (this.#coded[i]! & 1) writer.put(zero, one);
      else writer.put(0, zero);
    }
    return writer.finish();
  }

  #grow(): void {
    const longer = new Uint32Array(2 * this.#coded.length);
    longer.set(this.#coded);
    this.#coded = longer;
  }
}

/**
 * Reads the bits of a stream made by {@link BitWriter}. On damaged bytes it throws or gives wrong bits, but
 * never reads outside them, and takes bounded time per bit.
 *
 * @example
 * ```ts
 * const reader = new BitReader(bytes);
 * const bit = reader.code(0, 40_000);
 * reader.finish();
 * ```
 */
export class BitReader implements BitStream {
  readonly #reader: RansReader;

  /**
   * @param bytes - the whole stream and nothing else; read in place.
   * @throws {@link CorruptFileError} if no stream begins like this.
   */
  constructor(bytes: Uint8Array) {
    this.#reader = new RansReader(bytes);
  }

  /** @throws {@link CorruptFileError} if the stream ends before this bit. */
  code(_: number, one: number): number {
    const zero = RANGE - one;
    const bit = this.#reader.peek() >= zero ? 1 : 0;
    if (bit === 1) this.#reader.take(zero, one);
    else this.#reader.take(0, zero);
    return bit;
  }

  /** @throws {@link CorruptFileError} unless the whole stream was read and ends as a writer begins. */
  finish(): void {
    this.#reader.finish();
  }
}
