// Between interleaved 8-bit pictures of any size and the planar float pictures networks take: padded
// to multiples of 64 on the way in, rounded and cropped on the way out.
import type { DecodedImage, RgbImage } from './image.js';
import type { PlaneSize } from './tiles.js';

/**
 * A picture as three planes of values in 0..1, the last column and the last row repeated as often as
 * the padding asks for.
 *
 * @returns planar [3, padded.rows, padded.columns].
 */
export function padToPlanes(image: RgbImage, padded: PlaneSize): Float32Array {
  const { width, height, data } = image;
  const { rows, columns } = padded;
  const size = rows * columns;
  const planes = new Float32Array(3 * size);
  for (let row = 0; row < height; row++) {
    const start = row * columns;
    let from = 3 * width * row;
    for (let to = start; to < start + width; to++, from += 3) {
      planes[to] = data[from]! / 255;
      planes[to + size] = data[from + 1]! / 255;
      planes[to + 2 * size] = data[from + 2]! / 255;
    }
  }
  for (let origin = 0; origin < planes.length; origin += size) {
    for (let start = origin; start < origin + height * columns; start += columns) {
      planes.fill(planes[start + width - 1]!, start + width, start + columns);
    }
    const lastRow = origin + (height - 1) * columns;
    for (let start = lastRow + columns; start < origin + size; start += columns) {
      planes.copyWithin(start, lastRow, lastRow + columns);
    }
  }
  return planes;
}

/**
 * The top left part of three planes as a picture: each value times 255, rounded (halves upwards) and
 * clamped to 0..255.
 *
 * @param planes planar [3, padded.rows, padded.columns], about 0..1.
 */
export function cropToImage(
  planes: Float32Array,
  padded: PlaneSize,
  width: number,
  height: number,
): DecodedImage {
  const { rows, columns } = padded;
  const size = rows * columns;
  const data = new Uint8Array(3 * width * height);
  for (let row = 0, to = 0; row < height; row++) {
    const start = row * columns;
    for (let from = start; from < start + width; from++) {
      data[to++] = toByte(planes[from]!);
      data[to++] = toByte(planes[from + size]!);
      data[to++] = toByte(planes[from + 2 * size]!);
    }
  }
  return { width, height, data };
}

function toByte(value: number): number {
  return Math.max(0, Math.min(255, Math.floor(value * 255 + 0.5)));
}
