// BD-rate on curves with a known answer, and on published curves where the data set is at hand.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readCurve } from './anchor.js';
import { bdRate, bdScore, type RatePoint } from './bd-rate.js';

const curve: RatePoint[] = [
  { bpp: 0.15, score: 26.1 },
  { bpp: 0.31, score: 28.9 },
  { bpp: 0.62, score: 31.8 },
  { bpp: 1.02, score: 34 },
  { bpp: 1.9, score: 37.2 },
];

test('equal curves differ by nothing', () => {
  const { percent, low, high } = bdRate(curve, curve);
  expect(percent).toBeCloseTo(0, 10);
  expect([low, high]).toEqual([26.1, 37.2]);
});

test('a fifth fewer bits everywhere is −20 %, in any order of points', () => {
  const cheaper = curve.map(({ bpp, score }) => ({ bpp: 0.8 * bpp, score })).reverse();
  expect(bdRate(curve, cheaper).percent).toBeCloseTo(-20, 10);
  expect(bdRate(cheaper, curve).percent).toBeCloseTo(25, 10);
});

test('only the common interval counts', () => {
  // log2 of the rate is linear in PSNR on both curves, one octave per 6 dB, 3 dB apart.
  const line = (scores: number[], shift: number): RatePoint[] =>
    scores.map((score) => ({ score, bpp: 2 ** ((score - shift) / 6) }));
  const [anchor, tested] = [line([20, 25, 30, 35], 0), line([28, 32, 36, 44], 3)];
  const rate = bdRate(anchor, tested);
  expect([rate.low, rate.high]).toEqual([28, 35]);
  expect(rate.percent).toBeCloseTo(100 * (2 ** -0.5 - 1), 10);
  const score = bdScore(anchor, tested);
  expect(score.low).toBeCloseTo(2 ** (25 / 6), 10);
  expect(score.high).toBeCloseTo(2 ** (35 / 6), 10);
  expect(score.gain).toBeCloseTo(3, 10);
});

test('curves that allow no comparison are refused', () => {
  const louder = curve.map(({ bpp, score }) => ({ bpp, score: score + 20 }));
  expect(() => bdRate(curve, louder)).toThrow(
    'Expected curves with an interval of scores in common but received 26.10..37.20 and 46.10..57.20',
  );
  const longer = curve.map(({ bpp, score }) => ({ bpp: 20 * bpp, score }));
  expect(() => bdScore(curve, longer)).toThrow(
    'Expected curves with an interval of rates in common but received 0.15..1.90 and 3.00..38.00',
  );
  expect(() => bdRate(curve.slice(0, 3), curve)).toThrow(
    'Expected at least 4 points for anchor but received 3',
  );
  expect(() => bdRate(curve, [...curve, { bpp: 2, score: 37.2 }])).toThrow('strictly increasing');
  expect(() => bdRate(curve, [...curve, { bpp: 3, score: Infinity }])).toThrow('finite');
});

const published = fileURLToPath(new URL('../../../../shared/anchors/kodak_rd/', import.meta.url));
describe.skipIf(!existsSync(published))('published curves on Kodak', () => {
  test.each([
    ['jpeg', 'compressai-bmshj2018-hyperprior_mse_cuda', -55],
    ['jpeg', 'vtm', -67.6],
    ['vtm', 'x-elic-official', -7.4],
  ])('against %s, %s saves %f %', async (anchor, tested, expected) => {
    const [a, b] = await Promise.all(
      [anchor, tested].map((name) => readCurve(`${published}${name}.json`)),
    );
    const { percent } = bdRate(a!.points.psnr!, b!.points.psnr!);
    expect(Math.abs(percent - expected)).toBeLessThanOrEqual(0.2);
  });
});

if (!existsSync(published)) {
  console.warn(`BD-rate is NOT tested on published curves: ${published} is not there.`);
}
