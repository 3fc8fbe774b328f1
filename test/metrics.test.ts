// PSNR of codec against the training package's, and MS-SSIM of compare against pytorch-msssim. Takes the
// samples; with NACRE_FULL=1 every Kodak image of ../shared too, where that is.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { psnr } from '@nacre/codec';
import { codedOfBytes, msSsim, sharpCodec } from '@nacre/compare';
import { readImage, writeImage } from '@nacre/node';
import { expect, test } from 'vitest';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const TRAINING = path('../packages/training');
const PYTHON = join(
  TRAINING,
  process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python',
);
const KODAK = path('../../shared/data/kodak');

/** Prints a line with PSNR and MS-SSIM for each pair of arguments. */
const SCRIPT = `
import sys
from pathlib import Path
import torch
from nacre.evaluate import ms_ssim, psnr, read_image
torch.set_num_threads(1)
for pair in zip(sys.argv[1::2], sys.argv[2::2]):
    a, b = (read_image(Path(file)) for file in pair)
    print(psnr(a, b), ms_ssim(a, b))
`;

const installed = existsSync(PYTHON);
test.skipIf(!installed)(
  'PSNR within 0.01 dB, MS-SSIM within 1e-4',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nacre-metrics-'));
    // The raccoon's sides are even to the coarsest scale; cut to odd ones, edges count.
    const files = ['raccoon', 'pagoda'].map((name) => path(`../samples/${name}.png`));
    if (process.env.NACRE_FULL === '1' && existsSync(KODAK)) {
      const names = (await readdir(KODAK)).filter((name) => name.endsWith('.png'));
      files.push(...names.map((name) => join(KODAK, name)));
    }
    const pairs: string[] = [];
    const ours: { file: string; psnr: number; msSsim: number }[] = [];
    for (const [i, file] of files.entries()) {
      const whole = await readImage(file);
      const rows = i === 0 ? whole.height - 3 : whole.height;
      const { width } = whole;
      const image = {
        width,
        height: rows,
        channels: 3 as const,
        data: whole.data.subarray(0, 3 * width * rows),
      };
      // From 0.15 to 0.9 bpp, so that the metrics see slight and heavy losses.
      const target = (width * rows * (0.15 + 0.15 * (i % 6))) / 8;
      const { image: decoded } = await codedOfBytes(sharpCodec('jpeg'), image, target);
      for (const [j, one] of [image, decoded].entries()) {
        const written = join(folder, `${i}-${j}-${basename(file)}`);
        await writeImage(written, one);
        pairs.push(written);
      }
      ours.push({ file, psnr: psnr(image, decoded), msSsim: msSsim(image, decoded) });
    }
    const run = promisify(execFile);
    const { stdout } = await run(PYTHON, ['-c', SCRIPT, ...pairs], { cwd: TRAINING });
    const theirs = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    expect(theirs).toHaveLength(files.length);
    const worst = { psnr: 0, msSsim: 0 };
    for (const [i, one] of ours.entries()) {
      worst.psnr = Math.max(worst.psnr, Math.abs(one.psnr - theirs[i]![0]!));
      worst.msSsim = Math.max(worst.msSsim, Math.abs(one.msSsim - theirs[i]![1]!));
    }
    if (process.env.NACRE_FULL === '1')
      console.log(`Largest differences: ${JSON.stringify(worst)}`);
    expect(worst.psnr).toBeLessThan(0.01);
    expect(worst.msSsim).toBeLessThan(1e-4);
    await rm(folder, { recursive: true });
  },
  600_000,
);

if (!installed) {
  console.warn(`PSNR and MS-SSIM are NOT compared with Python's: ${PYTHON} is not there.`);
}
