// Numbers as text, at the places where their unit or rounding changes.
import { expect, test } from 'vitest';
import { bppText, bytesText, psnrText, timeText } from './numbers.js';

test('numbers read well', () => {
  expect([0, 999, 1000, 38_249, 100_400, 1_250_000].map(bytesText)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '38.2 kB',
    '100 kB',
    '1.3 MB',
  ]);
  expect(bppText(30_991, 768, 512)).toBe('0.631');
  expect([33.456, Number.POSITIVE_INFINITY].map(psnrText)).toEqual(['33.46 dB', 'lossless']);
  expect([3.4, 999, 1240, 12_345].map(timeText)).toEqual(['3 ms', '999 ms', '1.24 s', '12.3 s']);
});
