// Which ICC profiles are handed to the browser. What it makes of them is test/web.test.ts's business.

import { expect, test } from 'vitest';
import { whyUnusable } from './to-srgb.js';

const MATRIX = ['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC'];

/** A profile with tags that all share 4 bytes at its end. */
function profile(space: string, tags: readonly string[]): Uint8Array<ArrayBuffer> {
  const length = 132 + 12 * tags.length + 4;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  const write = (text: string, at: number): void => bytes.set(new TextEncoder().encode(text), at);
  view.setUint32(0, length);
  write(space, 16);
  write('acsp', 36);
  view.setUint32(128, tags.length);
  for (const [i, tag] of tags.entries()) {
    write(tag, 132 + 12 * i);
    view.setUint32(132 + 12 * i + 4, length - 4);
    view.setUint32(132 + 12 * i + 8, 4);
  }
  return bytes;
}

function changed(at: number, value: number): Uint8Array {
  const bytes = profile('RGB ', MATRIX);
  new DataView(bytes.buffer).setUint32(at, value);
  return bytes;
}

test.each([
  ['a matrix', profile('RGB ', MATRIX), 3],
  ['a table', profile('RGB ', ['desc', 'A2B0']), 4],
  ['a matrix for a grey image', profile('RGB ', MATRIX), 1],
  ['a curve of grey', profile('GRAY', ['kTRC']), 2],
  ['bytes after the end', Uint8Array.of(...profile('GRAY', ['kTRC']), 0), 1],
] as const)('%s can be used', (_, icc, channels) => {
  expect(whyUnusable(icc, channels)).toBeUndefined();
});

test.each([
  ['nothing', new Uint8Array()],
  ['a header alone', profile('RGB ', MATRIX).subarray(0, 131)],
  ['another file', new Uint8Array(500)],
  ['a tag missing', profile('RGB ', MATRIX.slice(1))],
  ['its end missing', profile('RGB ', MATRIX).subarray(0, -1)],
  ['more tags than there is room for', changed(128, 2 ** 32 - 1)],
  ['a tag beyond its end', changed(132 + 4, 2 ** 32 - 1)],
])('%s cannot', (_, icc) => {
  expect(whyUnusable(icc, 3)).toBe('it is damaged');
});

test.each([
  ['inks', profile('CMYK', ['A2B0']), 3],
  ['grey for colours', profile('GRAY', ['kTRC']), 3],
] as const)('%s cannot', (_, icc, channels) => {
  expect(whyUnusable(icc, channels)).toBe('it is for other colours than these');
});
