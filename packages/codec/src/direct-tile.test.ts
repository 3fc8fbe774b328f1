// Direct tiles come back exactly, or within the bound, whatever the pixels and the map of blocks; damaged ones end
// in an error.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DirectTile,
  decodeDirectTile,
  encodeDirectTile,
  GRAPHICS,
  LEARNED,
  PHOTO,
} from './direct-tile.js';
import { CorruptFileError } from './errors.js';

/** Pixels of a few kinds: flat, few colours, repeated rows, noise. */
function drawTile(seed: number, rows: number, columns: number, channels: 1 | 3): DirectTile {
  let state = seed >>> 0;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const colours = Array.from({ length: 1 + next(6) }, () => [next(256), next(256), next(256)]);
  const kind = next(4);
  const samples = new Uint8Array(rows * columns * channels);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = (y * columns + x) * channels;
      const colour = colours[(kind === 0 ? 0 : (x >> 2) ^ (y % 7)) % colours.length]!;
      for (let c = 0; c < channels; c++) {
        samples[at + c] = kind === 3 ? next(256) : kind === 2 ? colour[c]! ^ next(4) : colour[c]!;
      }
    }
  }
  const count = Math.ceil(rows / 64) * Math.ceil(columns / 64);
  const blocks = Uint8Array.from({ length: count }, () => [LEARNED, GRAPHICS, PHOTO][next(3)]!);
  return { rows, columns, channels, samples, blocks };
}

/** The largest difference of a sample in blocks that are direct. */
function largestDifference(a: DirectTile, b: DirectTile): number {
  let largest = 0;
  for (let i = 0; i < a.samples.length; i++) {
    const pixel = Math.floor(i / a.channels);
    const [y, x] = [Math.floor(pixel / a.columns), pixel % a.columns];
    const block = (y >> 6) * Math.ceil(a.columns / 64) + (x >> 6);
    if (a.blocks[block] === LEARNED) continue;
    largest = Math.max(largest, Math.abs(a.samples[i]! - b.samples[i]!));
  }
  return largest;
}

const tiles = fc
  .record({
    seed: fc.nat(),
    rows: fc.integer({ min: 1, max: 140 }),
    columns: fc.integer({ min: 1, max: 140 }),
    channels: fc.constantFrom(1 as const, 3 as const),
  })
  .map(({ seed, rows, columns, channels }) => drawTile(seed, rows, columns, channels));

describe('a direct tile', () => {
  test('comes back exactly', () => {
    fc.assert(
      fc.property(tiles, (tile) => {
        const back = decodeDirectTile(encodeDirectTile(tile, 0), tile, tile.channels);
        expect(back.blocks).toEqual(tile.blocks);
        expect(largestDifference(tile, back)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('comes back within the bound', () => {
    fc.assert(
      fc.property(tiles, fc.integer({ min: 1, max: 20 }), (tile, delta) => {
        const back = decodeDirectTile(encodeDirectTile(tile, delta), tile, tile.channels);
        expect(largestDifference(tile, back)).toBeLessThanOrEqual(delta);
      }),
      { numRuns: 40 },
    );
  });

  test('that is damaged gives pixels or an error, and nothing else', () => {
    fc.assert(
      fc.property(tiles, fc.nat(), fc.integer({ min: 1, max: 255 }), (tile, place, flip) => {
        const bytes = encodeDirectTile(tile, 0);
        bytes[place % bytes.length]! ^= flip;
        try {
          decodeDirectTile(bytes, tile, tile.channels);
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptFileError);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('of one colour takes next to nothing', () => {
    const flat = { ...drawTile(0, 256, 256, 3), blocks: new Uint8Array(16).fill(GRAPHICS) };
    flat.samples.fill(37);
    expect(encodeDirectTile(flat, 0).length).toBeLessThan(40);
  });
});
