// Turns latents into symbols: the one lossy step of encoding. It rounds; packages/training/ABLATIONS.md
// tells what choosing symbols by their rate as well was worth: nothing.
import { MAX_SYMBOL } from './tables.js';

/** Hyper-latent symbols lie in −127..127. */
export const MAX_HYPER_SYMBOL = 127;

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
 * Rounds latents less their means to symbols, halves upwards, clamped to ±32767.
 *
 * @param latents times the gains of the level.
 * @param means as many.
 * @param deadZone 0..0.5: how much farther than halfway from a symbol to the next away from 0 a value
 * must be to become that. It shortens the file a little more than it costs in quality, as fewer levels do.
 */
export function quantize(latents: Float32Array, means: Float32Array, deadZone = 0): Int32Array {
  const symbols = new Int32Array(latents.length);
  for (let i = 0; i < symbols.length; i++) {
    const value = latents[i]! - means[i]!;
    const magnitude = Math.floor(Math.abs(value) + 0.5 - deadZone);
    const rounded = deadZone === 0 ? Math.floor(value + 0.5) : value < 0 ? -magnitude : magnitude;
    symbols[i] = Math.max(-MAX_SYMBOL, Math.min(MAX_SYMBOL, rounded));
  }
  return symbols;
}
