// The four steps cover all latents once, in the pattern that FORMAT.md gives.
import { expect, test } from 'vitest';
import { gatherStep, getStepPlaces, STEPS, scatterStep } from './steps.js';

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
  // For each channel the steps at even row and even column, even and odd, odd and even, odd and odd.
  const pattern = [
    [0, 2, 3, 1],
    [1, 3, 2, 0],
    [2, 0, 1, 3],
    [3, 1, 0, 2],
  ];
  for (let step = 0; step < STEPS; step++) {
    const places = getStepPlaces(step, size).map((list) => [...list]);
    expect(places).toEqual(pattern.map((steps) => [steps.indexOf(step)]));
  }
});

test.each([
  [4, 4],
  [44, 12],
  [36, 68],
])('every latent of %i×%i has one step', (rows, columns) => {
  const plane = { rows, columns };
  const expected = stepsOf(rows, columns);
  const seen = new Int32Array(expected.length);
  const found = new Int32Array(expected.length).fill(-1);
  for (let step = 0; step < STEPS; step++) {
    const places = getStepPlaces(step, plane);
    const run = new Int32Array(expected.length / STEPS);
    gatherStep(seen, plane, places, run);
    expect(run.every((count) => count === 0)).toBe(true);
    scatterStep(run.fill(1), plane, places, seen);
    scatterStep(run.fill(step), plane, places, found);
  }
  expect(seen.every((count) => count === 1)).toBe(true);
  expect(found).toEqual(expected);
});

test('a step goes channel by channel, row by row, from left to right', () => {
  const plane = { rows: 4, columns: 8 };
  const numbers = Float32Array.from({ length: CHANNELS * 32 }, (_, i) => i);
  for (let step = 0; step < STEPS; step++) {
    const run = new Float32Array(CHANNELS * 8);
    gatherStep(numbers, plane, getStepPlaces(step, plane), run);
    const ofStep = (i: number) => stepOf(i >> 5, (i >> 3) & 3, i & 7) === step;
    expect([...run]).toEqual([...numbers.filter(ofStep)]);
  }
});
