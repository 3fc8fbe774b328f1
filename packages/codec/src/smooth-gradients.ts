// Smooths 16-bit images where they are as good as flat, or a slope: what is left there of the codec's noise lies
// below a step of 8 bits, and 16-bit samples would show it where 8-bit ones round it away. Edges and textures stay
// as they are. This is no part of the format.
import type { RawImage16 } from './image.js';

/** Pixels on each side of the one that is smoothed. */
const RADIUS = 32;

/** Steps of 16 bits in one of 8. */
const STEP = 257;

/** Within so much of a plane, in steps of 8 bits (root mean square), the plane is all that is meant. */
const NOISE = 0.75 * STEP;

/**
 * Smooths an image in place. Each colour of a pixel becomes that of the plane through the square around it that has
 * the least squared error: a symmetric filter, which changes no slope. Where the square is not a plane within the
 * codec's noise, the pixel moves only part of the way, and beyond twice the noise not at all.
 */
export function smoothGradients({ width, height, channels, data }: RawImage16): void {
  const colours = channels < 3 ? 1 : 3;
  for (let colour = 0; colour < colours; colour++) {
    smoothPlane(data, channels, colour, width, height);
  }
}

/** Smooths one colour, row by row, with sums over the window that follow it. */
function smoothPlane(
  data: Uint16Array,
  channels: number,
  colour: number,
  width: number,
  height: number,
): void {
  // Rows as they were, in a ring: the window needs those that have been smoothed, too.
  const size = 2 * RADIUS + 1;
  const ring = Array.from({ length: size }, () => new Float64Array(width));
  const columns = new WindowColumns(width);
  let [first, end] = [0, 0];
  for (let y = 0; y < height; y++) {
    // A row leaves the window before another takes its place in the ring.
    for (; first < y - RADIUS; first++) columns.add(ring[first % size]!, first, -1);
    for (; end <= Math.min(height - 1, y + RADIUS); end++) {
      const row = ring[end % size]!;
      for (let x = 0, i = channels * width * end + colour; x < width; x++, i += channels)
        row[x] = data[i]!;
      columns.add(row, end, 1);
    }
    smoothRow(ring[y % size]!, columns, first, end, y, (x, value) => {
      data[channels * (width * y + x) + colour] = value;
    });
  }
}

/** For each column, sums over the rows of the window: of samples, samples times rows, and squares. */
class WindowColumns {
  readonly sums: Float64Array;
  readonly rowSums: Float64Array;
  readonly squares: Float64Array;

  constructor(width: number) {
    this.sums = new Float64Array(width);
    this.rowSums = new Float64Array(width);
    this.squares = new Float64Array(width);
  }

  /** Takes a row into the window, or out of it with `sign` −1. */
  add(row: Float64Array, y: number, sign: number): void {
    const { sums, rowSums, squares } = this;
    for (let x = 0; x < row.length; x++) {
      const value = sign * row[x]!;
      sums[x]! += value;
      rowSums[x]! += value * y;
      squares[x]! += value * row[x]!;
    }
  }
}

/** Smooths a row from the sums of its columns. */
function smoothRow(
  row: Float64Array,
  { sums, rowSums, squares }: WindowColumns,
  top: number,
  bottom: number,
  y: number,
  put: (x: number, value: number) => void,
): void {
  const width = row.length;
  const rows = bottom - top;
  // Rows and columns of a rectangle are independent: their slopes are found one by one.
  const middleRow = (top + bottom - 1) / 2;
  const rowSpread = (rows * rows - 1) / 12;
  let [sum, rowSum, columnSum, square, left, right] = [0, 0, 0, 0, 0, 0];
  for (let x = 0; x < width; x++) {
    for (; right <= Math.min(width - 1, x + RADIUS); right++) {
      sum += sums[right]!;
      rowSum += rowSums[right]!;
      columnSum += sums[right]! * right;
      square += squares[right]!;
    }
    for (; left < x - RADIUS; left++) {
      sum -= sums[left]!;
      rowSum -= rowSums[left]!;
      columnSum -= sums[left]! * left;
      square -= squares[left]!;
    }
    const columns = right - left;
    const count = rows * columns;
    const mean = sum / count;
    const middleColumn = (left + right - 1) / 2;
    const columnSpread = (columns * columns - 1) / 12;
    const down = rowSum / count - mean * middleRow;
    const across = columnSum / count - mean * middleColumn;
    const slopeDown = rowSpread > 0 ? down / rowSpread : 0;
    const slopeAcross = columnSpread > 0 ? across / columnSpread : 0;
    const variance = square / count - mean * mean - slopeDown * down - slopeAcross * across;
    const noise = Math.sqrt(Math.max(0, variance));
    if (noise >= 2 * NOISE) continue;
    const plane = mean + slopeDown * (y - middleRow) + slopeAcross * (x - middleColumn);
    const weight = Math.min(1, 2 - noise / NOISE);
    const value = row[x]! + weight * (plane - row[x]!);
    put(x, Math.max(0, Math.min(65_535, Math.round(value))));
  }
}
