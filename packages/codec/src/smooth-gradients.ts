// Smooths 16-bit images where they are flat, or a slope: what remains there of the codec's noise is less than a
// step of 8 bits, and 16-bit samples would show it where 8-bit samples round it away. Edges and textures stay as
// they are. This is not part of the format.
import type { RawImage16 } from './image.js';

/** Pixels on each side of the one that is smoothed: the widest square comes first. */
const RADII = [32, 12, 5];

/** Rows that the widest square covers. */
const RING_ROWS = 2 * RADII[0]! + 1;

/** A step of 8 bits. */
const STEP = 257;

/** Root mean square of the codec's noise where an image is smooth. */
const NOISE = 0.75 * STEP;

/** No pixel moves farther: a star in a dark sky is not noise. */
const MAX_MOVE = 3 * STEP;

/**
 * Smooths an image in place. Each colour of a pixel becomes that of the plane with the least squared error through
 * the square around it; as that is a symmetric filter, it changes no slope. A square that is farther from a plane
 * than the codec's noise counts in part, and from twice the noise on not at all; a smaller one makes up for it.
 */
export function smoothGradients({ width, height, channels, data }: RawImage16): void {
  const colours = channels < 3 ? 1 : 3;
  for (let colour = 0; colour < colours; colour++) {
    smoothColour(data, channels, colour, width, height);
  }
}

function smoothColour(
  data: Uint16Array,
  channels: number,
  colour: number,
  width: number,
  height: number,
): void {
  // Rows as they were: squares hold rows that have been smoothed already.
  const ring = Array.from({ length: RING_ROWS }, () => new Float64Array(width));
  const fits = RADII.map((radius) => new PlaneFit(radius, width, height));
  let read = 0;
  for (let y = 0; y < height; y++) {
    // A row leaves the widest square before another takes its place.
    for (const fit of fits) fit.leave(ring, y);
    for (; read <= Math.min(height - 1, y + RADII[0]!); read++) {
      const row = ring[read % RING_ROWS]!;
      const start = channels * width * read + colour;
      for (let x = 0; x < width; x++) row[x] = data[start + channels * x]!;
    }
    for (const fit of fits) {
      fit.enter(ring, y);
      fit.fitRow(y);
    }
    const row = ring[y % RING_ROWS]!;
    const start = channels * width * y + colour;
    for (let x = 0; x < width; x++) {
      let [value, left] = [0, 1];
      for (const { planes, weights } of fits) {
        const share = left * weights[x]! * nearness(planes[x]! - row[x]!);
        value += share * planes[x]!;
        left -= share;
        if (left === 0) break;
      }
      const smoothed = Math.round(value + left * row[x]!);
      data[start + channels * x] = Math.max(0, Math.min(65_535, smoothed));
    }
  }
}

/** How much a plane counts that would move a pixel so far: all of it up to a third less than the most. */
function nearness(move: number): number {
  return Math.max(0, Math.min(1, (MAX_MOVE - Math.abs(move)) / STEP));
}

/** Fits planes to the squares of one size around the pixels of a row, with sums that follow the row. */
class PlaneFit {
  /** For each pixel of the row: the plane's value there, and how much it counts, 0..1. */
  readonly planes: Float64Array;
  readonly weights: Float64Array;
  readonly #radius: number;
  readonly #height: number;
  /** Rows of the square: from the first to before the end. */
  #first = 0;
  #end = 0;
  /** Of each column of the square: sums of samples, of samples times their row, and of squares. */
  readonly #sums: Float64Array;
  readonly #rowSums: Float64Array;
  readonly #squares: Float64Array;

  constructor(radius: number, width: number, height: number) {
    this.#radius = radius;
    this.#height = height;
    this.planes = new Float64Array(width);
    this.weights = new Float64Array(width);
    this.#sums = new Float64Array(width);
    this.#rowSums = new Float64Array(width);
    this.#squares = new Float64Array(width);
  }

  /** Takes out the rows that are above the squares of row `y`. */
  leave(ring: readonly Float64Array[], y: number): void {
    for (; this.#first < y - this.#radius; this.#first++) this.#add(ring, this.#first, -1);
  }

  /** Takes in the rows down to the end of those squares. */
  enter(ring: readonly Float64Array[], y: number): void {
    const last = Math.min(this.#height - 1, y + this.#radius);
    for (; this.#end <= last; this.#end++) this.#add(ring, this.#end, 1);
  }

  /** Samples are integers, so that these sums stay exact. */
  #add(ring: readonly Float64Array[], y: number, sign: number): void {
    const row = ring[y % RING_ROWS]!;
    for (let x = 0; x < row.length; x++) {
      const value = sign * row[x]!;
      this.#sums[x]! += value;
      this.#rowSums[x]! += value * y;
      this.#squares[x]! += value * row[x]!;
    }
  }

  /** Fits a plane for each pixel of row `y`. */
  fitRow(y: number): void {
    const width = this.planes.length;
    const rows = this.#end - this.#first;
    // Rows and columns of a rectangle are independent: the two slopes are found one by one.
    const middleRow = (this.#first + this.#end - 1) / 2;
    const rowSpread = Math.max(1, rows * rows - 1) / 12;
    let [sum, rowSum, columnSum, square, left, right] = [0, 0, 0, 0, 0, 0];
    for (let x = 0; x < width; x++) {
      for (; right <= Math.min(width - 1, x + this.#radius); right++) {
        sum += this.#sums[right]!;
        rowSum += this.#rowSums[right]!;
        columnSum += this.#sums[right]! * right;
        square += this.#squares[right]!;
      }
      for (; left < x - this.#radius; left++) {
        sum -= this.#sums[left]!;
        rowSum -= this.#rowSums[left]!;
        columnSum -= this.#sums[left]! * left;
        square -= this.#squares[left]!;
      }
      const columns = right - left;
      const count = rows * columns;
      const mean = sum / count;
      const middleColumn = (left + right - 1) / 2;
      const columnSpread = Math.max(1, columns * columns - 1) / 12;
      const down = rowSum / count - mean * middleRow;
      const across = columnSum / count - mean * middleColumn;
      const [slopeDown, slopeAcross] = [down / rowSpread, across / columnSpread];
      const variance = square / count - mean * mean - slopeDown * down - slopeAcross * across;
      const noise = Math.sqrt(Math.max(0, variance));
      this.weights[x] = Math.max(0, Math.min(1, 2 - noise / NOISE));
      this.planes[x] = mean + slopeDown * (y - middleRow) + slopeAcross * (x - middleColumn);
    }
  }
}
