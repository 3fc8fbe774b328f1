// Separates an image's alpha channel from its colours, and changes colours that nobody can see to ones that cost
// little. alpha-section.ts codes alpha.
import { isOf16Bits, type RawImage, type RawImage16 } from './image.js';

/** Side in pixels of the squares whose means fill transparent areas. */
const BLOCK = 8;

/**
 * The alpha channel of an image, rounded to 8 bits.
 *
 * @returns one value a pixel, row by row; undefined if the image is opaque.
 */
export function extractAlpha(image: RawImage | RawImage16): Uint8Array | undefined {
  const { width, height, channels, data } = image;
  if (channels % 2 === 1) return undefined;
  const steps = isOf16Bits(image) ? 257 : 1;
  const alpha = new Uint8Array(width * height);
  let opaque = true;
  for (let i = 0; i < alpha.length; i++) {
    alpha[i] = Math.round(data[channels * (i + 1) - 1]! / steps);
    opaque &&= alpha[i] === 255;
  }
  return opaque ? undefined : alpha;
}

/** Writes an alpha channel into samples that have room for it: every `channels`-th. */
export function insertAlpha(
  data: Uint8Array | Uint16Array,
  channels: number,
  alpha: Uint8Array,
): void {
  const steps = data instanceof Uint16Array ? 257 : 1;
  for (let i = 0; i < alpha.length; i++) data[channels * (i + 1) - 1] = steps * alpha[i]!;
}

/**
 * The mean alpha of squares, rounded; those at the right and bottom edge are as small as what is left.
 *
 * @param alpha - one value a pixel, row by row.
 * @param side - pixels a side of the squares.
 */
export function shrinkAlpha(
  alpha: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  side: number,
): Uint8Array {
  const columns = Math.ceil(width / side);
  const sums = new Uint32Array(columns * Math.ceil(height / side));
  const counts = new Uint32Array(sums.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const square = Math.floor(y / side) * columns + Math.floor(x / side);
      sums[square]! += alpha[i]!;
      counts[square]! += 1;
    }
  }
  return Uint8Array.from(sums, (sum, square) => Math.round(sum / counts[square]!));
}

/**
 * An image whose fully transparent pixels have colours that cost little: those of what is visible around
 * them, the smoother the farther away. Every other pixel stays as it is.
 *
 * The way to fill is the pull-push of S. J. Gortler et al., "The Lumigraph", SIGGRAPH 1996, over the
 * means of squares of 8 pixels, and between those bilinear.
 */
export function fillTransparent<Image extends RawImage | RawImage16>(image: Image): Image {
  const { width, height, channels } = image;
  const colours = channels - 1;
  const levels = [sumBlocks(image)];
  for (let last = levels[0]!; last.columns > 1 || last.rows > 1; last = levels.at(-1)!) {
    levels.push(pull(last, colours));
  }
  for (let i = levels.length - 2; i >= 0; i--) push(levels[i]!, levels[i + 1]!, colours);
  const { rows, columns, means } = levels[0]!;
  // Not slice(), which for Node's Buffer copies nothing.
  const data = isOf16Bits(image) ? new Uint16Array(image.data) : new Uint8Array(image.data);
  for (let y = 0, i = 0; y < height; y++) {
    const [top, bottom, down] = findNeighbours(y, rows);
    for (let x = 0; x < width; x++, i += channels) {
      if (data[i + colours] !== 0) continue;
      const [left, right, across] = findNeighbours(x, columns);
      for (let c = 0; c < colours; c++) {
        const mean = (row: number, column: number): number =>
          means[(row * columns + column) * colours + c]!;
        const upper = mean(top, left) + across * (mean(top, right) - mean(top, left));
        const lower = mean(bottom, left) + across * (mean(bottom, right) - mean(bottom, left));
        data[i + c] = Math.round(upper + down * (lower - upper));
      }
    }
  }
  return { ...image, data };
}

/** The means of squares, and how much of each is known: sums of alpha. */
interface Level {
  readonly rows: number;
  readonly columns: number;
  readonly means: Float32Array;
  readonly weights: Float32Array;
}

function sumBlocks({ width, height, channels, data }: RawImage | RawImage16): Level {
  const colours = channels - 1;
  const rows = Math.ceil(height / BLOCK);
  const columns = Math.ceil(width / BLOCK);
  const means = new Float32Array(rows * columns * colours);
  const weights = new Float32Array(rows * columns);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += channels) {
      const alpha = data[i + colours]!;
      const block = Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK);
      weights[block]! += alpha;
      for (let c = 0; c < colours; c++) means[block * colours + c]! += alpha * data[i + c]!;
    }
  }
  return { rows, columns, means: divide(means, weights, colours), weights };
}

/** The level above: each square of four. A square with anything in it counts as much as a full one. */
function pull(below: Level, colours: number): Level {
  const rows = Math.ceil(below.rows / 2);
  const columns = Math.ceil(below.columns / 2);
  const means = new Float32Array(rows * columns * colours);
  const weights = new Float32Array(rows * columns);
  for (let row = 0, i = 0; row < below.rows; row++) {
    for (let column = 0; column < below.columns; column++, i++) {
      if (below.weights[i] === 0) continue;
      const block = (row >> 1) * columns + (column >> 1);
      weights[block]! += 1;
      for (let c = 0; c < colours; c++) {
        means[block * colours + c]! += below.means[i * colours + c]!;
      }
    }
  }
  return { rows, columns, means: divide(means, weights, colours), weights };
}

/** Gives the squares that nothing is known of the mean of the square above. */
function push(below: Level, above: Level, colours: number): void {
  for (let row = 0, i = 0; row < below.rows; row++) {
    for (let column = 0; column < below.columns; column++, i++) {
      if (below.weights[i] !== 0) continue;
      const from = ((row >> 1) * above.columns + (column >> 1)) * colours;
      below.means.set(above.means.subarray(from, from + colours), i * colours);
    }
  }
}

function divide(sums: Float32Array, weights: Float32Array, colours: number): Float32Array {
  return sums.map((sum, i) => sum / (weights[Math.floor(i / colours)]! || 1));
}

/** The two squares whose centres a pixel lies between, and how far it is from the first, 0..1. */
function findNeighbours(
  pixel: number,
  count: number,
): [first: number, second: number, part: number] {
  const at = Math.max(0, Math.min(count - 1, (pixel + 0.5) / BLOCK - 0.5));
  const first = Math.floor(at);
  return [first, Math.min(first + 1, count - 1), at - first];
}
