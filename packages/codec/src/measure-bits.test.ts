// The bits by region: that they add up to the file, and lie where the image is busy.
import { expect, test } from 'vitest';
import { fakeModel } from '../testing/fake-model.js';
import { encode } from './encode.js';
import { measureBits } from './measure-bits.js';
import { openNcr } from './ncr-file.js';

/** Black but for one square of blocks of all kinds. */
function image(width: number, height: number, noise: { left: number; top: number }) {
  const data = new Uint8Array(3 * width * height);
  for (let y = noise.top; y < noise.top + 64; y++) {
    for (let x = noise.left; x < noise.left + 64; x++) {
      const block = 7 * (x >> 4) + 5 * (y >> 4);
      data.fill((block * 97) % 256, 3 * (y * width + x), 3 * (y * width + x) + 3);
    }
  }
  return { width, height, channels: 3 as const, data };
}

const model = fakeModel();

test.each([20, 60, 100])('they add up to the streams at quality %i', async (quality) => {
  const bytes = await encode(model, image(1100, 600, { left: 320, top: 64 }), { quality });
  const { bits, rows, columns, side } = await measureBits(model, bytes);
  expect([rows, columns, side, bits.length]).toEqual([40, 72, 16, 40 * 72]);
  const { tiles } = openNcr(bytes);
  const streams = tiles.reduce((sum, tile) => sum + 8 * tile.byteLength, 0);
  const sum = bits.reduce((a, b) => a + b, 0);
  // The state and the last word: 4 to 6 bytes a tile.
  expect(streams - sum).toBeGreaterThan(0);
  expect(streams - sum).toBeLessThan(tiles.length * 48 + 0.01 * streams);
});

test('they lie where the image is busy', async () => {
  const bytes = await encode(model, image(192, 128, { left: 64, top: 64 }), { quality: 80 });
  const { bits, columns } = await measureBits(model, bytes);
  const inside = (i: number) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return row >= 4 && row < 8 && column >= 4 && column < 8;
  };
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const within = [...bits].filter((_, i) => inside(i));
  const without = [...bits].filter((_, i) => !inside(i));
  expect(mean(within)).toBeGreaterThan(2 * mean(without));
});
