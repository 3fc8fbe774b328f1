// What is compared between runtimes: the hashes of scale indices and of symbols; and the recipe that makes the
// same integers in every language, whose twin in Python belongs to the training package. The context is
// built here anew, latent by latent: this shares nothing with the codec but its `Model`.

import { createHash } from 'node:crypto';
import type { Model, ParsedImage } from '@nacre/codec';

/** One line of exactness.json: what PyTorch computed from made-up integers. */
export interface ExactnessCase {
  /** Rate level, 0-based. */
  readonly level: number;
  /** Of the padded image, which is one tile, in pixels: multiples of 64. */
  readonly height: number;
  readonly width: number;
  /** Start of the generator for z, 0..2^32 − 101; for the symbols it is 100 more. */
  readonly seed: number;
  /** SHA-256 of the scale indices as bytes, in the order channel, row, column. */
  readonly sha256: string;
}

/** What is added to the seed of z for the symbols. */
const SYMBOL_SEED = 100;

/**
 * Made-up symbols in −127..127, many small and some extreme. For each element, in the order of the
 * array: state = (1664525·state + 1013904223) mod 2^32 (Numerical Recipes' generator);
 * value = max(−127, (state >> 24) − 128) >> ((state >> 16) & 7), with >> rounding down.
 */
export function madeUpIntegers(count: number, seed: number): Float32Array {
  const integers = new Float32Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    integers[i] = Math.max(-127, (state >>> 24) - 128) >> ((state >>> 16) & 7);
  }
  return integers;
}

/** What the scale indices of a tile follow from: all its integers, in the order channel, row, column. */
export interface TileIntegers {
  /** Rate level, 0-based. */
  readonly level: number;
  /** Size of a plane of z; one of symbols has four times as many rows and columns. */
  readonly rows: number;
  readonly columns: number;
  /** Hyper-latents, −127..127. */
  readonly z: Float32Array;
  /** Latents. */
  readonly symbols: ArrayLike<number>;
}

/** SHA-256 of a tile's scale indices as bytes, in the order channel, row, column. */
export async function hashOfScales(model: Model, tile: TileIntegers): Promise<string> {
  const { hyperChannels, latentChannels: channels, tables } = model.description.bitstream;
  const { level, rows, columns, z, symbols } = tile;
  const [height, width] = [4 * rows, 4 * columns];
  const last = tables.frequencies.length - 1;
  const indices = new Uint8Array(symbols.length);
  const stepOf = (channel: number, place: number): number => {
    const [row, column] = [Math.floor(place / width), place % width];
    return (2 * ((row + column) % 2) + (row % 2)) ^ (channel % 4);
  };
  for (let step = 0; step < 4; step++) {
    const context = Float32Array.from({ length: (channels + 4) * height * width }, (_, i) => {
      const [plane, place] = [Math.floor(i / (height * width)), i % (height * width)];
      const isFlag = plane >= channels;
      const isKnown = stepOf(isFlag ? plane - channels : plane, place) < step;
      if (!isKnown) return 0;
      return isFlag ? 15 : Math.min(Math.abs(symbols[i]!), 15);
    });
    const { scale_index } = await model.run(
      'scales',
      {
        z: { data: z, dims: [1, hyperChannels, rows, columns] },
        context: { data: context, dims: [1, channels + 4, height, width] },
        level: { data: Int32Array.of(level), dims: [1] },
      },
      { scale_index: [1, channels, height, width] },
    );
    for (const [i, index] of scale_index.entries()) {
      if (!Number.isInteger(index) || index < 0 || index > last) {
        throw new RangeError(
          `Expected integer in 0..${last} for a scale index but received ${index}`,
        );
      }
      if (stepOf(Math.floor(i / (height * width)), i % (height * width)) === step) {
        indices[i] = index;
      }
    }
  }
  return hashOfBytes(indices);
}

/** SHA-256 over all hyper-latents, then all latents, as int32 little-endian; as in golden.json. */
export function hashOfSymbols({ hyperSymbols, symbols }: ParsedImage): string {
  const view = new DataView(new ArrayBuffer(4 * (hyperSymbols.length + symbols.length)));
  hyperSymbols.forEach((value, i) => {
    view.setInt32(4 * i, value, true);
  });
  symbols.forEach((value, i) => {
    view.setInt32(4 * (hyperSymbols.length + i), value, true);
  });
  return hashOfBytes(new Uint8Array(view.buffer));
}

/** SHA-256 in hexadecimal. */
export function hashOfBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The integers that a line of exactness.json asks for. */
export function integersOf(
  { bitstream }: Model['description'],
  { level, height, width, seed }: Omit<ExactnessCase, 'sha256'>,
): TileIntegers {
  const { hyperChannels, latentChannels } = bitstream;
  const [rows, columns] = [height / 64, width / 64];
  return {
    level,
    rows,
    columns,
    z: madeUpIntegers(hyperChannels * rows * columns, seed),
    symbols: madeUpIntegers(latentChannels * 16 * rows * columns, seed + SYMBOL_SEED),
  };
}
