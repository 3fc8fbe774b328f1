// Turns bits and errors into colours that can be laid over an image. Where they come from, and where
// they are shown, it does not know.

/** From nothing to much: dark violet, red, orange, pale yellow; lightness rises evenly. */
export const HEAT_COLOURS: readonly (readonly [number, number, number])[] = [
  [10, 8, 30],
  [58, 18, 98],
  [120, 32, 108],
  [182, 52, 92],
  [230, 92, 62],
  [250, 156, 56],
  [252, 240, 170],
];

/** Mean error of a pixel, in steps of 255, that gets the last colour. */
export const FULL_ERROR = 24;

/** Bits per pixel that get the last colour. */
export const FULL_BITS = 4;

/** The part of a heat colour that follows the image's brightness, so that one knows the place. */
const IMAGE_SHARE = 0.45;

/**
 * The colour for a value.
 *
 * @param value - 0..1; what lies beyond gets the colour of the end.
 * @returns red, green, blue, 0..255.
 * @example
 * ```ts
 * heatColour(0); // [10, 8, 30]
 * ```
 */
export function heatColour(value: number): [red: number, green: number, blue: number] {
  const last = HEAT_COLOURS.length - 1;
  const at = Math.max(0, Math.min(1, value)) * last;
  const index = Math.min(last - 1, Math.floor(at));
  const [from, to] = [HEAT_COLOURS[index]!, HEAT_COLOURS[index + 1]!];
  const mix = (c: 0 | 1 | 2): number => Math.round(from[c] + (at - index) * (to[c] - from[c]));
  return [mix(0), mix(1), mix(2)];
}

/** Pixels as canvases take them. */
export interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** As much of a `BitMap` of `@nacre/web` as is needed here. */
export interface Regions {
  readonly columns: number;
  /** Pixels a side of a region. */
  readonly side: number;
  readonly bits: Float32Array;
}

/**
 * An image coloured by what its regions cost. The scale goes with the square root, as most regions of
 * most images cost little.
 *
 * @example
 * ```ts
 * context.putImageData(new ImageData(paintBits(decoded, map), width), 0, 0);
 * ```
 */
export function paintBits(
  { width, height, data }: Rgba,
  { columns, side, bits }: Regions,
): Uint8ClampedArray<ArrayBuffer> {
  const colours = Array.from(bits, (b) => heatColour(Math.sqrt(b / side ** 2 / FULL_BITS)));
  const painted = new Uint8ClampedArray(data.length);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(y / side) * columns;
    for (let x = 0; x < width; x++, i += 4) {
      const colour = colours[row + Math.floor(x / side)]!;
      const luma = 0.3 * data[i]! + 0.59 * data[i + 1]! + 0.11 * data[i + 2]!;
      const light = 1 - IMAGE_SHARE + (IMAGE_SHARE * luma) / 160;
      for (let c = 0; c < 3; c++) painted[i + c] = colour[c]! * light;
      painted[i + 3] = 255;
    }
  }
  return painted;
}

/**
 * The difference of two images as colours: the mean of red, green and blue at each pixel, over white.
 *
 * @param a - RGBA.
 * @param b - as many samples.
 * @example
 * ```ts
 * paintErrors(original.data, decoded.data);
 * ```
 */
export function paintErrors(
  a: Uint8ClampedArray,
  b: Uint8ClampedArray,
): Uint8ClampedArray<ArrayBuffer> {
  const colours = Array.from({ length: 3 * 255 + 1 }, (_, sum) => heatColour(sum / 3 / FULL_ERROR));
  const painted = new Uint8ClampedArray(a.length);
  for (let i = 0; i < a.length; i += 4) {
    const difference = (c: 0 | 1 | 2): number => Math.abs(overWhite(a, i, c) - overWhite(b, i, c));
    painted.set(colours[Math.round(difference(0) + difference(1) + difference(2))]!, i);
    painted[i + 3] = 255;
  }
  return painted;
}

/**
 * A sample as it is seen on a white page: what is transparent has colours that nobody sees, and a codec may
 * change them.
 *
 * @param pixel - where the pixel begins.
 * @param colour - 0 red, 1 green, 2 blue.
 * @returns 0..255.
 */
function overWhite(rgba: Uint8ClampedArray, pixel: number, colour: 0 | 1 | 2): number {
  return 255 + ((rgba[pixel + colour]! - 255) * rgba[pixel + 3]!) / 255;
}
