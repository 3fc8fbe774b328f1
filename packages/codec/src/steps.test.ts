// The four steps cover all latents once, in the pattern that FORMAT.md gives.
import { expect, test } from 'vitest';
import { gatherStep, STEPS, scatterStep, stepPlaces } from './steps.js';
import { tileGrid } from './tiles.js';

const CHANNELS = 6;

/** The step of a latent by the formula, one at a time. */
function stepOf(channel: number, row: number, column: number): number {
  return (2 * ((row + column) % 2) + (row % 2)) ^ (channel % 4);
}

/** An array [channels, rows, columns] that holds each latent's step. */
function stepsOf(rows: number, columns: number): Int32Array {
  return Int32Array.from({ length: CHANNELS * rows * columns }, (_, i) =>
    stepOf(Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns),
  );
}

test('the pattern of the first four channels', () => {
  const size = { rows: 2, columns: 2 };
  const window = { top: 0, left: 0, ...size };
  // For each channel the steps at even row and even column, even and odd, odd and even, odd and odd.
  const pattern = [
    [0, 2, 3, 1],
    [1, 3, 2, 0],
    [2, 0, 1, 3],
    [3, 1, 0, 2],
  ];
  for (let step = 0; step < STEPS; step++) {
    const places = stepPlaces(step, size, window).map((list) => [...list]);
    expect(places).toEqual(pattern.map((steps) => [steps.indexOf(step)]));
  }
});

test.each([
  [64, 64, 6],
  [700, 200, 7],
  [1100, 530, 9],
])('every latent of %i×%i pixels has one step in one tile of 2^%i', (width, height, log2Side) => {
  const { latent: plane, tiles } = tileGrid(width, height, log2Side);
  const expected = stepsOf(plane.rows, plane.columns);
  const seen = new Int32Array(expected.length);
  const found = new Int32Array(expected.length).fill(-1);
  for (const { latent: window } of tiles) {
    for (let step = 0; step < STEPS; step++) {
      const places = stepPlaces(step, plane, window);
      const run = new Int32Array((CHANNELS * window.rows * window.columns) / 4);
      gatherStep(seen, plane, places, run);
      expect(run.every((count) => count === 0)).toBe(true);
      scatterStep(run.fill(1), plane, places, seen);
      scatterStep(run.fill(step), plane, places, found);
    }
  }
  expect(seen.every((count) => count === 1)).toBe(true);
  expect(found).toEqual(expected);
});

test('a step goes channel by channel, row by row, from left to right, within its tile', () => {
  const plane = { rows: 8, columns: 8 };
  const window = { top: 4, left: 4, rows: 4, columns: 4 };
  const numbers = Float32Array.from({ length: CHANNELS * 64 }, (_, i) => i);
  for (let step = 0; step < STEPS; step++) {
    const run = new Float32Array(CHANNELS * 4);
    gatherStep(numbers, plane, stepPlaces(step, plane, window), run);
    const inTile = (i: number) => i % 64 >= 32 && i % 8 >= 4;
    const ofStep = (i: number) => stepOf(i >> 6, (i >> 3) & 7, i & 7) === step;
    expect([...run]).toEqual([...numbers.filter((i) => inTile(i) && ofStep(i))]);
  }
});
