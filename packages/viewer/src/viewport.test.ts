// Zoom and pan: what is under the pointer stays there, and the image never leaves the stage.
import { expect, test } from 'vitest';
import { fit, MAX_SCALE, within, zoomTo } from './viewport.js';

const stage = { width: 400, height: 400 };
const image = { width: 800, height: 600 };

test('fits the whole image, and enlarges none', () => {
  expect(fit(stage, image)).toEqual({ scale: 0.5, x: 0, y: 50 });
  expect(fit(stage, { width: 100, height: 50 })).toEqual({ scale: 1, x: 150, y: 175 });
});

test('zooms about a point', () => {
  const before = fit(stage, image);
  const after = zoomTo(before, 4, { x: 100, y: 200 }, stage, image);
  const under = (view: typeof before) => [(100 - view.x) / view.scale, (200 - view.y) / view.scale];
  expect(after.scale).toBe(4);
  expect(under(after)).toEqual(under(before));
});

test('zooms no farther than the whole image and single pixels', () => {
  const point = { x: 0, y: 0 };
  expect(zoomTo(fit(stage, image), 1e-3, point, stage, image)).toEqual(fit(stage, image));
  expect(zoomTo(fit(stage, image), 1e3, point, stage, image).scale).toBe(MAX_SCALE);
});

test('leaves no gap at an edge', () => {
  expect(within({ scale: 1, x: 90, y: -999 }, stage, image)).toEqual({
    scale: 1,
    x: 0,
    y: -200,
  });
});
