// Rounds latents to symbols. packages/training/ABLATIONS.md tells what choosing symbols by their rate as well
// was worth: nothing.
import { MAX_SYMBOL } from './tables.js';

/** Hyper-latent symbols are in −127..127. */
export const MAX_HYPER_SYMBOL = 127;

/** How latents are rounded. */
export interface Rounding {
  /**
   * 0..0.5: how much farther than halfway from one symbol to the next one away from 0 a value must be to
   * become that. It makes the file smaller, and the image worse.
   */
  readonly deadZone: number;
}

/** To the nearest symbol. */
export const NEAREST: Rounding = { deadZone: 0 };

/**
 * Rounds hyper-latents to symbols, halves upwards, clamped to −127..127: the network that reads them
 * computes exactly for this range only.
 *
 * @param z - hyper-latents, in any order.
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
 * Rounds latents minus their means to symbols, clamped to ±32767: the residual y − µ of a hyperprior model.
 * Without a dead zone, halves are rounded upwards.
 *
 * @param latents - times the gains of the level.
 * @param means - as many.
 */
export function quantize(
  latents: Float32Array,
  means: Float32Array,
  { deadZone }: Rounding,
): Int32Array {
  const symbols = new Int32Array(latents.length);
  for (let i = 0; i < symbols.length; i++) {
    const value = latents[i]! - means[i]!;
    const magnitude = Math.floor(Math.abs(value) + 0.5 - deadZone);
    const rounded = deadZone === 0 ? Math.floor(value + 0.5) : value < 0 ? -magnitude : magnitude;
    symbols[i] = Math.max(-MAX_SYMBOL, Math.min(MAX_SYMBOL, rounded));
  }
  return symbols;
}
