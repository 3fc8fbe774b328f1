// The pixels of a direct tile as the coder sees them: one integer each, in a plane with margins, so that two
// pixels are compared at once and no neighbour needs a check of bounds.
import type { PlaneSize } from './tiles.js';

/** Rows above a plane, and columns left and right of it, that neighbours may be in. */
export const MARGIN = 3;

/** Samples that a pixel has in the coder, by their bits: green or grey, red − green, blue − green. */
export const FIELDS = [
  { shift: 0, bits: 8 },
  { shift: 8, bits: 9 },
  { shift: 17, bits: 9 },
] as const;

/** A pixel of three colours as one integer. */
export function packPixel(red: number, green: number, blue: number): number {
  return green | (((red - green) & 511) << 8) | (((blue - green) & 511) << 17);
}

/** Red − green of a packed pixel, −255..255. */
export function getRedDifference(pixel: number): number {
  return (pixel << 15) >> 23;
}

/** Blue − green of a packed pixel, −255..255. */
export function getBlueDifference(pixel: number): number {
  return (pixel << 6) >> 23;
}

/** Green or grey of a packed pixel, 0..255. */
export function getGreen(pixel: number): number {
  return pixel & 255;
}

/** Whether all samples of two packed pixels differ by no more than `delta`. */
export function areNear(a: number, b: number, delta: number): boolean {
  if (a === b) return true;
  const green = getGreen(a) - getGreen(b);
  const red = green + getRedDifference(a) - getRedDifference(b);
  const blue = green + getBlueDifference(a) - getBlueDifference(b);
  return Math.abs(green) <= delta && Math.abs(red) <= delta && Math.abs(blue) <= delta;
}

/** Packed pixels of a tile, row by row, with margins around them. What is not known is 0: black. */
export class PixelPlane {
  readonly rows: number;
  readonly columns: number;
  /** Pixels from one row to the next. */
  readonly stride: number;
  readonly data: Int32Array;

  constructor({ rows, columns }: PlaneSize) {
    this.rows = rows;
    this.columns = columns;
    this.stride = columns + 2 * MARGIN;
    this.data = new Int32Array((rows + MARGIN) * this.stride);
  }

  /** Where a pixel is in `data`. */
  locate(row: number, column: number): number {
    return (row + MARGIN) * this.stride + MARGIN + column;
  }

  /** Prepares a row, when the one above is complete: the margins repeat pixels of the row above. */
  fillMargins(row: number): void {
    const first = this.locate(row, 0);
    const above = first - this.stride;
    for (let k = 1; k <= MARGIN; k++) {
      this.data[first - k] = this.data[above]!;
      this.data[above + this.columns + k - 1] = this.data[above + this.columns - 1]!;
    }
  }
}
