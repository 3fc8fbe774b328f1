// Codes bits whose probabilities adapt to the bits before them, into one rANS stream. Only integers decide
// anything. Which context a bit belongs to is decided by the caller.
import { RansReader, RansWriter } from './rans-state.js';

/** Probabilities count in 2^22ths: fine enough that a sure bit costs a 10,000th of a bit. */
const CERTAIN = 1 << 22;

/** The coder counts in 2^16ths. */
const CODER_SHIFT = 6;

/** The range of the coder: a 0 takes the lower part of it, a 1 the upper. */
const RANGE = CERTAIN >> CODER_SHIFT;

/** A context forgets no faster than by one part in about 256. */
const MAX_COUNT = 255;

/** What an encoder and a decoder have in common, so that one function can describe both directions. */
export interface BitCoder {
  /**
   * Codes one bit.
   *
   * @param bit - 0 or 1 for an encoder; a decoder ignores it.
   * @param context - the number of the probability, from 0.
   * @returns the bit.
   */
  code(bit: number, context: number): number;
}

/** The probability of a 1 in every context: one half at first, then roughly the mean of the bits so far. */
class Probabilities {
  readonly #probabilities: Int32Array;
  readonly #counts: Uint8Array;

  constructor(contexts: number) {
    this.#probabilities = new Int32Array(contexts).fill(CERTAIN / 2);
    this.#counts = new Uint8Array(contexts);
  }

  /** In 2^16ths; 4..65532. */
  get(context: number): number {
    return this.#probabilities[context]! >> CODER_SHIFT;
  }

  adapt(context: number, bit: number): void {
    const count = this.#counts[context]!;
    const error = (bit === 1 ? CERTAIN : 0) - this.#probabilities[context]!;
    this.#probabilities[context]! += ((2 * error) / (2 * count + 3)) | 0;
    if (count < MAX_COUNT) this.#counts[context] = count + 1;
  }
}

/**
 * Encodes bits into one rANS stream. Keeps four bytes a bit until {@link BitEncoder.finish}, as an rANS
 * decoder reads last what was written first.
 *
 * @example
 * ```ts
 * const encoder = new BitEncoder(2);
 * encoder.code(1, 0);
 * const bytes = encoder.finish();
 * ```
 */
export class BitEncoder implements BitCoder {
  readonly #probabilities: Probabilities;
  /** Twice the probability of a 1, plus the bit. */
  #coded = new Uint32Array(4096);
  #count = 0;

  /** @param contexts - how many probabilities there are. */
  constructor(contexts: number) {
    this.#probabilities = new Probabilities(contexts);
  }

  code(bit: number, context: number): number {
    if (this.#count === this.#coded.length) {
      const longer = new Uint32Array(2 * this.#count);
      longer.set(this.#coded);
      this.#coded = longer;
    }
    this.#coded[this.#count++] = 2 * this.#probabilities.get(context) + bit;
    this.#probabilities.adapt(context, bit);
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
}

/**
 * Decodes the bits of a stream made by {@link BitEncoder}. On damaged bytes it throws or gives wrong
 * bits, but never reads outside them, and takes bounded time per bit.
 *
 * @example
 * ```ts
 * const decoder = new BitDecoder(2, bytes);
 * const bit = decoder.code(0, 0);
 * decoder.finish();
 * ```
 */
export class BitDecoder implements BitCoder {
  readonly #probabilities: Probabilities;
  readonly #reader: RansReader;

  /**
   * @param contexts - as the encoder had them.
   * @param bytes - the whole stream and nothing else; read in place.
   * @throws {@link CorruptFileError} if no stream begins like this.
   */
  constructor(contexts: number, bytes: Uint8Array) {
    this.#probabilities = new Probabilities(contexts);
    this.#reader = new RansReader(bytes);
  }

  /** @throws {@link CorruptFileError} if the stream ends before this bit. */
  code(_: number, context: number): number {
    const one = this.#probabilities.get(context);
    const zero = RANGE - one;
    const bit = this.#reader.peek() >= zero ? 1 : 0;
    if (bit === 1) this.#reader.take(zero, one);
    else this.#reader.take(0, zero);
    this.#probabilities.adapt(context, bit);
    return bit;
  }

  /** @throws {@link CorruptFileError} unless the whole stream was read and ends as an encoder begins. */
  finish(): void {
    this.#reader.finish();
  }
}
