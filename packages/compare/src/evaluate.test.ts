// Figures from made-up measurements whose differences are known.
import { expect, test } from 'vitest';
import type { Curve } from './anchor.js';
import {
  curveOf,
  differencesOf,
  imageByImage,
  meanCurves,
  meansAtRates,
  rivalOf,
  stepsNotUp,
  withoutMetric,
} from './evaluate.js';
import type { Measurement } from './measure.js';

/** Five qualities of a codec that needs a share of the bits of another for the same PSNR. */
function sweep(codec: string, image: string, share: number): Measurement[] {
  return [1, 2, 3, 4, 5].map((quality) => ({
    image,
    codec,
    quality,
    width: 100,
    height: 100,
    bytes: 1250 * share * 2 ** quality,
    bpp: share * 2 ** quality,
    values: { psnr: 20 + 3 * quality, 'ms-ssim': 1 - 0.5 ** quality },
    failures: {},
    encodeMs: 1,
    decodeMs: 1,
  }));
}

const measurements = [
  ...sweep('nacre', 'easy', 0.5),
  ...sweep('nacre', 'hard', 0.9),
  ...sweep('jpeg', 'easy', 1),
  ...sweep('jpeg', 'hard', 1),
  ...sweep('avif', 'easy', 0.7),
  ...sweep('avif', 'hard', 0.7),
];
const METRICS = ['psnr', 'ms-ssim'] as const;
const curves = ['nacre', 'jpeg', 'avif'].map((name) =>
  curveOf(name, meanCurves(name, measurements, METRICS)),
);

test('a known share of the bits is the BD-rate, and the other way round its inverse', () => {
  const differences = differencesOf(METRICS, curves, [], measurements);
  expect(differences).toHaveLength(2 * 3 * 2);
  const percent = (one: string, other: string) =>
    differences.find(
      ({ metric, test, anchor }) => metric === 'psnr' && test === one && anchor === other,
    )!.rate!.percent;
  expect(percent('nacre', 'jpeg')).toBeCloseTo(-30, 9);
  expect(percent('jpeg', 'nacre')).toBeCloseTo(100 / 0.7 - 100, 9);
  expect(percent('nacre', 'avif')).toBeCloseTo(0, 9);
});

test('BD-rates of single images are averaged beside that of the mean curves', () => {
  const [first] = differencesOf(METRICS, curves, [], measurements);
  expect(first).toMatchObject({ metric: 'psnr', test: 'nacre', anchor: 'jpeg' });
  // −50 % on one image, −10 % on the other.
  expect(first!.rateByImage!.percent).toBeCloseTo(-30, 9);
  expect(first!.rateByImage!.images).toBe(2);
});

test('a metric’s interval of scores limits its BD-rates', () => {
  // The same codec, but for scores above 88, where it wastes bits.
  const points = [20, 40, 60, 80, 88, 95].map((score) => ({ bpp: score / 40, score }));
  const wasteful = points.map((point) => (point.score > 88 ? { ...point, bpp: 9 } : point));
  const [difference] = differencesOf(
    ['ssimulacra2'],
    [{ name: 'wasteful', points: { ssimulacra2: wasteful } }],
    [{ name: 'published', points: { ssimulacra2: points } }],
    [],
  );
  expect(difference!.rate).toMatchObject({ low: 30, high: 88 });
  expect(Math.abs(difference!.rate!.percent)).toBeLessThan(1);
});

test('means at a rate are read off the curves, where they reach it', () => {
  const codec = (name: string) => ({ name, curves: meanCurves(name, measurements, METRICS) });
  const [psnr025, psnr06] = meansAtRates(['psnr'], ['nacre', 'jpeg'].map(codec));
  // The curves begin at 1.4 and at 2 bits per pixel.
  expect([psnr025!.bpp, psnr025!.values, psnr06!.values]).toEqual([0.25, {}, {}]);
  const cheap = measurements.map((one) => ({ ...one, bpp: one.bpp / 8 }));
  const [at025] = meansAtRates(
    ['psnr'],
    [{ name: 'jpeg', curves: meanCurves('jpeg', cheap, METRICS) }],
  );
  expect(at025!.values.jpeg).toBeCloseTo(23, 9); // exactly its first point
});

test('anchors are compared with in the metrics they have, and with too few points say so', () => {
  const anchors: Curve[] = [
    { name: 'published', points: { psnr: curves[1]!.points.psnr! } },
    { name: 'short', points: { psnr: curves[1]!.points.psnr!.slice(0, 3) } },
  ];
  const against = differencesOf(METRICS, [curves[0]!], anchors, measurements);
  expect(against.map(({ metric, anchor }) => [metric, anchor])).toEqual([
    ['psnr', 'published'],
    ['psnr', 'short'],
  ]);
  expect(against[0]!.rate!.percent).toBeCloseTo(-30, 9);
  expect(against[1]).toMatchObject({
    reason: 'Expected at least 4 points for anchor but received 3',
  });
  expect(against[1]).not.toHaveProperty('rate');
});

test('the rival is the codec that the first one gains least against', () => {
  expect(rivalOf(differencesOf(METRICS, curves, [], measurements), 'psnr', curves)).toBe('avif');
  expect(rivalOf([], 'psnr', curves)).toBeUndefined();
});

test('images come from best to worst', () => {
  const rows = imageByImage(measurements, 'psnr', 'nacre', 'avif');
  expect(rows.map(({ image }) => image)).toEqual(['easy', 'hard']);
  expect(rows[0]!.percent).toBeCloseTo(500 / 7 - 100, 9);
  expect(rows[1]!.percent).toBeCloseTo(900 / 7 - 100, 9);
});

test('an image that a metric failed on counts in none of that metric’s curves', () => {
  const [first, ...rest] = measurements;
  const failures = { 'ms-ssim': 'too small' };
  const broken = [{ ...first!, values: { psnr: 23 }, failures }, ...rest];
  expect([...withoutMetric(broken, 'ms-ssim')]).toEqual([['easy', 'too small']]);
  const jpeg = meanCurves('jpeg', broken, METRICS);
  const nacre = meanCurves('nacre', broken, METRICS);
  expect(nacre['ms-ssim']![0]!.bpp).toBeCloseTo(1.8, 9); // the hard image alone
  expect(jpeg['ms-ssim']).toHaveLength(5);
  expect(nacre.psnr![0]!.bpp).toBeCloseTo(1.4, 9); // the mean of both
});

test('sizes that do not rise with quality are noticed', () => {
  const flat = measurements.map((one) => ({ ...one, bytes: 100 }));
  expect(stepsNotUp('jpeg', meanCurves('jpeg', measurements, METRICS))).toEqual([]);
  expect(stepsNotUp('jpeg', meanCurves('jpeg', flat, METRICS))[0]).toContain('quality 1 to 2');
});
