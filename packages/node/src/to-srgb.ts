// Samples of another colour space become sRGB, in 8 or 16 bits. What the other space is, colour-space.ts and
// icc-profile.ts say.

import { type ColourSpace, type Curve, linearToSrgb } from './colour-space.js';

/** Steps of the table from linear light to sRGB; between them the error is below a fifth of a 16-bit step. */
const STEPS = 4096;

/** sRGB of light (i / STEPS)²: over the square root of light the curve is almost straight. */
const ENCODED = Float64Array.from({ length: STEPS + 2 }, (_, i) => linearToSrgb((i / STEPS) ** 2));

/**
 * Converts samples to sRGB, in place; those behind the colours stay as they are. Colours that sRGB does not have are
 * clipped.
 *
 * @param samples - interleaved, 0..255 or 0..65535.
 * @param channels - of a pixel.
 * @param isGrey - whether the first of them is all that counts, and not the first three.
 * @param space - of one curve at least for grey, of three and a matrix for colours.
 */
export function toSrgb(
  samples: Uint8Array | Uint16Array,
  channels: number,
  isGrey: boolean,
  space: ColourSpace,
): void {
  const most = samples instanceof Uint16Array ? 65_535 : 255;
  const light = space.toLinear.map((curve) => tableOf(curve, most));
  if (isGrey) {
    const table = Uint16Array.from(light[0]!, (value) => encode(value, most));
    for (let i = 0; i < samples.length; i += channels) samples[i] = table[samples[i]!]!;
    return;
  }
  const [red, green, blue] = [light[0]!, light[1]!, light[2]!];
  const m = space.toLinearSrgb!;
  for (let i = 0; i < samples.length; i += channels) {
    const r = red[samples[i]!]!;
    const g = green[samples[i + 1]!]!;
    const b = blue[samples[i + 2]!]!;
    samples[i] = encode(m[0]! * r + m[1]! * g + m[2]! * b, most);
    samples[i + 1] = encode(m[3]! * r + m[4]! * g + m[5]! * b, most);
    samples[i + 2] = encode(m[6]! * r + m[7]! * g + m[8]! * b, most);
  }
}

function tableOf(curve: Curve, most: number): Float32Array {
  return Float32Array.from({ length: most + 1 }, (_, i) => curve(i / most));
}

/** The sample, 0..most, of linear light. */
function encode(light: number, most: number): number {
  // Written so that NaN becomes 0.
  if (!(light > 0)) return 0;
  if (light >= 1) return most;
  const at = STEPS * Math.sqrt(light);
  const i = Math.floor(at);
  return Math.round(most * (ENCODED[i]! + (at - i) * (ENCODED[i + 1]! - ENCODED[i]!)));
}
