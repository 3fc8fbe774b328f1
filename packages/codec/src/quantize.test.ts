// Rounding and the checkerboard.
import { expect, test } from 'vitest';
import { quantizeHalf, quantizeHyper, reconstructAnchors } from './quantize.js';

test('hyper-latents: halves upwards, clamped to −127..127', () => {
  const z = Float32Array.of(-0.5, 0.5, -1.5, 1.49, 126.5, 127.5, -127.6, -1e9, Number.NaN);
  expect([...quantizeHyper(z)]).toEqual([0, 1, -1, 1, 127, 127, -127, -127, 0]);
});

test('the halves are the two colours of a checkerboard in every plane', () => {
  const plane = { rows: 3, columns: 5 };
  const scaled = new Float32Array(30).fill(2);
  const symbols = new Int32Array(30);
  quantizeHalf('anchors', scaled, new Float32Array(30), plane, symbols);
  const isAnchor = (i: number) => ((Math.floor(i / 5) % 3) + (i % 5)) % 2 === 0;
  symbols.forEach((symbol, i) => {
    expect(symbol, `cell ${i}`).toBe(isAnchor(i) ? 2 : 0);
  });
  quantizeHalf('others', scaled, new Float32Array(30).fill(1.5), plane, symbols);
  symbols.forEach((symbol, i) => {
    expect(symbol, `cell ${i}`).toBe(isAnchor(i) ? 2 : 1);
  });
});

test('symbols are clamped to ±32767', () => {
  const symbols = new Int32Array(4);
  const plane = { rows: 1, columns: 4 };
  const scaled = Float32Array.of(1e6, 0, -1e6, 0);
  quantizeHalf('anchors', scaled, new Float32Array(4), plane, symbols);
  expect([...symbols]).toEqual([32_767, 0, -32_767, 0]);
});

test('anchors are symbol plus mean in single precision, the rest 0', () => {
  const means = Float32Array.of(0.1, 9, 0.3, 9);
  const anchors = reconstructAnchors(Int32Array.of(5, 7, -5, 7), means, { rows: 1, columns: 4 });
  expect([...anchors]).toEqual([Math.fround(5 + means[0]!), 0, Math.fround(-5 + means[2]!), 0]);
});
