// Codes one tile of an alpha channel, lossless: each value is predicted from its neighbours, and the error of
// the prediction is coded.
//
// The parts are well known: the plane through three neighbours as PNG's Paeth filter has it, contexts
// from the differences of neighbours as in JPEG-LS (M. J. Weinberger, G. Seroussi and G. Sapiro,
// IEEE Trans. Image Processing 9(8), 2000), and bits of adaptive probability as in JBIG2.
import { type BitCoder, BitDecoder, BitEncoder } from './adaptive-bits.js';
import { CorruptFileError } from './errors.js';
import type { PlaneSize } from './tiles.js';

/** How a tile is coded: the first byte of its stream. The encoder takes what is shortest. */
const DIRECT = 0; // the values themselves: noise, and icons of few pixels
const PLANE = 1; // differences from a plane: edges, shadows, gradients
const AVERAGE = 2; // differences from a mean: gradients with noise
const RAW = 3; // a byte a pixel: noise that cannot be compressed

/** Contexts of the four flags of a pixel, and of the trees. */
const FINE_CONTEXTS = 5 ** 3 * 3 ** 4;
const IS_GUESS = 0;
const IS_EXTREME = FINE_CONTEXTS;
const IS_OPAQUE = 2 * FINE_CONTEXTS;
const IS_ABOVE = 3 * FINE_CONTEXTS;
const TREES = 4 * FINE_CONTEXTS;
const TREE_NODES = 256;
const CONTEXTS = TREES + 16 * TREE_NODES;

/** Zeros around the values, in place of neighbours that do not exist. */
const MARGIN = 2;

/**
 * Encodes the values of a tile, 0..255 each.
 *
 * @param values - row by row from the top left; rows × columns.
 * @returns the stream; at most one byte longer than the values.
 */
export function encodeAlphaTile(values: Uint8Array, { rows, columns }: PlaneSize): Uint8Array {
  const stride = columns + 2 * MARGIN;
  const plane = new Uint8Array((rows + MARGIN) * stride);
  for (let row = 0; row < rows; row++) {
    const from = values.subarray(row * columns, (row + 1) * columns);
    plane.set(from, (row + MARGIN) * stride + MARGIN);
  }
  let mode = RAW;
  let shortest = values;
  for (const one of [DIRECT, PLANE, AVERAGE]) {
    const coder = new BitEncoder(CONTEXTS);
    codePlane(coder, one, plane, { rows, columns });
    const coded = coder.finish();
    if (coded.length < shortest.length) [mode, shortest] = [one, coded];
  }
  const stream = new Uint8Array(1 + shortest.length);
  stream[0] = mode;
  stream.set(shortest, 1);
  return stream;
}

/**
 * The inverse of {@link encodeAlphaTile}. Time and memory follow from the size alone.
 *
 * @returns the values, row by row.
 * @throws {@link CorruptFileError} if the stream ends too early, too late, or begins with an unknown mode.
 */
export function decodeAlphaTile(stream: Uint8Array, { rows, columns }: PlaneSize): Uint8Array {
  const mode = stream[0] ?? -1;
  const coded = stream.subarray(1);
  if (mode === RAW) {
    if (coded.length === rows * columns) return coded;
    throw alphaStreamError('of raw bytes has another length than its tile');
  }
  if (mode < DIRECT || mode > RAW) throw alphaStreamError('begins with an unknown mode');
  const stride = columns + 2 * MARGIN;
  const plane = new Uint8Array((rows + MARGIN) * stride);
  const decoder = new BitDecoder(CONTEXTS, coded);
  codePlane(decoder, mode, plane, { rows, columns });
  decoder.finish();
  const values = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const start = (row + MARGIN) * stride + MARGIN;
    values.set(plane.subarray(start, start + columns), row * columns);
  }
  return values;
}

/**
 * Codes all values of a plane in raster order, in either direction: an encoder reads the plane, a
 * decoder fills it in.
 *
 * @param plane - the values within margins of zeros.
 */
function codePlane(
  coder: BitCoder,
  mode: number,
  plane: Uint8Array,
  { rows, columns }: PlaneSize,
): void {
  const stride = columns + 2 * MARGIN;
  for (let row = 0; row < rows; row++) {
    const first = (row + MARGIN) * stride + MARGIN;
    for (let i = first; i < first + columns; i++) {
      const west = plane[i - 1]!;
      const north = plane[i - stride]!;
      const northWest = plane[i - stride - 1]!;
      const northEast = plane[i - stride + 1]!;
      const guess = clamp(
        mode === AVERAGE
          ? ((west + north) >> 1) + ((northEast - northWest) >> 2)
          : west + north - northWest,
      );
      const activity = measureActivity(west - northWest, north - northWest, northEast - north);
      let context = 0;
      if (mode === PLANE) {
        context = classifyStep(north - northWest);
        context = 5 * context + classifyStep(northEast - north);
        context = 5 * context + classifyStep(west - northWest);
        context = 3 * context + classifySign(northEast - plane[i - 2 * stride + 1]!);
        context = 3 * context + classifySign(west - plane[i - 2]!);
        context = 3 * context + classifySign(plane[i - stride + 2]! - northEast);
        context = 3 * context + classifyValue(west);
      } else {
        context =
          3 * (3 * (3 * classifyValue(west) + classifyValue(north)) + classifyValue(northWest)) +
          classifyValue(northEast);
        context = 8 * context + activity;
      }
      const value = plane[i]!;
      plane[i] = codeValue(coder, mode, value, guess, context, activity);
    }
  }
}

/** Codes one value: whether it is as predicted; if not, whether it is 0 or 255; if not, its error. */
function codeValue(
  coder: BitCoder,
  mode: number,
  value: number,
  guess: number,
  context: number,
  activity: number,
): number {
  if (coder.code(value === guess ? 1 : 0, IS_GUESS + context)) return guess;
  const guessIsExtreme = guess === 0 || guess === 255;
  if (coder.code(value === 0 || value === 255 ? 1 : 0, IS_EXTREME + context)) {
    if (guessIsExtreme) return 255 - guess;
    return 255 * coder.code(value === 255 ? 1 : 0, IS_OPAQUE + context);
  }
  if (mode === DIRECT) return codeByte(coder, value, TREES);
  const above = guessIsExtreme
    ? guess === 0
      ? 1
      : 0
    : coder.code(value > guess ? 1 : 0, IS_ABOVE + context);
  const tree = TREES + (2 * activity + above) * TREE_NODES;
  const distance = 1 + codeByte(coder, Math.abs(value - guess) - 1, tree);
  // A damaged stream may lead beyond 0..255.
  return clamp(above ? guess + distance : guess - distance);
}

/** Codes 8 bits from the highest, each in the context of those before. */
function codeByte(coder: BitCoder, value: number, tree: number): number {
  let node = 1;
  for (let shift = 7; shift >= 0; shift--) {
    node = 2 * node + coder.code((value >> shift) & 1, tree + node);
  }
  return node - 256;
}

/** How much neighbours differ, 0..7. */
function measureActivity(a: number, b: number, c: number): number {
  const sum = Math.abs(a) + Math.abs(b) + Math.abs(c);
  if (sum < 8) return sum === 0 ? 0 : sum < 3 ? 1 : 2;
  if (sum < 50) return sum < 20 ? 3 : 4;
  return sum < 120 ? 5 : sum < 250 ? 6 : 7;
}

/** A difference as none, a step of one up or down, or more. */
function classifyStep(difference: number): number {
  if (difference === 0) return 0;
  return difference > 0 ? (difference === 1 ? 1 : 2) : difference === -1 ? 3 : 4;
}

function classifySign(difference: number): number {
  return difference === 0 ? 0 : difference > 0 ? 1 : 2;
}

/** Transparent, between, or opaque. */
function classifyValue(value: number): number {
  return value === 0 ? 0 : value === 255 ? 2 : 1;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function alphaStreamError(what: string): CorruptFileError {
  return new CorruptFileError(`A stream of alpha ${what}; get a good copy of the file.`);
}
