// RGBA to RGB as @nacre/node does it: over white, rounding to nearest.

import { expect, test } from 'vitest';
import { flattenOverWhite } from './picture.js';

test('opaque pixels stay, transparent ones let white through', () => {
  const opaque = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255) };
  expect(flattenOverWhite(opaque)).toEqual({
    image: { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    transparent: false,
  });
  const data = Uint8ClampedArray.of(0, 100, 255, 128, 9, 9, 9, 0);
  expect(flattenOverWhite({ width: 1, height: 2, data })).toEqual({
    image: { width: 1, height: 2, data: Uint8Array.of(127, 177, 255, 255, 255, 255) },
    transparent: true,
  });
});
