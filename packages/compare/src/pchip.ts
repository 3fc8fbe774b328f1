// Piecewise cubic Hermite interpolation that keeps the data's monotony (PCHIP), and its integral.
// Own code: the registry has no maintained package for it. Slopes as in Fritsch and Butland, which
// meets the conditions of Fritsch and Carlson ("Monotone piecewise cubic interpolation", SIAM J.
// Numer. Anal. 17, 1980); end slopes by their three-point formula. The same choice as SciPy's.

/** A piecewise cubic through given points. */
export interface Pchip {
  /** The points' abscissae, strictly increasing. */
  readonly x: readonly number[];
  /** The values there. */
  readonly y: readonly number[];
  /** The slopes there. */
  readonly slopes: readonly number[];
}

/**
 * Fits the interpolant.
 *
 * @param x - strictly increasing abscissae, at least 3
 * @param y - as many values
 * @throws RangeError if the lengths differ, are below 3, or x does not strictly increase
 * @example
 * ```ts
 * integrate(pchip([0, 1, 2], [0, 1, 2]), 0, 2); // 2
 * ```
 */
export function pchip(x: readonly number[], y: readonly number[]): Pchip {
  const n = x.length;
  if (n < 3 || y.length !== n) {
    throw new RangeError(`Expected 3 or more points for x and y but received ${n} and ${y.length}`);
  }
  const widths: number[] = [];
  const secants: number[] = [];
  for (let i = 0; i + 1 < n; i++) {
    const width = x[i + 1]! - x[i]!;
    if (!(width > 0)) {
      throw new RangeError(
        `Expected strictly increasing x but received ${x[i]} before ${x[i + 1]}`,
      );
    }
    widths.push(width);
    secants.push((y[i + 1]! - y[i]!) / width);
  }
  const slopes = [endSlope(widths[0]!, widths[1]!, secants[0]!, secants[1]!)];
  for (let i = 1; i + 1 < n; i++) {
    const left = secants[i - 1]!;
    const right = secants[i]!;
    if (left * right <= 0) {
      slopes.push(0); // a local extremum: any other slope would overshoot it
      continue;
    }
    const weightLeft = 2 * widths[i]! + widths[i - 1]!;
    const weightRight = widths[i]! + 2 * widths[i - 1]!;
    slopes.push((weightLeft + weightRight) / (weightLeft / left + weightRight / right));
  }
  slopes.push(endSlope(widths[n - 2]!, widths[n - 3]!, secants[n - 2]!, secants[n - 3]!));
  return { x, y, slopes };
}

/** Three-point slope at an end, limited so that the end piece stays monotone. */
function endSlope(width: number, nextWidth: number, secant: number, nextSecant: number): number {
  const slope = ((2 * width + nextWidth) * secant - width * nextSecant) / (width + nextWidth);
  if (slope * secant <= 0) return 0;
  if (secant * nextSecant < 0 && Math.abs(slope) > 3 * Math.abs(secant)) return 3 * secant;
  return slope;
}

/**
 * The exact integral of the interpolant.
 *
 * @param curve - what {@link pchip} made
 * @param from - lower end, within the points
 * @param to - upper end, within the points, not below `from`
 * @throws RangeError if the interval leaves the points
 */
export function integrate(curve: Pchip, from: number, to: number): number {
  const { x } = curve;
  if (!(x[0]! <= from && from <= to && to <= x[x.length - 1]!)) {
    throw new RangeError(
      `Expected an interval within ${x[0]}..${x[x.length - 1]} but received ${from}..${to}`,
    );
  }
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const lower = Math.max(from, x[i]!);
    const upper = Math.min(to, x[i + 1]!);
    if (lower < upper) sum += pieceIntegral(curve, i, upper) - pieceIntegral(curve, i, lower);
  }
  return sum;
}

/**
 * The value of the interpolant.
 *
 * @param curve - what {@link pchip} made
 * @param at - within the points
 * @throws RangeError if it is not
 */
export function interpolate(curve: Pchip, at: number): number {
  const { x, y } = curve;
  if (!(x[0]! <= at && at <= x.at(-1)!)) {
    throw new RangeError(`Expected number in ${x[0]}..${x.at(-1)} but received ${at}`);
  }
  const i = Math.max(0, x.findIndex((right) => at <= right) - 1);
  const { slope, quadratic, cubic } = piece(curve, i);
  const t = at - x[i]!;
  return y[i]! + t * (slope + t * (quadratic + t * cubic));
}

/** Integral of piece i from its left end to `at`. */
function pieceIntegral(curve: Pchip, i: number, at: number): number {
  const { slope, quadratic, cubic } = piece(curve, i);
  const t = at - curve.x[i]!;
  return t * (curve.y[i]! + t * (slope / 2 + t * (quadratic / 3 + (t * cubic) / 4)));
}

/** The Taylor coefficients of piece i at its left end. */
function piece({ x, y, slopes }: Pchip, i: number) {
  const width = x[i + 1]! - x[i]!;
  const secant = (y[i + 1]! - y[i]!) / width;
  const slope = slopes[i]!;
  const quadratic = (3 * secant - 2 * slope - slopes[i + 1]!) / width;
  const cubic = (slope + slopes[i + 1]! - 2 * secant) / width ** 2;
  return { slope, quadratic, cubic };
}
