// Zoom and pan: what is under the pointer stays there, and the picture never leaves the stage.
import { expect, test } from 'vitest';
import { fit, MAX_SCALE, within, zoomTo } from './viewport.js';

const stage = { width: 400, height: 400 };
const picture = { width: 800, height: 600 };

test('fits the whole picture, and enlarges none', () => {
  expect(fit(stage, picture)).toEqual({ scale: 0.5, x: 0, y: 50 });
  expect(fit(stage, { width: 100, height: 50 })).toEqual({ scale: 1, x: 150, y: 175 });
});

test('zooms about a point', () => {
  const before = fit(stage, picture);
  const after = zoomTo(before, 4, { x: 100, y: 200 }, stage, picture);
  const under = (view: typeof before) => [(100 - view.x) / view.scale, (200 - view.y) / view.scale];
  expect(after.scale).toBe(4);
  expect(under(after)).toEqual(under(before));
});

test('zooms no farther than the whole picture and single pixels', () => {
  const point = { x: 0, y: 0 };
  expect(zoomTo(fit(stage, picture), 1e-3, point, stage, picture)).toEqual(fit(stage, picture));
  expect(zoomTo(fit(stage, picture), 1e3, point, stage, picture).scale).toBe(MAX_SCALE);
});

test('leaves no gap at an edge', () => {
  expect(within({ scale: 1, x: 90, y: -999 }, stage, picture)).toEqual({
    scale: 1,
    x: 0,
    y: -200,
  });
});
