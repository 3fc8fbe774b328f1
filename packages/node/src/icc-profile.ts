// What an ICC profile does (ICC.1:2022): nothing that can be used, a matrix and curves, which to-srgb.ts
// computes to the last bit of 16, or a table of colours, which is left to libvips.

import {
  type ColourSpace,
  type Curve,
  linearSrgbFrom,
  linearToSrgb,
  type Matrix,
} from './colour-space.js';

/** A profile that has been looked at. */
export type Profile =
  /** It cannot be used. */
  | { readonly kind: 'unusable'; readonly reason: string }
  /** It says what is assumed without it. */
  | { readonly kind: 'srgb' }
  | { readonly kind: 'curves'; readonly space: ColourSpace }
  | { readonly kind: 'table' };

/** The colours of an image, as the signature in a profile names them. */
export type ProfileSpace = 'RGB ' | 'GRAY' | 'CMYK' | 'Lab ';

/** The header and the number of tags; and the bytes of an entry in the table of tags. */
const TABLE = 132;
const ENTRY_BYTES = 12;

/** Classes of profiles that say what the colours of an image are: scanner, monitor, printer, colour space. */
const CLASSES = ['scnr', 'mntr', 'prtr', 'spac'];

/** Types of the elements that hold a table of colours. */
const TABLE_TYPES = ['mft1', 'mft2', 'mAB '];

const MATRIX_TAGS = ['rXYZ', 'gXYZ', 'bXYZ'] as const;
const CURVE_TAGS = ['rTRC', 'gTRC', 'bTRC'] as const;

type Xyz = readonly number[];

/** So far may a curve be from sRGB's, in 0..1, to count as the same: under half a step of 8 bits. */
const SAME_CURVE = 1.5e-3;
const SAME_MATRIX = 4e-3;

/**
 * Looks at a profile.
 *
 * @param icc - any bytes.
 * @param space - the colours of the image that it is embedded in.
 * @example
 * ```ts
 * const profile = readProfile(icc, 'RGB ');
 * if (profile.kind === 'unusable') console.warn(profile.reason);
 * ```
 */
export function readProfile(icc: Uint8Array, space: ProfileSpace): Profile {
  const damaged = { kind: 'unusable', reason: 'it is damaged' } as const;
  if (icc.length < TABLE || signature(icc, 36) !== 'acsp') return damaged;
  const named = signature(icc, 16);
  if (named !== space) {
    const reason = `it is for ${nameOf(named)}, not for ${nameOf(space)}`;
    return { kind: 'unusable', reason };
  }
  if (!CLASSES.includes(signature(icc, 12))) {
    return { kind: 'unusable', reason: 'it does not describe the colours of an image' };
  }
  const tags = tagsOf(icc);
  if (!tags) return damaged;
  const table = tags.get('A2B0') ?? tags.get('A2B1');
  if (table) return TABLE_TYPES.includes(signature(table, 0)) ? { kind: 'table' } : damaged;
  if (space === 'GRAY') {
    const curve = curveOf(tags.get('kTRC'));
    return curve ? simplify([curve]) : damaged;
  }
  if (space !== 'RGB ') return damaged;
  const curves: readonly (Curve | undefined)[] = CURVE_TAGS.map((tag) => curveOf(tags.get(tag)));
  const columns: readonly (Xyz | undefined)[] = MATRIX_TAGS.map((tag) => xyzOf(tags.get(tag)));
  if (!areAll(curves) || !areAll(columns)) return damaged;
  const matrix = [0, 1, 2].flatMap((row) => columns.map((xyz) => xyz[row]!));
  const toLinearSrgb = linearSrgbFrom(matrix);
  return toLinearSrgb.every(Number.isFinite) ? simplify(curves, toLinearSrgb) : damaged;
}

/** What is said of a profile that cannot be used. */
export function ignoredProfile(reason: string): string {
  return `Ignored the embedded ICC profile: ${reason}`;
}

function nameOf(space: string): string {
  const names: Record<string, string> = { 'RGB ': 'RGB', GRAY: 'greyscale', 'Lab ': 'CIELAB' };
  return names[space] ?? (/^[\w ]{4}$/.test(space) ? space.trim() : 'unknown colours');
}

function simplify(toLinear: readonly Curve[], toLinearSrgb?: Matrix): Profile {
  const isIdentity = toLinearSrgb?.every((v, i) => Math.abs(v - (i % 4 ? 0 : 1)) < SAME_MATRIX);
  const isSrgbCurve = (curve: Curve): boolean => {
    const places = Array.from({ length: 52 }, (_, i) => i / 51);
    return places.every((v) => Math.abs(linearToSrgb(curve(v)) - v) < SAME_CURVE);
  };
  if (isIdentity !== false && toLinear.every(isSrgbCurve)) return { kind: 'srgb' };
  return { kind: 'curves', space: { name: 'the embedded ICC profile', toLinear, toLinearSrgb } };
}

/** The elements by the signature of their tag; undefined if one is not within the profile. */
function tagsOf(icc: Uint8Array): Map<string, Uint8Array> | undefined {
  const view = viewOf(icc);
  const size = view.getUint32(0);
  const count = view.getUint32(TABLE - 4);
  const end = TABLE + ENTRY_BYTES * count;
  if (size > icc.length || end > size) return undefined;
  const tags = new Map<string, Uint8Array>();
  for (let at = TABLE; at < end; at += ENTRY_BYTES) {
    const [start, length] = [view.getUint32(at + 4), view.getUint32(at + 8)];
    if (start + length > size) return undefined;
    tags.set(signature(icc, at), icc.subarray(start, start + length));
  }
  return tags;
}

/** The first XYZ number of an element of type XYZ. */
function xyzOf(element: Uint8Array | undefined): Xyz | undefined {
  if (!element || element.length < 20 || signature(element, 0) !== 'XYZ ') return undefined;
  return [8, 12, 16].map((at) => fixed(element, at));
}

/** The curve of an element of type curv or para (sections 10.6 and 10.18). */
function curveOf(element: Uint8Array | undefined): Curve | undefined {
  if (!element || element.length < 12) return undefined;
  const type = signature(element, 0);
  if (type === 'curv') return sampledCurve(element);
  return type === 'para' ? parametricCurve(element) : undefined;
}

function sampledCurve(element: Uint8Array): Curve | undefined {
  const view = viewOf(element);
  const count = view.getUint32(8);
  if (count === 0) return (value) => value;
  if (12 + 2 * count > element.length) return undefined;
  if (count === 1) {
    const exponent = view.getUint16(12) / 256;
    return (value) => value ** exponent;
  }
  const samples = Float64Array.from(
    { length: count },
    (_, i) => view.getUint16(12 + 2 * i) / 65_535,
  );
  return (value) => {
    const at = Math.max(0, Math.min(1, value)) * (count - 1);
    const i = Math.min(count - 2, Math.floor(at));
    return samples[i]! + (at - i) * (samples[i + 1]! - samples[i]!);
  };
}

/** How many numbers each of the five functions takes. */
const PARAMETERS = [1, 3, 4, 5, 7];

function parametricCurve(element: Uint8Array): Curve | undefined {
  const type = viewOf(element).getUint16(8);
  const count = PARAMETERS[type];
  if (count === undefined || element.length < 12 + 4 * count) return undefined;
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, i) =>
    fixed(element, 12 + 4 * i),
  );
  const curved = (value: number): number => Math.max(0, a * value + b) ** g;
  switch (type) {
    case 0:
      return (value) => value ** g;
    case 1:
      return (value) => (value >= -b / a ? curved(value) : 0);
    case 2:
      return (value) => (value >= -b / a ? curved(value) + c : c);
    case 3:
      return (value) => (value >= d ? curved(value) : c * value);
    default:
      return (value) => (value >= d ? curved(value) + e : c * value + f);
  }
}

/** A number of type s15Fixed16. */
function fixed(bytes: Uint8Array, at: number): number {
  return viewOf(bytes).getInt32(at) / 65_536;
}

function areAll<T>(values: readonly (T | undefined)[]): values is readonly T[] {
  return !values.includes(undefined);
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

function signature(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
