// What the first bytes of a file tell, and that bytes of anything else tell nothing.

import { expect, test } from 'vitest';
import { HEADER_BYTES, sizeInHeader } from './header.js';

const START = Uint8Array.of(0x89, 0x4e, 0x43, 0x52, 1, 0, 0x00, 0x03, 0x00, 0x02, ...Array(10));

test('the size, also from the middle of a buffer', () => {
  expect(START.length).toBe(HEADER_BYTES);
  expect(sizeInHeader(START)).toEqual({ width: 768, height: 512 });
  const inside = Uint8Array.from([7, 7, 7, ...START, 7]).subarray(3);
  expect(sizeInHeader(inside)).toEqual({ width: 768, height: 512 });
});

test.each([
  ['too few bytes', START.subarray(0, 19)],
  ['another magic', START.with(3, 0)],
  ['another version', START.with(4, 2)],
  ['no columns', START.with(7, 0)],
  ['no rows', START.with(9, 0)],
])('nothing from %s', (_, bytes) => {
  expect(sizeInHeader(bytes)).toBeUndefined();
});
