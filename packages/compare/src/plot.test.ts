// What a plot draws, read from the SVG itself: every point with its words, in the right place.
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { type PlottedCurve, plotSvg } from './plot.js';

const curve = (name: string, isAnchor: boolean, bpps: readonly number[]): PlottedCurve => ({
  name,
  isAnchor,
  points: { psnr: bpps.map((bpp) => ({ bpp, score: 30 + 6 * Math.log2(bpp) })) },
  ...(isAnchor ? {} : { qualities: bpps.map((_, i) => 10 * (i + 1)) }),
});
const curves = [curve('nacre', false, [0.1, 0.2, 0.4]), curve('vtm', true, [0.15, 0.3, 9])];

/** Centre and words of each point. */
function dots(svg: string) {
  const { document } = parseHTML(svg);
  return [...document.querySelectorAll('circle')].map((circle) => ({
    x: Number(circle.getAttribute('cx')),
    y: Number(circle.getAttribute('cy')),
    words: circle.querySelector('title')?.textContent,
  }));
}

test('every point says what it is', () => {
  expect(dots(plotSvg(curves, 'psnr')).map(({ words }) => words)).toEqual([
    'vtm: 0.150 bpp, 13.58 dB',
    'vtm: 0.300 bpp, 19.58 dB',
    'nacre, quality 10: 0.100 bpp, 10.07 dB',
    'nacre, quality 20: 0.200 bpp, 16.07 dB',
    'nacre, quality 30: 0.400 bpp, 22.07 dB',
  ]);
});

test('the rate is on a logarithmic axis, and better is higher', () => {
  const [, , a, b, c] = dots(plotSvg(curves, 'psnr'));
  expect(b!.x - a!.x).toBeCloseTo(c!.x - b!.x, 6);
  expect(b!.x).toBeGreaterThan(a!.x);
  expect(b!.y - a!.y).toBeCloseTo(c!.y - b!.y, 6);
  expect(b!.y).toBeLessThan(a!.y);
});

test('a few anchors are named, many only where one points', () => {
  expect(plotSvg(curves, 'psnr')).toContain('>┄ vtm<');
  const many = Array.from({ length: 7 }, (_, i) => curve(`anchor-${i}`, true, [0.1, 0.2]));
  expect(plotSvg([...curves, ...many], 'psnr')).not.toContain('>┄ vtm<');
});

test('names are text, whatever is in them', () => {
  const svg = plotSvg([curve('<script>&', false, [0.1, 0.2])], 'psnr');
  expect(svg).not.toContain('<script>');
  expect(dots(svg)[0]!.words).toMatch(/^<script>&, quality 10/);
});

test('a distance is drawn upside down, and labelled as it is', () => {
  const points = { butteraugli: [1, 2, 4].map((bpp) => ({ bpp, score: -4 / bpp })) };
  const svg = plotSvg([{ name: 'nacre', isAnchor: false, points }], 'butteraugli');
  const [worst, , best] = dots(svg);
  expect(best!.y).toBeLessThan(worst!.y);
  expect([worst!.words, best!.words]).toEqual([
    'nacre: 1.000 bpp, 4.000',
    'nacre: 4.000 bpp, 1.000',
  ]);
});

test('nothing to draw is drawn as nothing', () => {
  expect(plotSvg([], 'psnr')).toMatch(/^<svg/);
  expect(plotSvg([curve('one', false, [0.2])], 'psnr')).not.toMatch(/NaN|Infinity/);
});
