// Codes bits whose probabilities follow from the bits before, into a stream as rans.ts writes them. Only
// integers decide anything. Which context a bit belongs to is the caller's knowledge.
import { CorruptFileError } from './errors.js';

/** Probabilities count in 2^22ths: fine enough that a sure bit costs a 10,000th of a bit. */
const CERTAIN = 1 << 22;

/** The coder counts in 2^16ths. */
const CODER_SHIFT = 6;

/** A context forgets no faster than by one part in about 256. */
const MAX_COUNT = 255;

/** State at the encoder's start, hence at the decoder's end, and lower bound of every state. */
const LOWEST_STATE = 0x10000;

/** What an encoder and a decoder have in common, so that one function can describe both directions. */
export interface BitCoder {
  /**
   * Codes one bit.
   *
   * @param bit 0 or 1 for an encoder; a decoder does not look at it.
   * @param context the number of the probability, from 0.
   * @returns the bit.
   */
  code(bit: number, context: number): number;
}

/** The probability of a 1 in every context: one half at first, then the mean of what came, roughly. */
class Probabilities {
  readonly #probabilities: Int32Array;
  readonly #counts: Uint8Array;

  constructor(contexts: number) {
    this.#probabilities = new Int32Array(contexts).fill(CERTAIN / 2);
    this.#counts = new Uint8Array(contexts);
  }

  /** In 2^16ths; 4..65532. */
  of(context: number): number {
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
 * Encodes bits into one rANS stream. Four bytes a bit are kept until {@link finish}, as an rANS
 * decoder takes off first what went in last.
 *
 * @example
 * const encoder = new BitEncoder(2);
 * encoder.code(1, 0);
 * const bytes = encoder.finish();
 */
export class BitEncoder implements BitCoder {
  readonly #probabilities: Probabilities;
  /** Twice the probability of a 1, plus the bit. */
  #coded = new Uint32Array(4096);
  #count = 0;

  constructor(contexts: number) {
    this.#probabilities = new Probabilities(contexts);
  }

  code(bit: number, context: number): number {
    if (this.#count === this.#coded.length) {
      const longer = new Uint32Array(2 * this.#count);
      longer.set(this.#coded);
      this.#coded = longer;
    }
    this.#coded[this.#count++] = 2 * this.#probabilities.of(context) + bit;
    this.#probabilities.adapt(context, bit);
    return bit;
  }

  /** The stream: the state as u32, then u16 words, all little-endian. */
  finish(): Uint8Array {
    const words: number[] = [];
    let state = LOWEST_STATE;
    for (let i = this.#count - 1; i >= 0; i--) {
      const one = this.#coded[i]! >>> 1;
      const isOne = (this.#coded[i]! & 1) === 1;
      const frequency = isOne ? one : 0x10000 - one;
      if (state >>> 16 >= frequency) {
        words.push(state & 0xffff);
        state >>>= 16;
      }
      // As in rans.ts: 2^16·quotient + remainder + start.
      const quotient = ((state >>> 0) / frequency) >>> 0;
      state = (state + Math.imul(quotient, 0x10000 - frequency) + (isOne ? 0x10000 - one : 0)) | 0;
    }
    const bytes = new Uint8Array(4 + 2 * words.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, state >>> 0, true);
    for (const [i, word] of words.reverse().entries()) view.setUint16(4 + 2 * i, word, true);
    return bytes;
  }
}

/**
 * Decodes the bits of a stream made by {@link BitEncoder}. On damaged bytes it throws or gives wrong
 * bits, but never reads outside them, and takes bounded time per bit.
 *
 * @example
 * const decoder = new BitDecoder(2, bytes);
 * const bit = decoder.code(0, 0);
 * decoder.finish();
 */
export class BitDecoder implements BitCoder {
  readonly #probabilities: Probabilities;
  readonly #bytes: Uint8Array;
  #state: number;
  #position = 4;

  /** @throws {CorruptFileError} if no stream begins like this. */
  constructor(contexts: number, bytes: Uint8Array) {
    if (bytes.length < 4 || bytes.length % 2 !== 0) throw badStream('has an impossible length');
    this.#probabilities = new Probabilities(contexts);
    this.#bytes = bytes;
    this.#state = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
    if (this.#state >>> 0 < LOWEST_STATE) throw badStream('begins with an impossible state');
  }

  /** @throws {CorruptFileError} if the stream ends before this bit. */
  code(_: number, context: number): number {
    const one = this.#probabilities.of(context);
    const zero = 0x10000 - one;
    const state = this.#state;
    const rest = state & 0xffff;
    const bit = rest >= zero ? 1 : 0;
    let next = Math.imul(bit === 1 ? one : zero, state >>> 16) + (bit === 1 ? rest - zero : rest);
    if (next >>> 16 === 0) {
      const position = this.#position;
      if (position >= this.#bytes.length) throw badStream('ends before its last pixel');
      next = (next << 16) | (this.#bytes[position + 1]! << 8) | this.#bytes[position]!;
      this.#position = position + 2;
    }
    this.#state = next | 0;
    this.#probabilities.adapt(context, bit);
    return bit;
  }

  /** @throws {CorruptFileError} unless the whole stream was used and ends as an encoder begins. */
  finish(): void {
    if (this.#state !== LOWEST_STATE || this.#position !== this.#bytes.length) {
      throw badStream('does not end with its last pixel');
    }
  }
}

function badStream(what: string): CorruptFileError {
  return new CorruptFileError(`A stream of alpha ${what}; get a good copy of the file.`);
}
