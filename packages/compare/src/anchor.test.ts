// Curve files come back as they were written, and what is no curve is refused with its name.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCurve, writeCurve } from './anchor.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-curve-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('what is written is read again, MS-SSIM as it is published and not in decibels', async () => {
  const file = join(folder, 'mine.json');
  const points = {
    psnr: [
      { bpp: 0.1, score: 28 },
      { bpp: 0.4, score: 32.5 },
    ],
    'ms-ssim': [
      { bpp: 0.1, score: 10 },
      { bpp: 0.4, score: 20 },
    ],
  };
  await writeCurve(file, { name: 'mine', points }, 'made up');
  const read = await readCurve(file);
  expect(read.points.psnr).toEqual(points.psnr);
  expect(read.points['ms-ssim']!.map(({ score }) => Math.round(1e9 * score) / 1e9)).toEqual([
    10, 20,
  ]);
  const json = await import(file, { with: { type: 'json' } });
  expect(json.default.results['ms-ssim-rgb']).toEqual([0.9, 0.99]);
});

test.each([
  ['no JSON', 'bpp,psnr'],
  ['null', 'null'],
  ['another layout', '{"bpp": [1]}'],
  ['lists of different lengths', '{"results": {"bpp": [1, 2], "psnr-rgb": [30]}}'],
  ['words', '{"results": {"bpp": ["a"], "psnr-rgb": ["b"]}}'],
])('%s is refused', async (_, content) => {
  const file = join(folder, 'bad.json');
  await writeFile(file, content);
  await expect(readCurve(file)).rejects.toThrow(/^Expected .+bad\.json/);
});
