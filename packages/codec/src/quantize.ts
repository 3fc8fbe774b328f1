// Turns latents into symbols: the one lossy step of encoding. It rounds; a later, slower encoder may
// choose symbols by their rate as well, since a decoder takes any.
import { MAX_SYMBOL } from './rans.js';
import type { PlaneSize } from './tiles.js';

/** Hyper-latent symbols lie in −127..127. */
export const MAX_HYPER_SYMBOL = 127;

/** Which half of the checkerboard: anchors have an even row + column, and come first. */
export type Half = 'anchors' | 'others';

/**
 * Rounds hyper-latents to symbols, halves upwards, clamped to −127..127: the network that reads them
 * computes exactly for this range only.
 *
 * @param z hyper-latents, in any order.
 */
export function quantizeHyper(z: Float32Array): Int32Array {
  const symbols = new Int32Array(z.length);
  for (let i = 0; i < z.length; i++) {
    const rounded = Math.floor(z[i]! + 0.5);
    symbols[i] = Math.max(-MAX_HYPER_SYMBOL, Math.min(MAX_HYPER_SYMBOL, rounded));
  }
  return symbols;
}

/**
 * Rounds what the means leave of one half of the latents, halves upwards, clamped to ±32767.
 *
 * @param scaled latents times the gains of the level, planar.
 * @param means predicted latents, planar; read at this half only.
 * @param plane size of one channel's plane.
 * @param symbols receives the symbols of this half, planar.
 */
export function quantizeHalf(
  half: Half,
  scaled: Float32Array,
  means: Float32Array,
  plane: PlaneSize,
  symbols: Int32Array,
): void {
  forHalf(half, plane, scaled.length, (from, to) => {
    for (let i = from; i < to; i += 2) {
      const rounded = Math.floor(scaled[i]! - means[i]! + 0.5);
      symbols[i] = Math.max(-MAX_SYMBOL, Math.min(MAX_SYMBOL, rounded));
    }
  });
}

/**
 * The anchors as a decoder will know them (symbol + mean), and 0 elsewhere: what the means of the
 * other half are predicted from.
 */
export function reconstructAnchors(
  symbols: Int32Array,
  means: Float32Array,
  plane: PlaneSize,
): Float32Array {
  const anchors = new Float32Array(symbols.length);
  forHalf('anchors', plane, symbols.length, (from, to) => {
    for (let i = from; i < to; i += 2) anchors[i] = symbols[i]! + means[i]!;
  });
  return anchors;
}

/** Calls `visit` for each row of each plane with its first cell of the half and the row's end. */
function forHalf(
  half: Half,
  { rows, columns }: PlaneSize,
  length: number,
  visit: (from: number, to: number) => void,
): void {
  const parity = half === 'anchors' ? 0 : 1;
  for (let start = 0, row = 0; start < length; start += columns, row = (row + 1) % rows) {
    visit(start + ((row + parity) & 1), start + columns);
  }
}
