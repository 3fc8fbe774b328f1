// What is compared between runtimes: the hash of a model's scale indices; and the recipe that makes the
// same integer hyper-latents in every language, whose twin in Python belongs to the training package.

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

/** What the scale indices follow from: one picture's hyper-latents. */
export interface HyperLatents {
  /** Rate level, 0-based. */
  readonly level: number;
  readonly rows: number;
  readonly columns: number;
  /** Integers in −127..127, in the order channel, row, column. */
  readonly z: Float32Array;
}

/** SHA-256 of a model's scale indices as bytes, in the order channel, row, column. */
export async function hashOfScales(
  model: Model,
  { level, rows, columns, z }: HyperLatents,
): Promise<string> {
  const { hyperChannels, latentChannels, tables } = model.description.bitstream;
  const { scale_index } = await model.run(
    'scales',
    {
      z: { data: z, dims: [1, hyperChannels, rows, columns] },
      level: { data: Int32Array.of(level), dims: [1] },
    },
    { scale_index: [1, latentChannels, 4 * rows, 4 * columns] },
  );
  const last = tables.frequencies.length - 1;
  for (const index of scale_index) {
    if (!Number.isInteger(index) || index < 0 || index > last) {
      throw new RangeError(
        `Expected integer in 0..${last} for a scale index but received ${index}`,
      );
    }
  }
  return hashOfBytes(Uint8Array.from(scale_index));
}

/** SHA-256 in hexadecimal. */
export function hashOfBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The hyper-latents that a line of exactness.json asks for. */
export function hyperLatentsOf(
  { hyperChannels }: { readonly hyperChannels: number },
  { level, height, width, seed }: Omit<ExactnessCase, 'sha256'>,
): HyperLatents {
  const [rows, columns] = [height / 64, width / 64];
  return { level, rows, columns, z: madeUpHyperLatents(hyperChannels * rows * columns, seed) };
}
