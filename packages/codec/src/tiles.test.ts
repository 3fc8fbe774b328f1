// Tiles cover the picture exactly once, and reordering loses nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gather, scatter, tileCount, tileGrid } from './tiles.js';

const side = fc.integer({ min: 1, max: 700 });
const log2Side = fc.integer({ min: 6, max: 10 });

test('the grid of a picture of 2½ tiles', () => {
  const { padded, latent, hyper, tiles } = tileGrid(1200, 100, 9);
  expect(padded).toEqual({ rows: 128, columns: 1216 });
  expect(latent).toEqual({ rows: 8, columns: 76 });
  expect(hyper).toEqual({ rows: 2, columns: 19 });
  expect(tiles.map((tile) => tile.hyper)).toEqual([
    { top: 0, left: 0, rows: 2, columns: 8 },
    { top: 0, left: 8, rows: 2, columns: 8 },
    { top: 0, left: 16, rows: 2, columns: 3 },
  ]);
  expect(tiles[2]?.latent).toEqual({ top: 0, left: 64, rows: 8, columns: 12 });
});

test('the number of tiles needs no grid', () => {
  fc.assert(
    fc.property(side, side, log2Side, (width, height, log2) => {
      expect(tileGrid(width, height, log2).tiles.length).toBe(tileCount(width, height, log2));
    }),
  );
  expect(tileCount(65_535, 65_535, 6)).toBe(1024 * 1024);
});

test('gathering every tile and scattering it again gives the picture', () => {
  fc.assert(
    fc.property(side, side, log2Side, fc.integer({ min: 1, max: 3 }), (width, height, log2, c) => {
      const { latent, tiles } = tileGrid(width, height, log2);
      const length = c * latent.rows * latent.columns;
      const planes = Int32Array.from({ length }, (_, i) => i + 1);
      const back = new Int32Array(length);
      let cells = 0;
      for (const { latent: window } of tiles) {
        const tile = new Int32Array(c * window.rows * window.columns);
        gather(planes, latent, window, tile);
        scatter(tile, latent, window, back);
        cells += tile.length;
      }
      expect(cells).toBe(length); // no cell in two tiles
      expect(back).toEqual(planes);
    }),
  );
});

test('a tile is in the order channel, row, column', () => {
  const plane = { rows: 2, columns: 3 };
  const window = { top: 0, left: 1, rows: 2, columns: 2 };
  const out = new Int32Array(8);
  gather(Int32Array.of(0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112), plane, window, out);
  expect([...out]).toEqual([1, 2, 11, 12, 101, 102, 111, 112]);
});
