// Bjøntegaard deltas: how many per cent of bits one codec saves against another at equal quality, and
// how much better it is at equal rate.
// Source: G. Bjøntegaard, "Calculation of average PSNR differences between RD-curves", VCEG-M33,
// 2001, with PCHIP in place of the single cubic, as JVET does since VCEG-AL22.
import { expectedButReceived } from '@nacre/codec/internal';
import { integrate, type Pchip, pchip } from './pchip.js';

/** One point of a rate-distortion curve. */
export interface RatePoint {
  /** Bits per pixel, above 0. */
  readonly bpp: number;
  /** The quality at that rate, where more is better, such as PSNR in dB. */
  readonly score: number;
}

/** A BD-rate and the interval it holds for. */
export interface BdRate {
  /** Mean rate difference in per cent; below 0 where the tested codec needs fewer bits. */
  readonly percent: number;
  /** Lower end of the interval of scores that both curves cover. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/** A BD-PSNR, or the same of another score, and the interval it holds for. */
export interface BdScore {
  /** Mean difference of the score, in its unit; above 0 where the tested codec is better. */
  readonly gain: number;
  /** Lower end of the interval of rates that both curves cover, in bits per pixel. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/**
 * BD-rate: the mean difference of log rate over the scores common to both curves, in per cent.
 *
 * @param anchor - the curve compared against, 4 or more points in any order
 * @param test - the tested curve, 4 or more points in any order
 * @param scores - an interval to stay within; by default there is no limit
 * @returns the difference and its interval
 * @throws TypeError if a curve is not an array
 * @throws RangeError if a curve has fewer than 4 points, a point that is not finite or has no bits, or two
 *   points of the same score, or if the curves have no interval in common
 * @example
 * ```ts
 * bdRate(jpegCurve, nacreCurve).percent; // −45: nacre needs 45 % fewer bits
 * ```
 */
export function bdRate(
  anchor: readonly RatePoint[],
  test: readonly RatePoint[],
  scores: readonly [low: number, high: number] = [-Infinity, Infinity],
): BdRate {
  const [a, b] = [checked(anchor, 'anchor'), checked(test, 'test')].map((points) => {
    const sorted = points.toSorted((p, q) => p.score - q.score);
    return pchip(
      sorted.map(({ score }) => score),
      sorted.map(({ bpp }) => Math.log(bpp)),
    );
  }) as [Pchip, Pchip];
  if (!Array.isArray(scores)) {
    throw new TypeError(expectedButReceived('array of two numbers', 'scores', scores));
  }
  const { mean, low, high } = meanDifference(a, b, 'scores', Number, scores);
  return { percent: 100 * (Math.exp(mean) - 1), low, high };
}

/**
 * BD-PSNR, or the same of another score: the mean difference of the score over the log rates common
 * to both curves.
 *
 * @param anchor - the curve compared against, 4 or more points in any order
 * @param test - the tested curve, 4 or more points in any order
 * @returns the difference and its interval
 * @throws as {@link bdRate}, with rates in place of scores
 * @example
 * ```ts
 * bdScore(jpegCurve, nacreCurve).gain; // 2.1: nacre is 2.1 dB better
 * ```
 */
export function bdScore(anchor: readonly RatePoint[], test: readonly RatePoint[]): BdScore {
  const [a, b] = [checked(anchor, 'anchor'), checked(test, 'test')].map((points) => {
    const sorted = points.toSorted((p, q) => p.bpp - q.bpp);
    return pchip(
      sorted.map(({ bpp }) => Math.log(bpp)),
      sorted.map(({ score }) => score),
    );
  }) as [Pchip, Pchip];
  const { mean, low, high } = meanDifference(a, b, 'rates', Math.exp);
  return { gain: mean, low: Math.exp(low), high: Math.exp(high) };
}

/** Mean of b − a over the interval that both cover. */
function meanDifference(
  a: Pchip,
  b: Pchip,
  of: string,
  shown: (x: number) => number,
  [least, most]: readonly [number, number] = [-Infinity, Infinity],
) {
  const low = Math.max(a.x[0]!, b.x[0]!, least);
  const high = Math.min(a.x.at(-1)!, b.x.at(-1)!, most);
  if (!(low < high)) {
    const [one, other] = [a, b].map(({ x }) =>
      [x[0]!, x.at(-1)!].map((end) => shown(end).toFixed(2)).join('..'),
    );
    throw new RangeError(
      `Expected curves with an interval of ${of} in common but received ${one} and ${other}`,
    );
  }
  return { mean: (integrate(b, low, high) - integrate(a, low, high)) / (high - low), low, high };
}

function checked(points: readonly RatePoint[], name: string): readonly RatePoint[] {
  if (!Array.isArray(points)) {
    throw new TypeError(expectedButReceived('array of points', name, points));
  }
  if (points.length < 4) {
    throw new RangeError(`Expected at least 4 points for ${name} but received ${points.length}`);
  }
  for (const { bpp, score } of points as readonly RatePoint[]) {
    if (!(Number.isFinite(bpp) && bpp > 0 && Number.isFinite(score))) {
      throw new RangeError(
        `Expected finite rates above 0 and finite scores for ${name} but received ${bpp} bpp, ${score}`,
      );
    }
  }
  return points;
}
