// Images made up for tests, the same on every machine: integer arithmetic only; and how far apart two
// are.

import type { RawImage } from '@nacre/codec';

/** Something like a photograph: a sloping sky, a bright disc, hatched ground and a little grain. */
export function photograph(width: number, height: number): RawImage {
  const data = new Uint8Array(3 * width * height);
  const side = Math.max(width, height);
  let state = 1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      state = (Math.imul(1664525, state) + 1013904223) >>> 0;
      const grain = (state >>> 29) - 3;
      const slope = Math.floor((120 * (2 * y + x)) / (3 * side));
      const disc = (4 * x - width) ** 2 + (4 * y - height) ** 2 < (side / 2) ** 2 ? 90 : 0;
      const hatch = 3 * y > 2 * height && ((x >> 2) + (y >> 3)) % 3 === 0 ? -40 : 0;
      for (const [c, base] of [60, 90, 130].entries()) {
        const value = base + slope + disc + hatch + grain - (c === 2 ? disc >> 1 : 0);
        data[i + c] = Math.max(0, Math.min(255, value));
      }
    }
  }
  return { width, height, channels: 3, data };
}

/** The largest difference of any sample; of arrays of different lengths, infinite. */
export function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}
