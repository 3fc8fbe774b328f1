// Bjøntegaard delta rate: how many per cent of bits one codec saves against another at equal PSNR.
// Takes curves, wherever they come from; measuring them is rate-distortion.ts's business.
// Source: G. Bjøntegaard, "Calculation of average PSNR differences between RD-curves", VCEG-M33,
// 2001, with PCHIP in place of the single cubic, as JVET does since VCEG-AL22.
import { expectedButReceived } from '@nacre/codec';
import { integrate, type Pchip, pchip } from './pchip.js';

/** One point of a rate-distortion curve. */
export interface RatePoint {
  /** Bits per pixel, above 0. */
  readonly bpp: number;
  /** Peak signal-to-noise ratio in decibels. */
  readonly psnr: number;
}

/** A BD-rate and the interval it holds for. */
export interface BdRate {
  /** Mean rate difference in per cent; below 0 where the tested codec needs fewer bits. */
  readonly percent: number;
  /** Lower end of the PSNR interval that both curves cover, in dB. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/**
 * Mean difference of log rate over the PSNR interval common to both curves, in per cent.
 *
 * @param anchor - the curve compared against, 4 or more points in any order
 * @param test - the tested curve, 4 or more points in any order
 * @returns the difference and its interval
 * @throws TypeError if a curve is no array
 * @throws RangeError if a curve has fewer than 4 points, a point that is not finite or has no
 *   bits, or two points of the same PSNR, or if the curves share no PSNR interval
 * @example
 * bdRate(jpegCurve, nacreCurve).percent; // −45: nacre needs 45 % fewer bits
 */
export function bdRate(anchor: readonly RatePoint[], test: readonly RatePoint[]): BdRate {
  const a = logRateCurve(anchor, 'anchor');
  const b = logRateCurve(test, 'test');
  const low = Math.max(a.x[0]!, b.x[0]!);
  const high = Math.min(a.x.at(-1)!, b.x.at(-1)!);
  if (!(low < high)) {
    const range = ({ x }: Pchip): string => `${x[0]!.toFixed(2)}..${x.at(-1)!.toFixed(2)} dB`;
    throw new RangeError(
      `Expected curves with a common PSNR interval but received ${range(a)} and ${range(b)}`,
    );
  }
  const difference = (integrate(b, low, high) - integrate(a, low, high)) / (high - low);
  return { percent: 100 * (Math.exp(difference) - 1), low, high };
}

function logRateCurve(points: readonly RatePoint[], name: string): Pchip {
  if (!Array.isArray(points)) {
    throw new TypeError(expectedButReceived('array of points', name, points));
  }
  if (points.length < 4) {
    throw new RangeError(`Expected at least 4 points for ${name} but received ${points.length}`);
  }
  for (const { bpp, psnr } of points) {
    if (!(Number.isFinite(bpp) && bpp > 0 && Number.isFinite(psnr))) {
      throw new RangeError(
        `Expected finite rates above 0 and finite PSNR for ${name} but received ${bpp} bpp, ${psnr} dB`,
      );
    }
  }
  const sorted = points.toSorted((p, q) => p.psnr - q.psnr);
  return pchip(
    sorted.map((point) => point.psnr),
    sorted.map((point) => Math.log(point.bpp)),
  );
}
