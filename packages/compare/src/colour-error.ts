// How far colours are off: CIEDE2000 between averages over 8×8 pixels. Texture cancels out in the averages, which
// leaves shifts of colour that other metrics barely notice.
// Source: CIE 142-2001, as implemented by the library culori.
import type { RawImage } from '@nacre/codec';
import { converter, differenceCiede2000, modeLab65, modeLrgb, modeRgb, useMode } from 'culori/fn';
import { checkRgb, checkSameSize } from './rgb.js';

for (const mode of [modeRgb, modeLrgb, modeLab65]) useMode(mode as typeof modeRgb);
const toLinear = converter('lrgb');
const difference = differenceCiede2000();

/** Sides of the averaged blocks in pixels. */
const BLOCK = 8;

const LINEAR = Float64Array.from(
  { length: 256 },
  (_, value) => toLinear({ mode: 'rgb', r: value / 255, g: 0, b: 0 }).r,
);

/**
 * The mean CIEDE2000 difference between averages over 8×8 pixels, computed in linear light. Blocks at the
 * right and bottom edges are smaller if the size is not a multiple of 8.
 *
 * @param a - an image, treated as sRGB
 * @param b - an image of the same size
 * @returns 0 for equal images; about 1 where a difference is just noticeable
 * @throws TypeError or RangeError if an argument is not an image, or if the sizes differ
 * @example
 * ```ts
 * const deltaE = colourError(photo, decoded); // 1.27
 * ```
 */
export function colourError(a: RawImage, b: RawImage): number {
  checkRgb(a, 'a');
  checkRgb(b, 'b');
  checkSameSize(a, b);
  let sum = 0;
  let blocks = 0;
  for (let top = 0; top < a.height; top += BLOCK) {
    for (let left = 0; left < a.width; left += BLOCK, blocks++) {
      sum += difference(averageAt(a, left, top), averageAt(b, left, top));
    }
  }
  return sum / blocks;
}

function averageAt({ width, height, data }: RawImage, left: number, top: number) {
  const right = Math.min(left + BLOCK, width);
  const bottom = Math.min(top + BLOCK, height);
  let [r, g, b] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let i = 3 * (y * width + left), end = 3 * (y * width + right); i < end; i += 3) {
      r += LINEAR[data[i]!]!;
      g += LINEAR[data[i + 1]!]!;
      b += LINEAR[data[i + 2]!]!;
    }
  }
  const count = (right - left) * (bottom - top);
  return { mode: 'lrgb' as const, r: r / count, g: g / count, b: b / count };
}
