// What each place of an image costs in a file. It is for people who look at files: nothing that is coded or
// decoded may depend on it, as logarithms differ between machines.
import type { Model } from './model.js';
import {
  checkParseOptions,
  type NcrSource,
  openForModel,
  type ParseOptions,
} from './open-for-model.js';
import { parseSymbols } from './parse.js';
import { HYPER_STRIDE, LATENT_STRIDE } from './tiles.js';

/** Places of latents under one hyper-latent. */
const PLACES_PER_HYPER = (HYPER_STRIDE / LATENT_STRIDE) ** 2;

/** How many bits each region of an image takes. */
export interface BitMap {
  /** Regions from top to bottom, ⌈height/64⌉·4: padding included. */
  readonly rows: number;
  /** Regions from left to right, ⌈width/64⌉·4. */
  readonly columns: number;
  /** Pixels a side of a region: 16. */
  readonly side: number;
  /** Bits of each region, row by row from the top left. */
  readonly bits: Float32Array;
}

/**
 * Measures how many bits each 16×16 pixels of an image take, by the entropy model: the latents of that place,
 * and a sixteenth of the hyper-latents above it. The sum is the length of the streams, except for a few bytes
 * for each tile: its index entry, the coder's state and its last word.
 *
 * @param model - the model that the file was made with.
 * @param source - the whole file, or the result of `openNcr`. A damaged file is refused.
 * @returns a map of ⌈height/64⌉·4 rows and ⌈width/64⌉·4 columns.
 * @throws the same errors as `decode`.
 * @example
 * ```ts
 * const { bits, columns } = await measureBits(model, bytes);
 * const cost = bits[2 * columns + 5]; // of the pixels 80..95 of the rows 32..47
 * ```
 */
export async function measureBits(
  model: Model,
  source: NcrSource,
  options: Omit<ParseOptions, 'partial'> = {},
): Promise<BitMap> {
  checkParseOptions(options);
  const { file } = openForModel(model, source, { ...options, partial: false });
  const { symbols, hyperSymbols, scaleIndices } = await parseSymbols(model, file, false, options);
  const { tables } = model;
  const hyperColumns = Math.ceil(file.width / HYPER_STRIDE);
  const hyperSize = hyperColumns * Math.ceil(file.height / HYPER_STRIDE);
  const stride = HYPER_STRIDE / LATENT_STRIDE;
  const columns = stride * hyperColumns;
  const size = PLACES_PER_HYPER * hyperSize;
  const bits = new Float32Array(size);

  const hyperBits = new Float32Array(hyperSize);
  const hyperRows = model.getHyperTableRows(file.level);
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
