// Colour spaces as files describe them: the chromaticities of the primaries and a transfer function, or a code
// point of ITU-T H.273. Converts nothing: to-srgb.ts does.

/** From a sample in 0..1 to linear light in 0..1, or back. */
export type Curve = (value: number) => number;

/** Nine numbers, row by row. */
export type Matrix = readonly number[];

/** How samples become linear sRGB. */
export interface ColourSpace {
  /** As a message names it, such as `Display P3`. */
  readonly name: string;
  /** To linear light; one for grey, or one each for red, green and blue. */
  readonly toLinear: readonly Curve[];
  /** From linear light of these primaries to that of sRGB; undefined for grey. */
  readonly toLinearSrgb?: Matrix | undefined;
}

/** CIE xy of red, green, blue and white. */
export type Chromaticities = readonly [
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
];

const D65 = [0.3127, 0.329] as const;
const D50_XYZ = [0.9642, 1, 0.8249];

const SRGB_PRIMARIES: Chromaticities = [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], D65];

/** Primaries by their code point (H.273, table 2). */
const PRIMARIES: Readonly<Record<number, { name: string; xy: Chromaticities }>> = {
  1: { name: 'BT.709', xy: SRGB_PRIMARIES },
  4: {
    name: 'BT.470 M',
    xy: [
      [0.67, 0.33],
      [0.21, 0.71],
      [0.14, 0.08],
      [0.31, 0.316],
    ],
  },
  5: { name: 'BT.601 625', xy: [[0.64, 0.33], [0.29, 0.6], [0.15, 0.06], D65] },
  6: { name: 'BT.601 525', xy: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], D65] },
  7: { name: 'SMPTE 240M', xy: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], D65] },
  8: {
    name: 'film',
    xy: [
      [0.681, 0.319],
      [0.243, 0.692],
      [0.145, 0.049],
      [0.31, 0.316],
    ],
  },
  9: { name: 'BT.2020', xy: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], D65] },
  11: {
    name: 'DCI-P3',
    xy: [
      [0.68, 0.32],
      [0.265, 0.69],
      [0.15, 0.06],
      [0.314, 0.351],
    ],
  },
  12: { name: 'Display P3', xy: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], D65] },
  22: { name: 'EBU 3213', xy: [[0.63, 0.34], [0.295, 0.605], [0.155, 0.077], D65] },
};

/**
 * Transfer functions by their code point (H.273, table 3). Those of video cameras (1, 6, 14, 15) count as sRGB:
 * still images that carry them are made for the same displays.
 */
const TRANSFERS: Readonly<Record<number, Curve>> = {
  1: srgbToLinear,
  4: power(2.2),
  5: power(2.8),
  6: srgbToLinear,
  7: smpte240ToLinear,
  8: (value) => value,
  13: srgbToLinear,
  14: srgbToLinear,
  15: srgbToLinear,
  17: (value) => value ** 2.6 * (52.37 / 48),
};

/** Transfer functions whose light has no place in 0..1. */
const HDR_TRANSFERS: Readonly<Record<number, string>> = { 16: 'PQ', 18: 'HLG' };

/** The transfer function of sRGB (IEC 61966-2-1). */
export function srgbToLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Its inverse. */
export function linearToSrgb(light: number): number {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}

/** A transfer function that is a power of the sample. */
export function power(exponent: number): Curve {
  return (value) => value ** exponent;
}

function smpte240ToLinear(value: number): number {
  return value < 0.0913 ? value / 4 : ((value + 0.1115) / 1.1115) ** (1 / 0.45);
}

/** A colour space of given primaries, whose three channels have the same curve. */
export function rgbSpace(name: string, primaries: Chromaticities, curve: Curve): ColourSpace {
  const toLinearSrgb = linearSrgbFrom(multiply(adaptToD50(primaries[3]), xyzFrom(primaries)));
  return { name, toLinear: [curve, curve, curve], toLinearSrgb };
}

/**
 * The colour space that code points of H.273 name, as a PNG chunk cICP or an AVIF box colr holds them.
 *
 * @returns undefined for sRGB and for what is not specified; the name alone of what cannot be converted.
 */
export function codePointSpace(
  primaries: number,
  transfer: number,
): ColourSpace | string | undefined {
  // 0 and 3 are reserved, 2 is "not specified".
  const isUnknown = (code: number): boolean => code === 0 || code === 2 || code === 3;
  const { name, xy } = (isUnknown(primaries) ? PRIMARIES[1] : PRIMARIES[primaries]) ?? {};
  const curve = isUnknown(transfer) ? srgbToLinear : TRANSFERS[transfer];
  const hdr = HDR_TRANSFERS[transfer];
  if (hdr) return `${name ?? 'unknown'} with ${hdr} (HDR)`;
  if (!xy || !name || !curve) return `colour code points ${primaries} and ${transfer}`;
  if (curve === srgbToLinear) {
    return xy === SRGB_PRIMARIES ? undefined : rgbSpace(name, xy, curve);
  }
  return rgbSpace(`${name} with transfer function ${transfer}`, xy, curve);
}

/**
 * The colour space of a gamma and primaries, either of which may be missing.
 *
 * @param gamma - the exponent that makes linear light of samples, such as 2.2.
 * @returns undefined if it is sRGB: its own primaries, and a gamma within 5 % of 2.2, as libpng compares them.
 */
export function gammaSpace(
  gamma: number | undefined,
  primaries: Chromaticities | undefined,
): ColourSpace | undefined {
  const isSrgbGamma = gamma === undefined || Math.abs(gamma / 2.2 - 1) < 0.05;
  const isSrgb = !primaries || differenceOf(primaries, SRGB_PRIMARIES) < 0.002;
  if (isSrgbGamma && isSrgb) return undefined;
  const curve = gamma === undefined ? srgbToLinear : power(gamma);
  const name = [
    ...(isSrgb ? [] : ['primaries of its own']),
    ...(gamma === undefined ? [] : [`gamma ${Number(gamma.toFixed(3))}`]),
  ].join(' and ');
  return rgbSpace(name, isSrgb ? SRGB_PRIMARIES : primaries, curve);
}

/** Adobe RGB (1998), which EXIF can name without an ICC profile. */
export function adobeRgb(): ColourSpace {
  const primaries: Chromaticities = [[0.64, 0.33], [0.21, 0.71], [0.15, 0.06], D65];
  return rgbSpace('Adobe RGB', primaries, power(563 / 256));
}

/** Whether chromaticities span a triangle with white inside: only then can colours be computed. */
export function arePlausible(primaries: Chromaticities): boolean {
  const [red, green, blue, white] = primaries;
  const side = ([ax, ay]: readonly number[], [bx, by]: readonly number[]): number =>
    (bx! - ax!) * (white[1] - ay!) - (by! - ay!) * (white[0] - ax!);
  const sides = [side(red, green), side(green, blue), side(blue, red)];
  const hasLight = primaries.every(([x, y]) => x >= 0 && y > 0 && x + y <= 1.001);
  return hasLight && (sides.every((s) => s > 1e-4) || sides.every((s) => s < -1e-4));
}

function differenceOf(a: Chromaticities, b: Chromaticities): number {
  return Math.max(...a.flatMap(([x, y], i) => [Math.abs(x - b[i]![0]), Math.abs(y - b[i]![1])]));
}

/** From linear light to CIE XYZ, white as it is. */
function xyzFrom([red, green, blue, white]: Chromaticities): Matrix {
  const [r, g, b] = [xyzOf(red), xyzOf(green), xyzOf(blue)];
  const columns = [r[0]!, g[0]!, b[0]!, r[1]!, g[1]!, b[1]!, r[2]!, g[2]!, b[2]!];
  const scale = apply(invert(columns), xyzOf(white));
  return columns.map((value, i) => value * scale[i % 3]!);
}

/** The XYZ of chromaticities at luminance 1. */
function xyzOf([x, y]: readonly [number, number]): readonly number[] {
  return [x / y, 1, (1 - x - y) / y];
}

/** Bradford's adaptation of a white to D50, the white of ICC profiles (ICC.1:2022, annex E). */
function adaptToD50(white: readonly [number, number]): Matrix {
  const cones = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296];
  const [from, to] = [apply(cones, xyzOf(white)), apply(cones, D50_XYZ)];
  const scaled = cones.map(
    (value, i) => (value * to[Math.floor(i / 3)]!) / from[Math.floor(i / 3)]!,
  );
  return multiply(invert(cones), scaled);
}

const XYZ_D50_OF_SRGB = multiply(adaptToD50(D65), xyzFrom(SRGB_PRIMARIES));

/** The matrix to linear sRGB of one to XYZ with white D50, as ICC profiles have it. */
export function linearSrgbFrom(xyzD50: Matrix): Matrix {
  return multiply(invert(XYZ_D50_OF_SRGB), xyzD50);
}

function apply(m: Matrix, v: readonly number[]): readonly number[] {
  return [0, 3, 6].map((row) => m[row]! * v[0]! + m[row + 1]! * v[1]! + m[row + 2]! * v[2]!);
}

function multiply(a: Matrix, b: Matrix): Matrix {
  return a.map((_, i) => {
    const [row, column] = [3 * Math.floor(i / 3), i % 3];
    return a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!;
  });
}

function invert([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  const [A, B, C] = [e! * i! - f! * h!, f! * g! - d! * i!, d! * h! - e! * g!];
  const determinant = a! * A + b! * B + c! * C;
  const cofactors = [
    ...[A, c! * h! - b! * i!, b! * f! - c! * e!],
    ...[B, a! * i! - c! * g!, c! * d! - a! * f!],
    ...[C, b! * g! - a! * h!, a! * e! - b! * d!],
  ];
  return cofactors.map((value) => value / determinant);
}
