// FORMAT.md is true: the hex dump is the sample, and a decoder written from that page alone, which
// shares no code with the codec, reads the same integers from it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from '@nacre/codec';
import { loadModelFor } from '@nacre/node';
import { describe, expect, test } from 'vitest';
import { encodeAlphaTile } from '../packages/codec/src/alpha-tile.js';

const path = (relative: string): string =>
  fileURLToPath(new URL(`../${relative}`, import.meta.url));
const sample = readFileSync(path('samples/tiny-50.ncr'));
const format = readFileSync(path('packages/codec/FORMAT.md'), 'utf8');

test('the hex dump in FORMAT.md is samples/tiny-50.ncr (node scripts/format-example.mjs)', () => {
  const dump = format.match(/```hexdump\n(.*?)```/s)?.[1] ?? '';
  const bytes: number[] = [];
  for (const line of dump.trimEnd().split('\n')) {
    const [, offset, hex] = line.match(/^([0-9A-F]{4}) {2}((?:[0-9A-F]{2} ?)+)/) ?? [];
    expect(Number.parseInt(offset ?? '', 16), line).toBe(bytes.length);
    for (const byte of hex!.trim().split(' ')) bytes.push(Number.parseInt(byte, 16));
  }
  expect(bytes).toEqual([...sample]);
});

/** CRC-32C, bit by bit. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The section "Stream" of FORMAT.md in unbounded integers. */
class PlainDecoder {
  x: bigint;
  at = 4;
  constructor(readonly stream: Buffer) {
    this.x = BigInt(stream.readUInt32LE(0));
  }

  slot(frequencies: readonly number[]): number {
    const v = Number(this.x % 65_536n);
    let j = 0;
    let before = 0;
    while (v >= before + frequencies[j]!) before += frequencies[j++]!;
    this.x = BigInt(frequencies[j]!) * (this.x / 65_536n) + BigInt(v - before);
    if (this.x < 65_536n) {
      this.x = 65_536n * this.x + BigInt(this.stream.readUInt16LE(this.at));
      this.at += 2;
    }
    return j;
  }

  uniform(bits: number): number {
    return bits === 0 ? 0 : this.slot(new Array(2 ** bits).fill(2 ** (16 - bits)));
  }

  symbol(frequencies: readonly number[]): number {
    const bound = frequencies.length / 2 - 1;
    const j = this.slot(frequencies);
    if (j <= 2 * bound) return j - bound;
    const n = this.uniform(4);
    const e = 2 ** n + this.uniform(n) - 1;
    const magnitude = bound + 1 + Math.floor(e / 2);
    return e % 2 === 1 ? -magnitude : magnitude;
  }
}

test('a decoder written from FORMAT.md reads the same integers', async () => {
  const model = await loadModelFor(sample);
  const { bitstream } = model.description;
  const parsed = await parse(model, sample);

  // File
  expect(sample.readUInt32BE(0)).toBe(0x894e4352);
  expect([sample[4], sample[5], sample[11]]).toEqual([1, 0, 1]);
  expect([sample.readUInt16LE(6), sample.readUInt16LE(8)]).toEqual([24, 16]);
  const level = sample[10]!;
  expect(sample.toString('latin1', 20, 24)).toBe('TILE');
  const payload = sample.subarray(36);
  expect(sample.readUInt32LE(24)).toBe(payload.length);
  expect(sample.readUInt32LE(28)).toBe(checksum(payload));
  expect(sample.readUInt32LE(32)).toBe(checksum(sample.subarray(0, 32)));

  // Model
  const canonical = (value: unknown): string =>
    Array.isArray(value)
      ? `[${value.map(canonical).join()}]`
      : typeof value === 'object' && value !== null
        ? `{${Object.keys(value)
            .sort()
            .map((key) => `"${key}":${canonical((value as Record<string, unknown>)[key])}`)
            .join()}}`
        : JSON.stringify(value);
  const hash = createHash('sha256').update(canonical(bitstream)).digest();
  expect(sample.subarray(12, 20)).toEqual(hash.subarray(0, 8));

  // TILE
  expect(payload[0]).toBe(10);
  let size = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7) {
    const byte = payload[at++]!;
    size += (byte % 128) * 2 ** shift;
    if (byte < 128) break;
  }
  const stream = payload.subarray(at + 4);
  expect(size).toBe(stream.length);
  expect(payload.readUInt32LE(at)).toBe(checksum(stream));

  // Stream: one tile, so a place in it is one in the image.
  const rows = bitstream.tables.frequencies;
  const decoder = new PlainDecoder(stream);
  const hyperTables = Buffer.from(bitstream.hyperTables, 'base64');
  const z = Array.from({ length: bitstream.hyperChannels }, (_, channel) =>
    decoder.symbol(rows[hyperTables[level * bitstream.hyperChannels + channel]!]!),
  );
  expect(z).toEqual([...parsed.hyperSymbols]);
  const scales = await model.loadGraph('scales');
  const channels = bitstream.latentChannels;
  const stepOf = (c: number, place: number): number => {
    const [r, q] = [Math.floor(place / 4), place % 4];
    return (2 * ((r + q) % 2) + (r % 2)) ^ (c % 4);
  };
  const y: number[] = new Array(16 * channels).fill(0);
  for (let step = 0; step < 4; step++) {
    const context = Float32Array.from({ length: 16 * (channels + 4) }, (_, i) => {
      const [c, place] = [Math.floor(i / 16), i % 16];
      if (c >= channels) return stepOf(c - channels, place) < step ? 15 : 0;
      return stepOf(c, place) < step ? Math.min(Math.abs(y[i]!), 15) : 0;
    });
    const { scale_index } = await scales.run({
      z: { data: Float32Array.from(z), dims: [1, z.length, 1, 1] },
      context: { data: context, dims: [1, channels + 4, 4, 4] },
      level: { data: Int32Array.of(level), dims: [1] },
    });
    for (const [i, row] of scale_index!.data.entries()) {
      if (stepOf(Math.floor(i / 16), i % 16) === step) y[i] = decoder.symbol(rows[row]!);
    }
  }
  expect(y).toEqual([...parsed.symbols]);
  expect(y.length).toBe(16 * bitstream.latentChannels);
  expect(decoder.x).toBe(65_536n);
  expect(decoder.at).toBe(stream.length);
});

/** The section "Alph" of FORMAT.md: one tile in modes 0 to 2. */
function plainAlpha(stream: Buffer, rows: number, columns: number): number[] {
  const mode = stream[0]!;
  const decoder = new PlainDecoder(stream.subarray(1));
  const contexts = new Map<string, { p: number; n: number }>();
  const bit = (context: string): number => {
    const state = contexts.get(context) ?? { p: 2 ** 21, n: 0 };
    const q = Math.floor(state.p / 2 ** 6);
    const value = decoder.slot([2 ** 16 - q, q]);
    state.p += Math.trunc((2 * (2 ** 22 * value - state.p)) / (2 * state.n + 3));
    state.n = Math.min(state.n + 1, 255);
    contexts.set(context, state);
    return value;
  };
  const byte = (tree: number): number => {
    let bits = '1';
    while (bits.length < 9) bits += bit(`tree ${tree} ${bits}`);
    return Number.parseInt(bits, 2) - 256;
  };
  const clamp = (v: number): number => Math.min(255, Math.max(0, v));
  const step = (d: number): number => (Math.abs(d) > 1 ? (d > 0 ? 2 : 4) : [3, 0, 1][d + 1]!);
  const kind = (v: number): number => (v === 0 ? 0 : v === 255 ? 2 : 1);
  const values: number[] = [];
  for (let i = 0; i < rows * columns; i++) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const at = (y: number, x: number): number =>
      y < 0 || x < 0 || x >= columns ? 0 : values[columns * y + x]!;
    const [w, ww, n] = [at(row, column - 1), at(row, column - 2), at(row - 1, column)];
    const [nw, ne] = [at(row - 1, column - 1), at(row - 1, column + 1)];
    const [nee, nne] = [at(row - 1, column + 2), at(row - 2, column + 1)];
    const guess =
      mode === 2 ? clamp(Math.floor((w + n) / 2) + Math.floor((ne - nw) / 4)) : clamp(w + n - nw);
    const sum = Math.abs(w - nw) + Math.abs(n - nw) + Math.abs(ne - n);
    const activity = [1, 3, 8, 20, 50, 120, 250].filter((bound) => bound <= sum).length;
    const c = (
      mode === 1
        ? [
            ...[n - nw, ne - n, w - nw].map(step),
            ...[ne - nne, w - ww, nee - ne].map(Math.sign),
            kind(w),
          ]
        : [...[w, n, nw, ne].map(kind), activity]
    ).join();
    if (bit(`guess ${c}`)) values.push(guess);
    else if (bit(`extreme ${c}`)) {
      values.push(guess === 0 ? 255 : guess === 255 ? 0 : 255 * bit(`opaque ${c}`));
    } else if (mode === 0) values.push(byte(0));
    else {
      const above = guess === 0 ? 1 : guess === 255 ? 0 : bit(`above ${c}`);
      const e = byte(2 * activity + above);
      values.push(clamp(above ? guess + 1 + e : guess - 1 - e));
    }
  }
  expect(decoder.x).toBe(65_536n);
  expect(decoder.at).toBe(stream.length - 1);
  return values;
}

describe('a decoder of alpha written from FORMAT.md', () => {
  test('reads the example there', () => {
    const hex = format.match(/```\n(01(?: [0-9A-F]{2})+)\n```/)?.[1] ?? '';
    const stream = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const expected = Array.from({ length: 64 }, (_, i) =>
      Math.max(0, Math.min(255, 30 * Math.floor(i / 8) + 20 * (i % 8) - 60)),
    );
    expect(plainAlpha(stream, 8, 8)).toEqual(expected);
  });

  test.each([
    ['mode 0', 0, (_: number, noise: number) => 30 + 60 * (noise & 3)],
    ['mode 1', 1, (i: number) => 255 - Math.abs((i % 33) - 16) * 14 - (i >> 5)],
    ['mode 2', 2, (i: number, noise: number) => 40 + (i >> 3) + (noise % 7)],
  ] as const)('reads what the codec has written in %s', (_, mode, at) => {
    let state = 1;
    const values = Uint8Array.from({ length: 33 * 31 }, (_, i) => {
      state = (Math.imul(1664525, state) + 1013904223) >>> 0;
      return at(i, state >>> 24);
    });
    const stream = encodeAlphaTile(values, { rows: 31, columns: 33 });
    expect(stream[0]).toBe(mode);
    expect(plainAlpha(Buffer.from(stream), 31, 33)).toEqual([...values]);
  });
});
