// Argument errors: their types, and the one sentence they all say.
import { expect, test } from 'vitest';
import { checkImage } from './image.js';
import { checkBytes, checkInteger, expectedButReceived } from './validate.js';

test('a number out of range is a RangeError, anything else a TypeError', () => {
  expect(() => checkInteger(0, 1, 100, 'quality')).toThrow(
    new RangeError('Expected integer in 1..100 for quality but received 0 of type number'),
  );
  for (const value of [101, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => checkInteger(value, 1, 100, 'quality')).toThrow(RangeError);
  }
  expect(() => checkInteger('50', 1, 100, 'quality')).toThrow(
    new TypeError('Expected integer in 1..100 for quality but received "50" of type string'),
  );
  expect(() => checkInteger(undefined, 1, 100, 'quality')).toThrow(TypeError);
  expect(() => checkInteger(1, 1, 100, 'quality')).not.toThrow();
  expect(() => checkInteger(100, 1, 100, 'quality')).not.toThrow();
});

test.each([
  [null, 'null of type object'],
  [[1], 'Array of type object'],
  [Object.create(null), 'object of type object'],
  [Symbol('x'), 'Symbol(x) of type symbol'],
  [5n, '5 of type bigint'],
  [crypto.getRandomValues, 'function getRandomValues of type function'],
  ['a'.repeat(99), `"${'a'.repeat(38)}… of type string`],
])('shows what came instead', (value, shown) => {
  expect(expectedButReceived('x', 'y', value)).toBe(`Expected x for y but received ${shown}`);
});

test('bytes are a Uint8Array, also a Buffer', () => {
  expect(() => checkBytes(Buffer.from([1]), 'bytes')).not.toThrow();
  expect(() => checkBytes([1, 2], 'bytes')).toThrow(
    new TypeError('Expected Uint8Array for bytes but received Array of type object'),
  );
});

test('an image has two sides of 1..65535 and data of the length they ask for', () => {
  const image = { width: 3, height: 2, channels: 3, data: new Uint8Array(18) };
  expect(() => checkImage(image, 'image')).not.toThrow();
  expect(() => checkImage({ ...image, data: new Uint8ClampedArray(18) }, 'image')).not.toThrow();
  expect(() => checkImage({ ...image, data: new Uint8Array(24) }, 'image')).toThrow(
    new RangeError('Expected 18 (3 × 3 × 2) for image.data.length but received 24 of type number'),
  );
  expect(() =>
    checkImage({ ...image, channels: 2, data: new Uint8Array(12) }, 'image'),
  ).not.toThrow();
  expect(() => checkImage({ ...image, channels: 5 }, 'image')).toThrow(RangeError);
  expect(() => checkImage({ ...image, channels: undefined }, 'image')).toThrow(TypeError);
  expect(() => checkImage({ ...image, metadata: { icc: 'sRGB' } }, 'image')).toThrow(TypeError);
  expect(() => checkImage({ ...image, width: 65_536 }, 'image')).toThrow(RangeError);
  expect(() => checkImage({ ...image, height: 0 }, 'image')).toThrow(RangeError);
  expect(() => checkImage({ ...image, data: [0] }, 'image')).toThrow(TypeError);
  expect(() => checkImage(null, 'image')).toThrow(TypeError);
});
