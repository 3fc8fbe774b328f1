// Codes the samples of one pixel of a direct tile: each is predicted from its neighbours, and the error of
// the prediction is coded with mixed contexts (FORMAT.md, "Samples").
//
// The parts are well known: the median predictor of LOCO-I (M. J. Weinberger, G. Seroussi and G. Sapiro,
// IEEE Trans. Image Processing 9(8), 2000), which is best on graphics; for photographs four predictors
// weighted by their errors nearby, as in JPEG XL's modular mode (ISO/IEC 18181-1); errors within ±delta as in
// JPEG-LS (ITU-T T.87).
import { type BitMixer, mixIn, toSlot } from './bit-mixer.js';
import { FIELDS, MARGIN, type PixelPlane } from './direct-pixels.js';

/** What the samples of pixels are; each has contexts of its own. */
export const INDEX = 3;

/** Sets of weights: for each sample and kind of block, one for each kind of bit. */
const SETS_PER_SAMPLE = 12;
export const SAMPLE_SETS: number = 2 * 4 * SETS_PER_SAMPLE;

/** Nodes of the bits of an error. */
const IS_ZERO = 0;
const IS_NEGATIVE = 1;
const IS_LONGER = 2;
const TOP_BIT = 9;
const SECOND_BIT = 16;
const LOW_BITS = 32;

/** Bits of the largest error after its first one. */
const MAX_BITS = 7;

/** Predictors of a photograph's samples. */
const PREDICTORS = 4;

/** Bounds of the 16 classes of magnitudes. */
const CLASS_BOUNDS = [1, 2, 3, 4, 5, 7, 10, 14, 20, 28, 40, 56, 80, 112, 160];
const CLASSES = Uint8Array.from(
  { length: 4096 },
  (_, magnitude) => CLASS_BOUNDS.filter((bound) => bound <= magnitude).length,
);

/** Weight of a predictor by its errors nearby. */
const MAX_ERROR_SUM = 1023;
const TRUST = Int32Array.from({ length: MAX_ERROR_SUM + 1 }, (_, sum) =>
  Math.floor(2 ** 24 / (sum + 2) ** 2),
);

/** Codes samples in raster order. */
export class SampleCoder {
  readonly #mixer: BitMixer;
  readonly #firstSet: number;
  readonly #plane: PixelPlane;
  /** Samples of a pixel. */
  readonly #samples: number;
  readonly #isIndexed: boolean;
  readonly #delta: number;
  /** Errors of the predictions of two rows in 1/8, by sample; 0 where there was none. */
  readonly #errors: Int32Array;
  /** Absolute errors of each predictor of two rows. */
  readonly #trials: Int32Array;
  /** Where the current row and the one above begin in `#errors`. */
  #current = 0;
  #above = 0;

  constructor(
    mixer: BitMixer,
    firstSet: number,
    plane: PixelPlane,
    samples: number,
    isIndexed: boolean,
    delta: number,
  ) {
    this.#mixer = mixer;
    this.#firstSet = firstSet;
    this.#plane = plane;
    this.#samples = samples;
    this.#isIndexed = isIndexed;
    this.#delta = delta;
    this.#errors = new Int32Array(2 * samples * plane.stride);
    this.#trials = new Int32Array(PREDICTORS * this.#errors.length);
  }

  /** Begins a row. */
  startRow(row: number): void {
    const length = this.#samples * this.#plane.stride;
    this.#current = (row & 1) * length;
    this.#above = length - this.#current;
    this.#errors.fill(0, this.#current, this.#current + length);
    this.#trials.fill(0, PREDICTORS * this.#current, PREDICTORS * (this.#current + length));
  }

  /**
   * Codes one pixel.
   *
   * @param target - what an encoder wants, packed; a decoder ignores it.
   * @param at - the pixel's place in the plane.
   * @param column - its column.
   * @param isPhoto - whether its block is that of a photograph.
   * @returns the pixel, packed: within ±delta of the target.
   */
  code(target: number, at: number, column: number, isPhoto: boolean): number {
    const { stride, data } = this.#plane;
    const delta = this.#delta;
    const step = 2 * delta + 1;
    const mixer = this.#mixer;
    const { contexts } = mixer;
    const errors = this.#errors;
    const trials = this.#trials;
    const pixelW = data[at - 1]!;
    const pixelN = data[at - stride]!;
    const pixelNW = data[at - stride - 1]!;
    const pixelNE = data[at - stride + 1]!;
    const pixelWW = data[at - 2]!;
    const pixelNN = data[at - 2 * stride]!;
    let pixel = 0;
    let green = 0;
    let red = 0;
    let residual1 = 0;
    let residual2 = 0;
    for (let field = 0; field < this.#samples; field++) {
      const sample = this.#isIndexed ? INDEX : field;
      const left = 24 - FIELDS[field]!.shift + 8 - FIELDS[field]!.bits;
      const right = 32 - FIELDS[field]!.bits;
      const isFirst = field === 0;
      const W = isFirst ? pixelW & 255 : (pixelW << left) >> right;
      const N = isFirst ? pixelN & 255 : (pixelN << left) >> right;
      const NW = isFirst ? pixelNW & 255 : (pixelNW << left) >> right;
      const NE = isFirst ? pixelNE & 255 : (pixelNE << left) >> right;
      const WW = isFirst ? pixelWW & 255 : (pixelWW << left) >> right;
      const NN = isFirst ? pixelNN & 255 : (pixelNN << left) >> right;
      const min = isFirst ? 0 : -green;
      const max = min + 255;

      const here = this.#current + field * stride + MARGIN + column;
      const north = this.#above + field * stride + MARGIN + column;
      const errorW = errors[here - 1]!;
      const errorN = errors[north]!;
      const errorNW = errors[north - 1]!;
      const errorNE = errors[north + 1]!;
      // The prediction, in 1/8.
      let predicted: number;
      let p0 = 0;
      let p1 = 0;
      let p2 = 0;
      let p3 = 0;
      if (isPhoto) {
        p0 = 8 * (W + NE - N);
        p1 = 8 * N - ((errorW + errorN + errorNE) >> 1);
        p2 = 8 * W - ((5 * (errorW + errorN + errorNW)) >> 4);
        p3 = 8 * N - ((7 * (errorNW + errorN + errorNE)) >> 5);
        const a = PREDICTORS * (north - 1);
        const b = PREDICTORS * (here - 2);
        const t0 = this.#trust(a, b);
        const t1 = this.#trust(a + 1, b + 1);
        const t2 = this.#trust(a + 2, b + 2);
        const t3 = this.#trust(a + 3, b + 3);
        predicted = Math.floor((t0 * p0 + t1 * p1 + t2 * p2 + t3 * p3) / (t0 + t1 + t2 + t3));
        const low = 8 * (W < N ? (W < NE ? W : NE) : N < NE ? N : NE);
        const high = 8 * (W > N ? (W > NE ? W : NE) : N > NE ? N : NE);
        predicted = predicted < low ? low : predicted > high ? high : predicted;
      } else {
        const sum = W + N - NW;
        const low = W < N ? W : N;
        const high = W < N ? N : W;
        predicted = 8 * (sum < low ? low : sum > high ? high : sum);
      }
      let guess = (predicted + 4) >> 3;
      if (guess < min || guess > max) {
        guess = guess < min ? min : max;
        predicted = 8 * guess;
      }

      const energy =
        CLASSES[
          (Math.abs(errorW) + Math.abs(errorN) + Math.abs(errorNW) + Math.abs(errorNE)) >> 3
        ]!;
      const activity =
        CLASSES[
          Math.abs(W - NW) +
            Math.abs(N - NW) +
            Math.abs(N - NE) +
            Math.abs(WW - W) +
            Math.abs(NN - N)
        ]!;
      const sign1 = toSignedClass(residual1);
      const sign2 = toSignedClass(residual2);
      const tag = 8 * sample;
      contexts[0] = toSlot(mixIn(mixIn(mixIn(0, tag), energy), sign1));
      contexts[1] = toSlot(mixIn(mixIn(mixIn(mixIn(0, tag + 1), activity), sign1), sign2));
      contexts[2] = toSlot(
        mixIn(mixIn(mixIn(mixIn(0, tag + 2), toStep(W - guess)), toStep(N - guess)), energy),
      );
      contexts[3] = toSlot(
        mixIn(
          mixIn(mixIn(0, tag + 3), CLASSES[Math.abs(errorW) >> 2]!),
          CLASSES[Math.abs(errorN) >> 2]!,
        ),
      );
      contexts[4] = toSlot(mixIn(mixIn(mixIn(0, tag + 4), guess), green));
      contexts[5] = toSlot(
        mixIn(
          mixIn(mixIn(mixIn(0, tag + 5), guess), green),
          isFirst ? pixelW : field === 1 ? W : red,
        ),
      );
      const set = this.#firstSet + SETS_PER_SAMPLE * (2 * sample + (isPhoto ? 1 : 0));

      const wanted = isFirst ? target & 255 : (target & 255) + ((target << left) >> right) - green;
      const error = wanted - guess;
      const magnitude = ((error < 0 ? -error : error) + delta) / step;
      let value = guess + step * this.#codeResidual(error, magnitude | 0, set);
      value = value < min ? min : value > max ? max : value;

      errors[here] = predicted - 8 * value;
      if (isPhoto) {
        const trial = PREDICTORS * here;
        trials[trial] = (Math.abs(p0 - 8 * value) + 3) >> 3;
        trials[trial + 1] = (Math.abs(p1 - 8 * value) + 3) >> 3;
        trials[trial + 2] = (Math.abs(p2 - 8 * value) + 3) >> 3;
        trials[trial + 3] = (Math.abs(p3 - 8 * value) + 3) >> 3;
      }
      residual2 = residual1;
      residual1 = value - guess;
      if (isFirst) {
        green = value;
        pixel = value;
      } else {
        red = value;
        pixel |= (value & 511) << FIELDS[field]!.shift;
      }
    }
    return pixel;
  }

  /** How far to trust a predictor, by its errors at NW, N, NE and WW, W. */
  #trust(north: number, west: number): number {
    const trials = this.#trials;
    const sum =
      trials[north]! +
      trials[north + PREDICTORS]! +
      trials[north + 2 * PREDICTORS]! +
      trials[west]! +
      trials[west + PREDICTORS]!;
    return TRUST[sum > MAX_ERROR_SUM ? MAX_ERROR_SUM : sum]!;
  }

  /**
   * Codes a residual: is it 0, its sign, how many bits it has, and these bits.
   *
   * @param error - of which a writer takes the sign.
   * @param magnitude - of the residual.
   */
  #codeResidual(error: number, magnitude: number, set: number): number {
    const mixer = this.#mixer;
    if (mixer.code(magnitude === 0 ? 1 : 0, IS_ZERO, set)) return 0;
    const isNegative = mixer.code(error < 0 ? 1 : 0, IS_NEGATIVE, set + 1);
    const length = 31 - Math.clz32(magnitude);
    let bits = 0;
    while (bits < MAX_BITS && mixer.code(bits < length ? 1 : 0, IS_LONGER + bits, set + 2 + bits)) {
      bits += 1;
    }
    let value = 1;
    for (let bit = bits - 1; bit >= 0; bit--) {
      const isTop = bit === bits - 1;
      const isSecond = bit === bits - 2;
      const node = isTop
        ? TOP_BIT + bits - 1
        : isSecond
          ? SECOND_BIT + 2 * bits + (value & 1)
          : LOW_BITS + bit;
      const which = isTop ? 9 : isSecond ? 10 : 11;
      value = 2 * value + mixer.code((magnitude >> bit) & 1, node, set + which);
    }
    return isNegative ? -value : value;
  }
}

/** The class of a magnitude with its sign. */
function toSignedClass(residual: number): number {
  return residual < 0 ? 2 * CLASSES[-residual]! + 1 : 2 * CLASSES[residual]!;
}

/** A difference in steps of 4, −3..3. */
function toStep(difference: number): number {
  const step = difference >> 2;
  return step < -3 ? -3 : step > 3 ? 3 : step;
}
