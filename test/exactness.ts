// The recipe that makes the same integer hyper-latents in every language, for comparing the scale
// indices of one model on different runtimes. Its twin in Python belongs to the training package.

import { createHash } from 'node:crypto';
import type { Model } from '@nacre/codec';

/** One line of exactness.json: what PyTorch computed from a made-up z. */
export interface ExactnessCase {
  /** Rate level, 0-based. */
  readonly level: number;
  /** Of the padded picture, in pixels: multiples of 64. z is height/64 × width/64. */
  readonly height: number;
  readonly width: number;
  /** Start of the generator, 0..2^32 − 1. */
  readonly seed: number;
  /** SHA-256 of the scale indices as bytes, in the order channel, row, column. */
  readonly sha256: string;
}

/**
 * Made-up z symbols in −127..127, many small and some extreme. For each element, in the order of the
 * array: state = (1664525·state + 1013904223) mod 2^32 (Numerical Recipes' generator);
 * value = max(−127, (state >> 24) − 128) >> ((state >> 16) & 7), with >> rounding down.
 */
export function madeUpHyperLatents(count: number, seed: number): Float32Array {
  const z = new Float32Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    z[i] = Math.max(-127, (state >>> 24) - 128) >> ((state >>> 16) & 7);
  }
  return z;
}

/** The scale indices of a model on made-up hyper-latents, hashed as exactness.json hashes them. */
export async function hashOfScales(
  model: Model,
  { level, height, width, seed }: Omit<ExactnessCase, 'sha256'>,
): Promise<string> {
  const { hyperChannels, latentChannels } = model.description.bitstream;
  const dims = [1, hyperChannels, height / 64, width / 64];
  const z = madeUpHyperLatents(hyperChannels * (height / 64) * (width / 64), seed);
  const { scale_index } = await model.run(
    'scales',
    {
      z: { data: z, dims },
      level: { data: Int32Array.of(level), dims: [1] },
    },
    { scale_index: [1, latentChannels, height / 16, width / 16] },
  );
  for (const index of scale_index) {
    if (!Number.isInteger(index) || index < 0 || index > 63) {
      throw new RangeError(`Expected integer in 0..63 for a scale index but received ${index}`);
    }
  }
  return createHash('sha256').update(Uint8Array.from(scale_index)).digest('hex');
}
