// How fast SSIMULACRA 2 is: one operation is a megapixel, so "hz" is Mpixel/s. Beside it PSNR and MS-SSIM.
import { psnr, type RawImage, ssimulacra2 } from '@nacre/codec';
import { msSsim } from '@nacre/compare';
import { bench, describe } from 'vitest';
import { photograph } from './images.js';

describe('score a megapixel, one core', () => {
  const original = photograph(1000, 1000);
  const data = original.data.map((value, i) => value ^ (i % 7 === 0 ? 3 : 0));
  const distorted: RawImage = { ...original, data };
  const options = { time: 2000, warmupIterations: 1 };
  bench('SSIMULACRA 2', () => void ssimulacra2(original, distorted), options);
  bench('MS-SSIM', () => void msSsim(original, distorted), options);
  bench('PSNR', () => void psnr(original, distorted), options);
});
