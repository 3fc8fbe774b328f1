// Samples of other types than 8- and 16-bit integers become 16-bit ones. What range they cover, few formats say:
// it is found from the samples themselves.

/** Samples as a file has them, and what became of them. */
export interface WideSamples {
  readonly samples: Uint16Array;
  /** As a change of an image file. */
  readonly change: string;
}

/** The largest values of samples that are made by programs, in the order they are tried. */
const RANGES = [1, 255, 65_535, 2 ** 31 - 1, 2 ** 32 - 1];

/**
 * Scales samples to 0..65535.
 *
 * Floating-point samples usually lie in 0..1, with highlights above 1 if they are of a scene, or in the range of
 * integers they once were. So the range is 0..1 unless most samples other than 0 are above it; and otherwise, as
 * for integers, the smallest one that holds them all.
 *
 * @param kind - such as `floating-point` or `32-bit`.
 */
export function scaleSamples(from: Float32Array, isFloat: boolean, kind: string): WideSamples {
  let largest = 0;
  let above = 0;
  let used = 0;
  for (const value of from) {
    if (value > 0 && value < Number.POSITIVE_INFINITY) {
      used += 1;
      if (value > 1) above += 1;
      if (value > largest) largest = value;
    }
  }
  const isUnit = isFloat && 2 * above <= used;
  const most = isUnit ? 1 : (RANGES.find((range, i) => i > 0 && range >= largest) ?? largest);
  const samples = new Uint16Array(from.length);
  let clipped = 0;
  for (let i = 0; i < from.length; i++) {
    const value = (from[i]! / most) * 65_535;
    if (value > 65_535.5 || value < 0) clipped += 1;
    // NaN becomes 0.
    samples[i] = value > 0 ? Math.min(65_535, Math.round(value)) : 0;
  }
  const lost = clipped > 0 ? ', and clipped what is outside' : '';
  return { samples, change: `Read ${kind} samples as sRGB in 0..${most}${lost}` };
}
