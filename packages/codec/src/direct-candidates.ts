// Codes a pixel of graphics as one of the colours that it probably has: those of its neighbours, and those
// that followed the same neighbours before (FORMAT.md, "Candidates"). So everything that repeats is copied
// from where it was last: flat areas, rows, patterns, glyphs.
//
// Remembering what followed a hashed context is how PPM-like models copy text (J. G. Cleary and I. H. Witten,
// 1984); here the context is two-dimensional.
import { type BitMixer, mixIn, toSlot } from './bit-mixer.js';
import { areNear, MARGIN, type PixelPlane } from './direct-pixels.js';

/** Most candidates of a pixel: three memories, W, N, NE, NW. */
const MAX_CANDIDATES = 7;

export const CANDIDATE_SETS: number = MAX_CANDIDATES;

/** The first node of the bits here. */
const NODE = 64;

/** What {@link CandidateCoder.code} returns for a pixel that is none of its candidates. */
export const NONE = -1;

/** log2 of the number of colours in a memory. */
const LOG2_MEMORY = 16;

/** Ranks of pixels: which candidate they were; 0 not known, and this for none. */
const NO_RANK = 8;

/** Longest run that is counted. */
const MAX_RUN = 20;

/** Hashes of the tags that tell contexts apart from each other and from those of samples. */
const TAGS = [64, 65, 66, 67].map((tag) => mixIn(0, tag));

/** Codes pixels of graphics in raster order. */
export class CandidateCoder {
  readonly #mixer: BitMixer;
  readonly #firstSet: number;
  readonly #plane: PixelPlane;
  readonly #delta: number;
  /** Colours by the hash of 13, 6 and 2 neighbours; −1 if none. */
  readonly #memories = [13, 6, 2].map(() => new Int32Array(1 << LOG2_MEMORY).fill(NONE));
  /** The candidates of the current pixel, and the bit set of those that proposed each. */
  readonly #colours = new Int32Array(MAX_CANDIDATES);
  readonly #proposers = new Int32Array(MAX_CANDIDATES);
  #count = 0;
  /** Ranks of the pixels of two rows. */
  readonly #ranks: Uint8Array;
  #current = 0;
  #above = 0;
  /** Pixels before the current one that equal their left neighbour. */
  #run = 0;
  /** Places in the memories that belong to the current pixel. */
  #place13 = 0;
  #place6 = 0;
  #place2 = 0;
  #isFlat = false;

  constructor(mixer: BitMixer, firstSet: number, plane: PixelPlane, delta: number) {
    this.#mixer = mixer;
    this.#firstSet = firstSet;
    this.#plane = plane;
    this.#delta = delta;
    this.#ranks = new Uint8Array(2 * plane.stride);
  }

  /** Begins a row. */
  startRow(row: number): void {
    const { stride } = this.#plane;
    this.#current = (row & 1) * stride;
    this.#above = stride - this.#current;
    this.#ranks.fill(0, this.#current, this.#current + stride);
    this.#run = 0;
  }

  /**
   * Codes one pixel.
   *
   * @param target - what an encoder wants, packed; a decoder ignores it.
   * @param at - the pixel's place in the plane.
   * @param column - its column.
   * @returns the pixel, packed, or {@link NONE}; `remember` must follow.
   */
  code(target: number, at: number, column: number): number {
    const { stride, data } = this.#plane;
    const W = data[at - 1]!;
    const N = data[at - stride]!;
    const NW = data[at - stride - 1]!;
    const NE = data[at - stride + 1]!;
    const WW = data[at - 2]!;
    const NN = data[at - 2 * stride]!;
    const hash2 = mixIn(mixIn(0, N), W);
    const hash6 = mixIn(mixIn(mixIn(mixIn(hash2, NW), NE), WW), NN);
    const near = mixIn(
      mixIn(mixIn(hash6, data[at - 2 * stride + 1]!), data[at - 2 * stride - 1]!),
      data[at - stride - 2]!,
    );
    const far = mixIn(
      mixIn(mixIn(near, data[at - stride + 2]!), data[at - 3]!),
      data[at - 3 * stride]!,
    );
    const hash13 = mixIn(far, data[at - stride + 3]!);
    const slot2 = toSlot(hash2);
    const slot6 = toSlot(hash6);
    const slot13 = toSlot(hash13);
    this.#place2 = slot2 >>> 4;
    this.#place6 = slot6 >>> 4;
    this.#place13 = slot13 >>> 4;
    const isFlat = W === N && W === NW && W === NE && W === WW && N === NN;
    this.#isFlat = isFlat;
    this.#count = 0;
    if (isFlat) this.#propose(W, 8);
    const [memory13, memory6, memory2] = this.#memories as [Int32Array, Int32Array, Int32Array];
    this.#propose(memory13[this.#place13]!, 1);
    this.#propose(memory6[this.#place6]!, 2);
    this.#propose(memory2[this.#place2]!, 4);
    if (!isFlat) {
      this.#propose(W, 8);
      this.#propose(N, 16);
      this.#propose(NE, 32);
      this.#propose(NW, 64);
    }

    const ranks = this.#ranks;
    const here = this.#current + MARGIN + column;
    const north = this.#above + MARGIN + column;
    const nearRanks =
      ranks[here - 1]! |
      (ranks[north]! << 4) |
      (ranks[north - 1]! << 8) |
      (ranks[north + 1]! << 12) |
      (ranks[here - 2]! << 16);
    const run = this.#run > MAX_RUN ? MAX_RUN : this.#run;
    const mixer = this.#mixer;
    const { contexts } = mixer;
    contexts[1] = slot13;
    const [refusedTag, colourTag, runTag, rankTag] = TAGS as [number, number, number, number];
    let refused = 0;
    for (let k = 0; k < this.#count; k++) {
      const proposers = this.#proposers[k]!;
      const colour = this.#colours[k]!;
      contexts[0] = toSlot(mixIn(mixIn(refusedTag, proposers), refused));
      contexts[2] = toSlot(mixIn(hash6, proposers));
      contexts[3] = toSlot(mixIn(mixIn(colourTag, colour), proposers));
      contexts[4] = toSlot(mixIn(mixIn(runTag, run), proposers));
      contexts[5] = toSlot(mixIn(mixIn(rankTag, nearRanks), proposers));
      const isGood = this.#delta === 0 ? colour === target : areNear(colour, target, this.#delta);
      if (mixer.code(isGood ? 1 : 0, NODE + k, this.#firstSet + k)) {
        ranks[here] = k + 1;
        return colour;
      }
      refused |= proposers;
    }
    ranks[here] = NO_RANK;
    return NONE;
  }

  /** Remembers the pixel that was coded last, whether it was a candidate or not. */
  remember(pixel: number, left: number): void {
    this.#run = pixel === left ? this.#run + 1 : 0;
    if (this.#isFlat && pixel === left) return;
    const [memory13, memory6, memory2] = this.#memories as [Int32Array, Int32Array, Int32Array];
    memory13[this.#place13] = pixel;
    memory6[this.#place6] = pixel;
    memory2[this.#place2] = pixel;
  }

  /** Adds a candidate, or one more that proposes the same colour. */
  #propose(colour: number, proposer: number): void {
    if (colour === NONE) return;
    for (let k = 0; k < this.#count; k++) {
      if (this.#colours[k] === colour) {
        this.#proposers[k]! |= proposer;
        return;
      }
    }
    this.#colours[this.#count] = colour;
    this.#proposers[this.#count++] = proposer;
  }
}
