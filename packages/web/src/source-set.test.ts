// How a srcset is split. Which candidate is taken, the browser decides: test/element.test.ts.
import { expect, test } from 'vitest';
import { parseSourceSet } from './source-set.js';

test.each([
  ['', []],
  ['a.ncr', [['a.ncr', '']]],
  [
    'a.ncr 400w, b.ncr 800w',
    [
      ['a.ncr', '400w'],
      ['b.ncr', '800w'],
    ],
  ],
  [
    ' , a.ncr 1x ,b.ncr  2x,',
    [
      ['a.ncr', '1x'],
      ['b.ncr', '2x'],
    ],
  ],
  // A comma within an address is a part of it; at its end, it is not.
  ['a,b.ncr 2x', [['a,b.ncr', '2x']]],
  [
    'a.ncr, b.ncr 2x',
    [
      ['a.ncr', ''],
      ['b.ncr', '2x'],
    ],
  ],
  [
    'a.ncr (1, 2) 2x, b.ncr',
    [
      ['a.ncr', '(1, 2) 2x'],
      ['b.ncr', ''],
    ],
  ],
])('%j', (text, expected) => {
  expect(parseSourceSet(text).map(({ url, descriptor }) => [url, descriptor])).toEqual(expected);
});
