// Codes bits, each with the mixed predictions of six contexts (FORMAT.md, "Mixed bits"). Only integers decide
// anything. Which contexts a bit has is decided by the caller.
//
// The method is that of M. Mahoney's PAQ ("Adaptive weighing of context models for lossless data
// compression", Florida Tech TR CS-2005-16): the predictions are added up in the logistic domain with weights
// that learn online. Six contexts are what a budget of about 40 ns a bit in JavaScript allows.
import type { BitStream } from './bit-stream.js';

/** Contexts of every bit. */
export const CONTEXTS = 6;

/** log2 of the number of slots that the contexts of a tile share. */
const LOG2_SLOTS = 20;

/** Multiplies hashes: 2^32 divided by the golden ratio. */
const MULTIPLIER = 0x9e3779b1;

/** A slot holds a probability in 2^22ths above a count of the bits that it has seen. */
const PROBABILITY_BITS = 22;
const COUNT_BITS = 10;
const COUNT_MASK = (1 << COUNT_BITS) - 1;
const FIRST_SLOT = (1 << (PROBABILITY_BITS - 1)) * (1 << COUNT_BITS);
const MAX_COUNT = 255;

/** Logits are counted in steps of about 1/170.5, from −12 to 12. */
const MAX_LOGIT = 2047;

/** Weights are counted in 2^14ths. */
const WEIGHT_BITS = 14;
const FIRST_WEIGHT = 4915; // 0.3
const MAX_WEIGHT = 1 << 17;

/** Weights learn only from errors of more than one in 256. */
const MIN_ERROR = 256;
const LEARNING_RATE = 4;
const LEARNING_SHIFT = 18;

/** What a slot learns from a bit, by its count: 2^16 / (count + 1.5). */
const RATES = Int32Array.from({ length: MAX_COUNT + 1 }, (_, count) =>
  Math.floor(131072 / (2 * count + 3)),
);

/** Probabilities of a 1 in 2^16ths, of the logits −2047..2047. */
const SQUASHED = squashAll();

/** Logits of the probabilities 0..4095 in 2^12ths. */
const STRETCHED = stretchAll();

/**
 * Hashes a list of integers to 32 bits, one after another: `mixIn(mixIn(0, first), second)`.
 *
 * @param hash - of the numbers before.
 */
export function mixIn(hash: number, number: number): number {
  return Math.imul((hash + number) | 0, MULTIPLIER);
}

/** The slot of a hash. */
export function toSlot(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), MULTIPLIER) >>> (32 - LOG2_SLOTS);
}

/**
 * The bits of a stream, each in six contexts. An encoder and a decoder differ only in the stream.
 *
 * @example
 * ```ts
 * const mixer = new BitMixer(1, stream);
 * for (let i = 0; i < CONTEXTS; i++) mixer.contexts[i] = toSlot(mixIn(mixIn(0, i), neighbour));
 * const bit = mixer.code(1, 0, 0);
 * ```
 */
export class BitMixer {
  /** The slots that the contexts of the next bits begin at; set by the caller. */
  readonly contexts: Int32Array = new Int32Array(CONTEXTS);
  readonly #stream: BitStream;
  readonly #slots = new Uint32Array(1 << LOG2_SLOTS).fill(FIRST_SLOT);
  readonly #weights: Int32Array;

  /**
   * @param sets - how many sets of weights there are.
   * @param stream - to write to or to read from.
   */
  constructor(sets: number, stream: BitStream) {
    this.#stream = stream;
    this.#weights = new Int32Array(CONTEXTS * sets).fill(FIRST_WEIGHT);
  }

  /**
   * Codes one bit.
   *
   * @param bit - 0 or 1 for a writer; a reader ignores it.
   * @param node - 0..127; tells bits apart that have the same contexts.
   * @param set - the number of its weights.
   * @returns the bit.
   * @throws {@link CorruptFileError} if a stream to be read ends before this bit.
   */
  code(bit: number, node: number, set: number): number {
    // Written out for each of the six: loops over arrays take twice the time.
    const slots = this.#slots;
    const weights = this.#weights;
    const contexts = this.contexts;
    const a = contexts[0]! ^ node;
    const b = contexts[1]! ^ node;
    const c = contexts[2]! ^ node;
    const d = contexts[3]! ^ node;
    const e = contexts[4]! ^ node;
    const f = contexts[5]! ^ node;
    const slotA = slots[a]!;
    const slotB = slots[b]!;
    const slotC = slots[c]!;
    const slotD = slots[d]!;
    const slotE = slots[e]!;
    const slotF = slots[f]!;
    const logitA = STRETCHED[slotA >>> 20]!;
    const logitB = STRETCHED[slotB >>> 20]!;
    const logitC = STRETCHED[slotC >>> 20]!;
    const logitD = STRETCHED[slotD >>> 20]!;
    const logitE = STRETCHED[slotE >>> 20]!;
    const logitF = STRETCHED[slotF >>> 20]!;
    const w = CONTEXTS * set;
    const sum =
      (Math.imul(weights[w]!, logitA) +
        Math.imul(weights[w + 1]!, logitB) +
        Math.imul(weights[w + 2]!, logitC) +
        Math.imul(weights[w + 3]!, logitD) +
        Math.imul(weights[w + 4]!, logitE) +
        Math.imul(weights[w + 5]!, logitF)) >>
      WEIGHT_BITS;
    const logit = sum > MAX_LOGIT ? MAX_LOGIT : sum < -MAX_LOGIT ? -MAX_LOGIT : sum;
    const one = SQUASHED[logit + MAX_LOGIT]!;
    const coded = this.#stream.code(bit, one);

    const error = (coded << 16) - one;
    if (error > MIN_ERROR || error < -MIN_ERROR) {
      const step = Math.imul(error, LEARNING_RATE);
      weights[w] = learn(weights[w]!, logitA, step);
      weights[w + 1] = learn(weights[w + 1]!, logitB, step);
      weights[w + 2] = learn(weights[w + 2]!, logitC, step);
      weights[w + 3] = learn(weights[w + 3]!, logitD, step);
      weights[w + 4] = learn(weights[w + 4]!, logitE, step);
      weights[w + 5] = learn(weights[w + 5]!, logitF, step);
    }
    const target = coded << PROBABILITY_BITS;
    slots[a] = adapt(slotA, target);
    slots[b] = adapt(slotB, target);
    slots[c] = adapt(slotC, target);
    slots[d] = adapt(slotD, target);
    slots[e] = adapt(slotE, target);
    slots[f] = adapt(slotF, target);
    return coded;
  }
}

/** A weight after an error. */
function learn(weight: number, logit: number, step: number): number {
  const learned =
    weight + ((Math.imul(logit, step) + (1 << (LEARNING_SHIFT - 1))) >> LEARNING_SHIFT);
  return learned > MAX_WEIGHT ? MAX_WEIGHT : learned < -MAX_WEIGHT ? -MAX_WEIGHT : learned;
}

/** A slot after a bit; `target` is the bit as a probability. */
function adapt(slot: number, target: number): number {
  const count = slot & COUNT_MASK;
  const probability = slot >>> COUNT_BITS;
  const learned = probability + (Math.imul((target - probability) >> 8, RATES[count]!) >> 8);
  return (learned << COUNT_BITS) + (count < MAX_COUNT ? count + 1 : count);
}

/** 2^16 / (1 + e^−x), where e^−x follows from repeated multiplication by 1 − 1/171. */
function squashAll(): Int32Array {
  const squashed = new Int32Array(2 * MAX_LOGIT + 1);
  const one = 2 ** 30;
  let power = one;
  for (let logit = 0; logit <= MAX_LOGIT; logit++) {
    const probability = Math.floor(2 ** 46 / (one + power));
    squashed[MAX_LOGIT + logit] = probability;
    squashed[MAX_LOGIT - logit] = 2 ** 16 - probability;
    power -= Math.floor(power / 171);
  }
  return squashed;
}

/** The inverse: for each probability the largest logit whose probability is not above the middle of it. */
function stretchAll(): Int16Array {
  let logit = -MAX_LOGIT;
  return Int16Array.from({ length: 4096 }, (_, probability) => {
    const middle = 16 * probability + 8;
    while (logit < MAX_LOGIT && SQUASHED[logit + 1 + MAX_LOGIT]! <= middle) logit += 1;
    return logit;
  });
}
