// What SSIMULACRA 2 measures at one scale: errors of structure, ringing and blurring in the colour space XYB.
// Works row by row, so memory grows with the width of the image, not with its area.
// The blur is from D. Charalampidis, "Recursive implementation of the Gaussian filter using truncated cosine
// functions", IEEE Transactions on Signal Processing 64(14), 2016.

const { fround } = Math;

/** Red, green and blue of a row, 0..1, in proportion to light. */
export type LinearRow = readonly [Float32Array, Float32Array, Float32Array];

/** An image at one scale. */
export interface LinearImage {
  readonly width: number;
  readonly height: number;
  /** Writes row `y` to the first `width` elements of each channel of `row`. */
  readRow(y: number, row: LinearRow): void;
}

export function linearRow(length: number): LinearRow {
  return [new Float32Array(length), new Float32Array(length), new Float32Array(length)];
}

/** How many pixels the blur looks ahead. */
const REACH = 4;
/** Zeros before and after a row, where the blur starts and ends. */
const BEFORE = 2 * REACH + 2;
const AFTER = REACH;

/** Stabilises the structure term where both images are flat. */
const C2 = fround(0.0009);

/**
 * The weighted sum of the errors at one scale.
 *
 * @param weights - six for each of the planes X, Y and B − Y: for the means of structure, ringing and blurring,
 * then for their 4-norms. Maps without weight are not computed.
 */
export function weightedErrors(
  original: LinearImage,
  distorted: LinearImage,
  weights: readonly (readonly number[])[],
): number {
  const { width, height } = original;
  const planes = weights.map((six) => new PlaneErrors(width, six));
  const row = linearRow(width);
  const paddedRow = () => linearRow(BEFORE + width + AFTER);
  const below = paddedRow();
  // A row is measured when the blur has seen the rows below it.
  const recent = Array.from({ length: REACH + 1 }, () => [paddedRow(), paddedRow()] as const);
  for (let y = 0; y < height + REACH; y++) {
    const [nextA, nextB] = y < height ? recent[y % recent.length]! : [below, below];
    if (y < height) {
      original.readRow(y, row);
      toXyb(row, nextA, width);
      distorted.readRow(y, row);
      toXyb(row, nextB, width);
    }
    const [a, b] = recent[(y + 1) % recent.length]!;
    for (const [i, plane] of planes.entries()) {
      plane.blur(nextA[i]!, nextB[i]!);
      if (y >= REACH) plane.measure(a[i]!, b[i]!);
    }
  }
  return planes.reduce((sum, plane) => sum + plane.weightedNorms(width * height), 0);
}

const OPSIN_BIAS = 0.0037930732552754493;
const OPSIN_ROOT = Math.cbrt(OPSIN_BIAS);

/**
 * Converts a row to XYB, the colour space of JPEG XL (ISO/IEC 18181-1), with B − Y instead of B, scaled and
 * shifted to put all of sRGB within 0..1. Writes after the `BEFORE` zeros.
 */
function toXyb([r, g, b]: LinearRow, [xs, ys, bs]: LinearRow, width: number): void {
  for (let i = 0; i < width; i++) {
    const red = r[i]!;
    const green = g[i]!;
    const blue = b[i]!;
    const l = cubeRoot(0.3 * red + 0.622 * green + 0.078 * blue + OPSIN_BIAS);
    const m = cubeRoot(0.23 * red + 0.692 * green + 0.078 * blue + OPSIN_BIAS);
    const s = cubeRoot(
      0.24342268924547819 * red +
        0.20476744424496821 * green +
        0.5518098665095535 * blue +
        OPSIN_BIAS,
    );
    const y = (l + m) / 2 - OPSIN_ROOT;
    xs[BEFORE + i] = 7 * (l - m) + 0.42;
    ys[BEFORE + i] = y + 0.01;
    bs[BEFORE + i] = s - OPSIN_ROOT - y + 0.55;
  }
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Faster than `Math.cbrt`, to 14 digits: a guess from the exponent, then two steps of Halley's method. */
function cubeRoot(value: number): number {
  float[0] = value;
  bits[0] = ((bits[0]! / 3) | 0) + 709_958_130;
  const guess = float[0]!;
  const cube = guess * guess * guess;
  const root = (guess * (cube + 2 * value)) / (2 * cube + value);
  const rootCube = root * root * root;
  return (root * (rootCube + 2 * value)) / (2 * rootCube + value);
}

/** The errors in one plane of the original, `a`, and the distorted image, `b`. */
class PlaneErrors {
  readonly #weights: readonly number[];
  readonly #width: number;
  readonly #hasEdges: boolean;
  readonly #hasStructure: boolean;
  readonly #a: Blur;
  readonly #b: Blur;
  readonly #aa: Blur;
  readonly #bb: Blur;
  readonly #ab: Blur;
  readonly #product: Float32Array;
  /** One for each weight, over all pixels. */
  readonly #sums: Float64Array = new Float64Array(6);

  constructor(width: number, weights: readonly number[]) {
    this.#weights = weights;
    this.#width = width;
    this.#hasStructure = weights[0] !== 0 || weights[3] !== 0;
    this.#hasEdges = weights.some((weight, i) => i % 3 !== 0 && weight !== 0);
    this.#a = new Blur(width);
    this.#b = new Blur(width);
    this.#aa = new Blur(width);
    this.#bb = new Blur(width);
    this.#ab = new Blur(width);
    this.#product = new Float32Array(BEFORE + width + AFTER);
  }

  /** Blurs the next row of both images. The rows have zeros before and after them. */
  blur(a: Float32Array, b: Float32Array): void {
    if (!this.#hasEdges && !this.#hasStructure) return;
    this.#a.push(a);
    this.#b.push(b);
    if (!this.#hasStructure) return;
    this.#aa.push(this.#multiply(a, a));
    this.#bb.push(this.#multiply(b, b));
    this.#ab.push(this.#multiply(a, b));
  }

  #multiply(a: Float32Array, b: Float32Array): Float32Array {
    const product = this.#product;
    for (let i = BEFORE; i < BEFORE + this.#width; i++) product[i] = a[i]! * b[i]!;
    return product;
  }

  /** Measures the row that has just been blurred, which is `REACH` rows above the last one given to `blur`. */
  measure(a: Float32Array, b: Float32Array): void {
    if (this.#hasEdges) this.#measureEdges(a, b);
    if (this.#hasStructure) this.#measureStructure();
  }

  /** A stronger edge than in the original is ringing, a weaker edge is blurring. */
  #measureEdges(a: Float32Array, b: Float32Array): void {
    const meansA = this.#a.row;
    const meansB = this.#b.row;
    let [ringing, ringing4, blurring, blurring4] = [0, 0, 0, 0];
    for (let i = 0; i < this.#width; i++) {
      const edgeA = Math.abs(a[BEFORE + i]! - meansA[i]!);
      const edgeB = Math.abs(b[BEFORE + i]! - meansB[i]!);
      const d = (1 + edgeB) / (1 + edgeA) - 1;
      const square = d * d;
      if (d > 0) {
        ringing += d;
        ringing4 += square * square;
      } else {
        blurring -= d;
        blurring4 += square * square;
      }
    }
    this.#sums[1]! += ringing;
    this.#sums[2]! += blurring;
    this.#sums[4]! += ringing4;
    this.#sums[5]! += blurring4;
  }

  /** SSIM without the denominator of its luminance term, which would overrate errors in dark areas. */
  #measureStructure(): void {
    const [meansA, meansB] = [this.#a.row, this.#b.row];
    const [meansAA, meansBB, meansAB] = [this.#aa.row, this.#bb.row, this.#ab.row];
    let [sum, sum4] = [0, 0];
    for (let i = 0; i < this.#width; i++) {
      const a = meansA[i]!;
      const b = meansB[i]!;
      const difference = fround(a - b);
      const covariance = fround(meansAB[i]! - fround(a * b));
      const varianceA = fround(meansAA[i]! - fround(a * a));
      const varianceB = fround(meansBB[i]! - fround(b * b));
      const means = fround(1 - difference * difference);
      const shared = fround(2 * covariance + C2);
      const total = fround(fround(varianceA + varianceB) + C2);
      const d = Math.max(0, 1 - fround(fround(means * shared) / total));
      const square = d * d;
      sum += d;
      sum4 += square * square;
    }
    this.#sums[0]! += sum;
    this.#sums[3]! += sum4;
  }

  weightedNorms(pixels: number): number {
    return this.#weights.reduce((total, weight, i) => {
      const mean = this.#sums[i]! / pixels;
      return total + weight * (i < 3 ? mean : mean ** 0.25);
    }, 0);
  }
}

// The blur is the sum of three recursive filters whose kernels are cos(ω·n), ω = π/10, 3π/10 and 5π/10, cut off
// beyond four pixels: output = GAIN · (input ahead + input behind) − FEEDBACK · last output − output before it.
const [FEEDBACK_1, FEEDBACK_3] = [1, 3].map((k) => fround(-2 * Math.cos((k * Math.PI) / 10))) as [
  number,
  number,
];
const [GAIN_1, GAIN_3, GAIN_5] = [
  0.17893914164149133, 0.0727261447361902, 0.012955819110517089,
].map((share, i) => fround(-share * Math.cos(((2 * i + 1) * 6 * Math.PI) / 10))) as [
  number,
  number,
  number,
];

/**
 * A Gaussian blur of σ = 1.5 that takes an image row by row. Outside the image everything is zero.
 *
 * In exact arithmetic it is a kernel of nine taps, which would take half the time. But the reference runs the
 * recursion in float32, and its rounding errors accumulate and count as distortion: without them, images that
 * score 90 score up to a point more. So every step is rounded as in the reference.
 */
class Blur {
  /** The blurred row, `REACH` rows above the last one pushed. */
  readonly row: Float32Array;
  readonly #width: number;
  readonly #line: Float32Array;
  /** The last `BEFORE` rows, blurred horizontally. */
  readonly #ring: Float32Array;
  /** The last two outputs of the three filters, for each column. */
  readonly #state: Float32Array;
  #count = 0;

  constructor(width: number) {
    this.row = new Float32Array(width);
    this.#width = width;
    this.#line = new Float32Array(REACH + width);
    this.#ring = new Float32Array(BEFORE * width);
    this.#state = new Float32Array(6 * width);
  }

  /** Takes the next row, with zeros before and after it. */
  push(row: Float32Array): void {
    this.#blurHorizontally(row);
    this.#blurVertically();
    this.#count++;
  }

  #blurHorizontally(row: Float32Array): void {
    const line = this.#line;
    let [last1, last3, last5, before1, before3, before5] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < line.length; i++) {
      const sum = fround(row[i]! + row[i + BEFORE]!);
      const next1 = fround(fround(fround(sum * GAIN_1) - before1) - FEEDBACK_1 * last1);
      const next3 = fround(fround(fround(sum * GAIN_3) - before3) - FEEDBACK_3 * last3);
      const next5 = fround(fround(sum * GAIN_5) - before5);
      before1 = last1;
      before3 = last3;
      before5 = last5;
      last1 = next1;
      last3 = next3;
      last5 = next5;
      line[i] = fround(next1 + next3) + next5;
    }
  }

  #blurVertically(): void {
    const width = this.#width;
    const [line, ring, state, out] = [this.#line, this.#ring, this.#state, this.row];
    let oldest = (this.#count % BEFORE) * width;
    let last = (this.#count % 2) * 3 * width;
    let before = 3 * width - last;
    for (let x = 0; x < width; x++) {
      const newest = line[REACH + x]!;
      const sum = fround(ring[oldest]! + newest);
      ring[oldest++] = newest;
      const next1 = fround(sum * GAIN_1 - fround(state[last++]! * FEEDBACK_1 + state[before]!));
      state[before++] = next1;
      const next3 = fround(sum * GAIN_3 - fround(state[last++]! * FEEDBACK_3 + state[before]!));
      state[before++] = next3;
      const next5 = fround(sum * GAIN_5 - state[before]!);
      last++;
      state[before++] = next5;
      out[x] = fround(next1 + next3) + next5;
    }
  }
}
