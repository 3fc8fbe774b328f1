// What each place of an image costs in a file: −log2 of the probability that the frequency tables give
// its symbols. It is for people who look at files; nothing that is coded or decoded may depend on it,
// as logarithms differ between machines.
import { type ParseOptions, parse } from './decode.js';
import type { Model } from './model.js';
import { HYPER_STRIDE, LATENT_STRIDE } from './tiles.js';
import { checkObject } from './validate.js';

/** Places of latents under one hyper-latent. */
const PLACES_PER_HYPER = (HYPER_STRIDE / LATENT_STRIDE) ** 2;

/** The bits of an image by region. */
export interface BitMap {
  /** Regions from top to bottom, ⌈height/64⌉·4: the padding is counted too. */
  readonly rows: number;
  /** Regions from left to right, ⌈width/64⌉·4. */
  readonly columns: number;
  /** Pixels a side of a region: 16. */
  readonly side: number;
  /** Bits of each region, row by row from the top left. */
  readonly bits: Float32Array;
}

/**
 * What each 16×16 pixels of an image cost, from the entropy model: the latents of that place, and a
 * sixteenth of the hyper-latents above it. The sum is the length of the streams, but for some bytes a
 * tile: its index entry, the coder's state and its last word.
 *
 * @param model the model the file was made with.
 * @param bytes the whole file.
 * @param options as for `parse`, but for `partial`: a damaged file is refused.
 * @throws as `decode`.
 * @example
 * const { bits, columns } = await measureBits(model, bytes);
 * const third = bits[2 * columns + 5]; // of the pixels 80..95 of the rows 32..47
 */
export async function measureBits(
  model: Model,
  bytes: Uint8Array,
  options: ParseOptions = {},
): Promise<BitMap> {
  checkObject(options, 'options');
  const whole = { ...options, partial: false };
  const { info, symbols, hyperSymbols, scaleIndices } = await parse(model, bytes, whole);
  const { tables } = model;
  const hyperColumns = Math.ceil(info.width / HYPER_STRIDE);
  const hyperSize = hyperColumns * Math.ceil(info.height / HYPER_STRIDE);
  const stride = HYPER_STRIDE / LATENT_STRIDE;
  const columns = stride * hyperColumns;
  const size = PLACES_PER_HYPER * hyperSize;
  const bits = new Float32Array(size);

  const hyperBits = new Float32Array(hyperSize);
  const hyperRows = model.getHyperTableRows(info.level);
  for (let i = 0; i < hyperSymbols.length; i++) {
    const row = hyperRows[Math.floor(i / hyperSize)]!;
    hyperBits[i % hyperSize]! += tables.measureBits(hyperSymbols[i]!, row);
  }
  for (let i = 0; i < size; i++) {
    const row = Math.floor(i / columns / stride);
    const column = Math.floor((i % columns) / stride);
    bits[i] = hyperBits[row * hyperColumns + column]! / PLACES_PER_HYPER;
  }
  for (let i = 0; i < symbols.length; i++) {
    bits[i % size]! += tables.measureBits(symbols[i]!, scaleIndices[i]!);
  }
  return { rows: size / columns, columns, side: LATENT_STRIDE, bits };
}
