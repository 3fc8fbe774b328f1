// SSIMULACRA 2 on photographs, against reference scores: crops of samples/ and their JPEG, WebP, AVIF and blurred
// versions, scored by the Rust crate ssimulacra2 0.5.1.
//
// A larger check, run once: 68 pairs of Kodak and gb82, whole and cut to sizes between 8×8 and 511×333, as JPEG
// (quality 5 to 99), WebP and AVIF. Mean difference from the crate 0.02; the largest 0.08 from 100×100 pixels on,
// 0.21 below (33×31). The crate itself differs by 0.13 between a build with and one without fused
// multiply-add. With the crate's polynomial for the power function in place of the exact sRGB curve,
// a model of its arithmetic gave its scores to 0.00001.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ssimulacra2 } from '@nacre/codec';
import { readImage } from '@nacre/node';
import { expect, test } from 'vitest';

const FIXTURES = new URL('fixtures/ssimulacra2/', import.meta.url);
const [, ...lines] = readFileSync(new URL('scores.tsv', FIXTURES), 'utf8').trim().split('\n');
const read = (name: string) => readImage(fileURLToPath(new URL(name, FIXTURES)));

test.each(lines.map((line) => line.split('\t')))('%s, %s', async (original, distorted, score) => {
  const received = ssimulacra2(await read(original!), await read(distorted!));
  expect(Math.abs(received - Number(score))).toBeLessThan(0.1);
});
