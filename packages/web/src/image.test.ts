// Images of any number of channels as canvases take them.

import { expect, test, vi } from 'vitest';
import { toImageData } from './image.js';

vi.stubGlobal(
  'ImageData',
  class {
    constructor(readonly data: Uint8ClampedArray) {}
  },
);

test.each([
  [1, [7, 9], [7, 7, 7, 255, 9, 9, 9, 255]],
  [2, [7, 0, 9, 200], [7, 7, 7, 0, 9, 9, 9, 200]],
  [3, [1, 2, 3, 4, 5, 6], [1, 2, 3, 255, 4, 5, 6, 255]],
  [4, [1, 2, 3, 0, 4, 5, 6, 200], [1, 2, 3, 0, 4, 5, 6, 200]],
] as const)('%i channels', (channels, samples, rgba) => {
  const image = { width: 2, height: 1, channels, data: Uint8Array.from(samples), metadata: {} };
  expect([...toImageData(image).data]).toEqual(rgba);
});
