// The files that the fuzzer damages: small images in one and in many tiles, made with the fake model.
import { type Channels, decode, encode, type RawImage, type Tensor } from '@nacre/codec';
import { type FakeGraph, FakeRuntime, fakeModel } from './fake-model.js';
import { type Target, targetOf } from './fuzz.js';
import { bytesOf, partsOf, repairSections } from './ncr-parts.js';
import { retile, retileAlpha } from './retile.js';

/** Size, channels, quality, and log2 of the tile side. */
const FILES = [
  [1, 1, 3, 50, 10],
  [70, 40, 4, 90, 10],
  [130, 100, 3, 20, 6],
  [190, 64, 2, 60, 7],
  [64, 200, 1, 100, 6],
] as const;

/** Each block of pixels as bright as a latent says: most of the fake model's time goes into pixels. */
const blocksOf = (symbols: Tensor, side: number): Tensor => {
  const [, , rows, columns] = symbols.dims as [number, number, number, number];
  const data = new Float32Array(3 * side ** 2 * rows * columns);
  for (let start = 0; start < data.length; start += side) {
    const row = Math.floor(start / side ** 2 / columns);
    const latent = row * columns + ((start / side) % columns);
    data.fill(0.5 + symbols.data[latent]! / 64, start, start + side);
  }
  return { data, dims: [1, 3, side * rows, side * columns] };
};
const synthesis: FakeGraph = ({ symbols }) => ({ x_hat: blocksOf(symbols!, 16) });
const preview: FakeGraph = ({ symbols }) => ({ preview: blocksOf(symbols!, 2) });

/** Encodes the images, and decodes them for what is right. */
export async function fuzzTargets(): Promise<Target[]> {
  const runtime = new FakeRuntime({ synthesis, preview });
  // Millions of runs are not written down: the memory of the process is watched.
  runtime.runs.push = () => 0;
  const model = fakeModel(runtime);
  const targets: Target[] = [];
  for (const [width, height, channels, quality, log2Side] of FILES) {
    const bytes = await encode(model, image(width, height, channels), { quality });
    const name = `${width}×${height}×${channels} at quality ${quality} in tiles of ${2 ** log2Side}`;
    const tiled = withMore(await retile(model, bytes, log2Side));
    targets.push(await targetOf(name, model, tiled));
    if (channels !== 4) continue;
    const raw = retileAlpha(tiled, await decode(model, tiled), 6);
    targets.push(await targetOf(`${name}, raw alpha in tiles of 64`, model, raw));
  }
  return targets;
}

/** A file with one section more, which a decoder skips. */
function withMore(bytes: Uint8Array): Uint8Array {
  const parts = partsOf(bytes);
  const payload = new Uint8Array(30);
  const type = Uint8Array.from('more', (character) => character.charCodeAt(0));
  parts.sections.push({ type, length: 0, checksum: 0, payload });
  repairSections(parts);
  return bytesOf(parts);
}

/** Sloping colours, a little noise; transparent at the left, opaque at the right; some metadata. */
function image(width: number, height: number, channels: Channels): RawImage {
  const data = new Uint8Array(channels * width * height);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    const isAlpha = channels % 2 === 0 && i % channels === channels - 1;
    data[i] = isAlpha
      ? Math.max(0, Math.min(255, 8 * x - 200 + y))
      : (x + (1 + (i % channels)) * y + (state >>> 28)) % 256;
  }
  const metadata = Uint8Array.from({ length: 40 }, (_, i) => i);
  return { width, height, channels, data, metadata: { icc: metadata, exif: metadata.subarray(8) } };
}
