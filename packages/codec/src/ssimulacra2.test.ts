// SSIMULACRA 2 on synthetic images. Photographs: test/ssimulacra2.test.ts.
import { describe, expect, test } from 'vitest';
import type { Channels, RawImage } from './image.js';
import { ssimulacra2 } from './ssimulacra2.js';

function draw(
  width: number,
  height: number,
  channels: Channels,
  sample: (x: number, y: number, channel: number) => number,
): RawImage {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    data[i] = sample(pixel % width, Math.floor(pixel / width), i % channels);
  }
  return { width, height, channels, data };
}

const waves = (x: number, y: number, c: number) =>
  128 + 100 * Math.sin(x / 5 + c) * Math.cos(y / 7);
const ripples = (x: number, y: number) => 8 * Math.sin(3 * x + 2 * y);
const rippledWaves = (x: number, y: number, c: number) => waves(x, y, c) + ripples(x, y);

// Small sides stop before six scales. Expected: the Rust crate ssimulacra2 0.5.1.
test.each([
  [8, 8, 94.2232],
  [9, 15, 91.7026],
  [64, 48, 94.5364],
  [200, 120, 85.4465],
])('%i×%i pixels score as in the Rust crate', (width, height, expected) => {
  const [a, b] = [draw(width, height, 3, waves), draw(width, height, 3, rippledWaves)];
  expect(Math.abs(ssimulacra2(a, b) - expected)).toBeLessThan(0.01);
});

test('identical images score 100, a worse one less, and a ruined one below zero', () => {
  const a = draw(70, 50, 3, waves);
  const [slight, strong] = [1, 4].map((times) =>
    draw(70, 50, 3, (x, y, c) => waves(x, y, c) + times * ripples(x, y)),
  );
  const inverted = draw(70, 50, 3, (x, y, c) => 255 - waves(x, y, c));
  expect(ssimulacra2(a, a)).toBe(100);
  expect(ssimulacra2(a, slight!)).toBeLessThan(100);
  expect(ssimulacra2(a, strong!)).toBeLessThan(ssimulacra2(a, slight!));
  expect(ssimulacra2(a, inverted)).toBeLessThan(0);
});

test('grey is equal red, green and blue', () => {
  const grey = (x: number, y: number) => waves(x, y, 0);
  const rippled = (x: number, y: number) => rippledWaves(x, y, 0);
  const expected = ssimulacra2(draw(40, 30, 3, grey), draw(40, 30, 3, rippled));
  expect(ssimulacra2(draw(40, 30, 1, grey), draw(40, 30, 1, rippled))).toBe(expected);
  expect(ssimulacra2(draw(40, 30, 1, grey), draw(40, 30, 3, rippled))).toBe(expected);
});

describe('alpha', () => {
  const withAlpha = (alpha: number, colour: typeof waves) =>
    draw(40, 30, 4, (x, y, c) => (c === 3 ? alpha : colour(x, y, c)));

  test('opaque alpha changes nothing', () => {
    const expected = ssimulacra2(draw(40, 30, 3, waves), draw(40, 30, 3, rippledWaves));
    expect(ssimulacra2(withAlpha(255, waves), withAlpha(255, rippledWaves))).toBe(expected);
  });

  test('colours count as much as they show', () => {
    const [faint, solid] = [60, 254].map((alpha) =>
      ssimulacra2(withAlpha(alpha, waves), withAlpha(alpha, rippledWaves)),
    );
    expect(faint).toBeGreaterThan(solid!);
    expect(ssimulacra2(withAlpha(0, waves), withAlpha(0, rippledWaves))).toBe(100);
  });

  test('the background that shows a difference counts', () => {
    const bright = draw(40, 30, 2, (_x, _y, c) => (c === 0 ? 230 : 255));
    const missing = draw(40, 30, 2, () => 0);
    const dark = draw(40, 30, 2, (_x, _y, c) => (c === 0 ? 26 : 255));
    expect(ssimulacra2(bright, missing)).toBeLessThan(50);
    expect(ssimulacra2(dark, missing)).toBeLessThan(50);
  });
});

test('images that cannot be compared are refused', () => {
  const image = draw(20, 10, 3, waves);
  expect(() => ssimulacra2(image, draw(10, 20, 3, waves))).toThrow(
    new RangeError('Expected 20×10, as original, for distorted but received 10×20'),
  );
  const small = draw(20, 7, 3, waves);
  expect(() => ssimulacra2(small, small)).toThrow(
    new RangeError('Expected image of 8×8 or more for original but received 20×7'),
  );
  expect(() => ssimulacra2(image, 3 as never)).toThrow(TypeError);
});
