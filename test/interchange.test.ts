// Files travel: what is encoded on each runtime decodes on every other, and in the second decoder, to the
// same symbols and alpha, and to pixels at most 1 apart.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode, parse, psnr, type RawImage } from '@nacre/codec';
import { createRuntime } from '@nacre/node';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { hashOfSymbols } from './exactness.js';
import { photograph, worstDifference } from './images.js';
import { PYTHON, referenceDecode } from './reference-decoder.js';
import { modelOn, RUNTIMES, SHIPPED, TINY } from './runtimes.js';

// Browsers start, and WebGPU may run on the CPU.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

const FOLDER = existsSync(join(SHIPPED, 'scales.onnx')) ? SHIPPED : TINY;

const hasCuda = await createRuntime({ device: 'cuda' }).then(
  () => true,
  () => false,
);
if (!hasCuda) console.warn('Files are NOT exchanged with CUDA: there is none here.');
if (!PYTHON) console.warn('Files are NOT exchanged with the second decoder: npm test installs it.');

/** One of each kind; exactness.test.ts has their variants. */
const KINDS = [
  'onnxruntime-node, all, 2 threads',
  'onnxruntime-web WASM',
  'Chromium, WASM, 1 thread',
  'Chromium, WebGPU',
];
const ENDS = [
  ...RUNTIMES.filter(([name]) => KINDS.includes(name)),
  ...(hasCuda ? [['CUDA', () => createRuntime({ device: 'cuda' })] as const] : []),
];

/** A file, who wrote it, and what onnxruntime-node makes of it. */
interface Sent {
  readonly from: string;
  readonly bytes: Uint8Array;
  readonly symbolsSha256: string;
  readonly image: RawImage;
}

/** A photograph that fades to transparent. */
function fading(width: number, height: number): RawImage {
  const { data } = photograph(width, height);
  const faded = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    faded.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
    faded[4 * i + 3] = Math.min(255, 3 * (i % width));
  }
  return { width, height, channels: 4, data: faded };
}

const image = fading(100, 60);
const sent: Sent[] = [];
beforeAll(async () => {
  const model = await modelOn(await createRuntime(), FOLDER);
  for (const [from, makeRuntime] of ENDS) {
    const sender = await modelOn(await makeRuntime(), FOLDER);
    const bytes = await encode(sender, image, { quality: 60 });
    await sender.release();
    const symbolsSha256 = hashOfSymbols(await parse(model, bytes));
    sent.push({ from, bytes, symbolsSha256, image: await decode(model, bytes) });
  }
  await model.release();
});

/** What a receiver found, beside what onnxruntime-node did. */
function compare({ from, ...right }: Sent, symbolsSha256: string, found: RawImage): void {
  expect(symbolsSha256, from).toBe(right.symbolsSha256);
  expect([found.width, found.height, found.channels], from).toEqual([100, 60, 4]);
  expect(worstDifference(found.data, right.image.data), from).toBeLessThanOrEqual(1);
  expect(alphaOf(found), from).toEqual(alphaOf(image));
}

function alphaOf({ data }: RawImage): Uint8Array {
  return Uint8Array.from(data).filter((_, i) => i % 4 === 3);
}

test('every runtime has sent a file, and the images are as good', () => {
  expect(sent.map(({ from }) => from)).toEqual(ENDS.map(([name]) => name));
  const quality = sent.map((one) => psnr(image, one.image));
  for (const one of quality) expect(Math.abs(one - quality[0]!)).toBeLessThan(0.1);
});

test.each(ENDS)('all files arrive on %s', async (_, makeRuntime) => {
  const model = await modelOn(await makeRuntime(), FOLDER);
  for (const one of sent) {
    const symbolsSha256 = hashOfSymbols(await parse(model, one.bytes));
    compare(one, symbolsSha256, await decode(model, one.bytes));
  }
  await model.release();
});

describe.skipIf(!PYTHON)('in Python', () => {
  test('all files arrive in the second decoder', async () => {
    const files = sent.map(({ bytes }) => bytes);
    const found = await referenceDecode(files, FOLDER);
    for (const [i, one] of found.entries()) compare(sent[i]!, one.symbolsSha256, one.image);
  });
});
