// Multi-scale structural similarity of two 8-bit RGB images.
// Source: Z. Wang, E. P. Simoncelli and A. C. Bovik, "Multi-scale structural similarity for image
// quality assessment", Asilomar 2003; edges and halving as in pytorch-msssim, which CompressAI uses.
import type { RawImage } from '@nacre/codec';
import { checkRgb, checkSameSize } from './rgb.js';

/** The exponents of the five scales, finest first. */
const WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
const TAPS = 11;
const HALF = (TAPS - 1) / 2;
const SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** The least shorter side of an image: the window must fit into the coarsest scale. */
export const MS_SSIM_MIN_SIDE: number = (TAPS - 1) * 2 ** (WEIGHTS.length - 1) + 1;

const WINDOW = gaussian();

/** One channel at one scale. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

/**
 * MS-SSIM over RGB: five scales, an 11×11 Gaussian window of σ 1.5, each channel by itself, then the
 * mean of the three.
 *
 * @param a - an image, 8 bits a sample, both sides 161 pixels or more
 * @param b - an image of the same size
 * @returns 0..1; 1 for equal images
 * @throws TypeError or RangeError if an argument is not an image, if the sizes differ, or if they are too small
 * @example
 * ```ts
 * const decibels = -10 * Math.log10(1 - msSsim(photo, decoded));
 * ```
 */
export function msSsim(a: RawImage, b: RawImage): number {
  checkRgb(a, 'a');
  checkRgb(b, 'b');
  checkSameSize(a, b);
  if (Math.min(a.width, a.height) < MS_SSIM_MIN_SIDE) {
    throw new RangeError(
      `Expected sides of ${MS_SSIM_MIN_SIDE} pixels or more for MS-SSIM but received ${a.width}×${a.height}`,
    );
  }
  let sum = 0;
  for (let channel = 0; channel < 3; channel++) {
    let [x, y] = [planeOf(a, channel), planeOf(b, channel)];
    let product = 1;
    for (const [scale, weight] of WEIGHTS.entries()) {
      const { similarity, structure } = compareWindows(x, y);
      const coarsest = scale === WEIGHTS.length - 1;
      product *= Math.max(0, coarsest ? similarity : structure) ** weight;
      if (!coarsest) [x, y] = [halve(x), halve(y)];
    }
    sum += product;
  }
  return sum / 3;
}

function gaussian(): readonly number[] {
  const values = Array.from({ length: TAPS }, (_, i) =>
    Math.exp(-((i - HALF) ** 2) / (2 * SIGMA ** 2)),
  );
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}

function planeOf({ width, height, data }: RawImage, channel: number): Plane {
  const plane = new Float64Array(width * height);
  for (let i = 0, from = channel; i < plane.length; i++, from += 3) plane[i] = data[from]!;
  return { width, height, data: plane };
}

/**
 * The means over all windows that lie wholly inside: of SSIM, and of its contrast and structure part.
 * Rows filtered across wait in a ring of eleven until they are filtered down, so that only the planes
 * themselves grow with the image.
 */
function compareWindows(x: Plane, y: Plane): { similarity: number; structure: number } {
  const { width, height } = x;
  const columns = width - TAPS + 1;
  const rows = height - TAPS + 1;
  const ring = Array.from({ length: TAPS }, () => new Float64Array(4 * columns));
  const products = new Float64Array(4 * width);
  const filtered = new Float64Array(4 * columns);
  let similarity = 0;
  let structure = 0;
  for (let row = 0; row < height; row++) {
    for (let i = 0, from = row * width; i < products.length; i += 4, from++) {
      const [p, q] = [x.data[from]!, y.data[from]!];
      products[i] = p;
      products[i + 1] = q;
      products[i + 2] = p * p + q * q;
      products[i + 3] = p * q;
    }
    convolveRow(products, ring[row % TAPS]!);
    if (row < TAPS - 1) continue;
    const lineAt = (tap: number) => ring[(row - TAPS + 1 + tap) % TAPS]!;
    weigh(filtered, lineAt(HALF), WINDOW[HALF]!);
    for (let tap = 0; tap < HALF; tap++) {
      addPair(filtered, lineAt(tap), lineAt(TAPS - 1 - tap), WINDOW[tap]!);
    }
    for (let i = 0; i < filtered.length; i += 4) {
      const [meanX, meanY] = [filtered[i]!, filtered[i + 1]!];
      const squares = meanX * meanX + meanY * meanY;
      const product = meanX * meanY;
      const cs = (2 * (filtered[i + 3]! - product) + C2) / (filtered[i + 2]! - squares + C2);
      structure += cs;
      similarity += (cs * (2 * product + C1)) / (squares + C1);
    }
  }
  const count = rows * columns;
  return { similarity: similarity / count, structure: structure / count };
}

/** Filters a row of four interleaved quantities; `out` is as many windows long as fit in. */
function convolveRow(row: Float64Array, out: Float64Array): void {
  const shifted = (tap: number) => row.subarray(4 * tap, 4 * tap + out.length);
  weigh(out, shifted(HALF), WINDOW[HALF]!);
  for (let tap = 0; tap < HALF; tap++) {
    addPair(out, shifted(tap), shifted(TAPS - 1 - tap), WINDOW[tap]!);
  }
}

function weigh(out: Float64Array, values: Float64Array, weight: number): void {
  for (let i = 0; i < out.length; i++) out[i] = weight * values[i]!;
}

/** The window is symmetric, so that one multiplication serves two taps. */
function addPair(out: Float64Array, a: Float64Array, b: Float64Array, weight: number): void {
  for (let i = 0; i < out.length; i++) out[i]! += weight * (a[i]! + b[i]!);
}

/** Means of 2×2; an odd side is first padded with zeros before its beginning, as PyTorch does. */
function halve({ width, height, data }: Plane): Plane {
  const [padX, padY] = [width % 2, height % 2];
  const half = { width: (width + padX) / 2, height: (height + padY) / 2 };
  const result = new Float64Array(half.width * half.height);
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 ? 0 : data[row * width + column]!;
  for (let row = 0, i = 0; row < half.height; row++) {
    const top = 2 * row - padY;
    for (let column = 0; column < half.width; column++, i++) {
      const left = 2 * column - padX;
      result[i] =
        (at(top, left) + at(top, left + 1) + at(top + 1, left) + at(top + 1, left + 1)) / 4;
    }
  }
  return { ...half, data: result };
}
