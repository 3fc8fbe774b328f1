// Codes bits whose probabilities adapt to the bits before them. Only integers decide anything. Which context
// a bit belongs to is decided by the caller.
import type { BitStream } from './bit-stream.js';

/** Probabilities count in 2^22ths: fine enough that a sure bit costs a 10,000th of a bit. */
const CERTAIN = 1 << 22;

/** The stream counts in 2^16ths. */
const STREAM_SHIFT = 6;

/** A context forgets no faster than by one part in about 256. */
const MAX_COUNT = 255;

/**
 * The bits of a stream in their contexts. In every context the probability of a 1 is one half at first, then
 * roughly the mean of the bits so far. An encoder and a decoder differ only in the stream.
 *
 * @example
 * ```ts
 * const writer = new BitWriter();
 * new AdaptiveBits(2, writer).code(1, 0);
 * const bytes = writer.finish();
 * const bit = new AdaptiveBits(2, new BitReader(bytes)).code(0, 0);
 * ```
 */
export class AdaptiveBits {
  readonly #stream: BitStream;
  readonly #probabilities: Int32Array;
  readonly #counts: Uint8Array;

  /**
   * @param contexts - how many there are.
   * @param stream - to write to or to read from.
   */
  constructor(contexts: number, stream: BitStream) {
    this.#stream = stream;
    this.#probabilities = new Int32Array(contexts).fill(CERTAIN / 2);
    this.#counts = new Uint8Array(contexts);
  }

  /**
   * Codes one bit.
   *
   * @param bit - 0 or 1 for a writer; a reader ignores it.
   * @param context - its number, from 0.
   * @returns the bit.
   * @throws {@link CorruptFileError} if a stream to be read ends before this bit.
   */
  code(bit: number, context: number): number {
    const probability = this.#probabilities[context]!;
    const coded = this.#stream.code(bit, probability >> STREAM_SHIFT);
    const count = this.#counts[context]!;
    const error = (coded === 1 ? CERTAIN : 0) - probability;
    this.#probabilities[context] = probability + (((2 * error) / (2 * count + 3)) | 0);
    if (count < MAX_COUNT) this.#counts[context] = count + 1;
    return coded;
  }
}
