// Tiles cover the image exactly once, and reordering loses nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  copyCells,
  countTiles,
  createTileGrid,
  findTiles,
  getTile,
  type Tile,
  type TileGrid,
} from './tiles.js';

const side = fc.integer({ min: 1, max: 700 });
const log2Side = fc.integer({ min: 6, max: 10 });

function tilesOf(grid: TileGrid): Tile[] {
  return Array.from({ length: grid.count }, (_, i) => getTile(grid, i));
}

test('the grid of an image of 2½ tiles', () => {
  const grid = createTileGrid(1200, 100, 9);
  const { latent, hyper, side } = grid;
  const tiles = tilesOf(grid);
  expect(side).toBe(8);
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
      expect(createTileGrid(width, height, log2).count).toBe(countTiles(width, height, log2));
    }),
  );
  expect(countTiles(65_535, 65_535, 6)).toBe(1024 * 1024);
});

test('copying every tile out of the image and back gives the image', () => {
  fc.assert(
    fc.property(side, side, log2Side, fc.integer({ min: 1, max: 3 }), (width, height, log2, c) => {
      const grid = createTileGrid(width, height, log2);
      const { latent } = grid;
      const whole = { top: 0, left: 0, ...latent };
      const length = c * latent.rows * latent.columns;
      const planes = Int32Array.from({ length }, (_, i) => i + 1);
      const back = new Int32Array(length);
      let cells = 0;
      for (const { latent: window } of tilesOf(grid)) {
        const tile = new Int32Array(c * window.rows * window.columns);
        copyCells(planes, whole, tile, window);
        copyCells(tile, window, back, whole);
        cells += tile.length;
      }
      expect(cells).toBe(length); // no cell in two tiles
      expect(back).toEqual(planes);
    }),
  );
});

test('what two windows share is copied, in every channel, and nothing else', () => {
  const source = { top: 0, left: 1, rows: 2, columns: 3 };
  const target = { top: 1, left: 0, rows: 2, columns: 2 };
  const from = Int32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60);
  const to = new Int32Array(8);
  copyCells(from, source, to, target);
  expect([...to]).toEqual([0, 4, 0, 0, 0, 40, 0, 0]);
  copyCells(from, source, to, { ...target, top: 2 });
  expect([...to]).toEqual([0, 4, 0, 0, 0, 40, 0, 0]);
});

test('the tiles under a window are those that share a cell with it', () => {
  const grid = createTileGrid(1200, 800, 8);
  const rows = { min: 1, max: grid.hyper.rows };
  const columns = { min: 1, max: grid.hyper.columns };
  fc.assert(
    fc.property(fc.integer(rows), fc.integer(columns), fc.nat(), fc.nat(), (h, w, y, x) => {
      const top = y % (grid.hyper.rows - h + 1);
      const left = x % (grid.hyper.columns - w + 1);
      const found = findTiles(grid, { top, left, rows: h, columns: w });
      const touched = tilesOf(grid).flatMap(({ hyper }, i) => {
        const apart =
          hyper.top >= top + h ||
          hyper.left >= left + w ||
          top >= hyper.top + hyper.rows ||
          left >= hyper.left + hyper.columns;
        return apart ? [] : [i];
      });
      expect(found).toEqual(touched);
    }),
  );
});
