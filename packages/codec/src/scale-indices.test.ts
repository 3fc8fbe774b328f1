// What the exact network is told of the steps before.
import { expect, test } from 'vitest';
import { seededRandom } from '../testing/gaussian-latents.js';
import { createContext } from './scale-indices.js';

test('the context of every step is what its definition says, latent by latent', () => {
  // Not a multiple of four, so that the planes of what is known are no channels like the others.
  const channels = 6;
  const plane = { rows: 4, columns: 8 };
  const random = seededRandom(3);
  const symbols = Int32Array.from({ length: channels * 32 }, () => Math.round(50 * random() - 25));
  for (let step = 0; step < 4; step++) {
    const expected: number[] = [];
    for (let channel = 0; channel < channels + 4; channel++) {
      const group = channel < channels ? channel % 4 : channel - channels;
      for (let row = 0; row < 4; row++) {
        for (let column = 0; column < 8; column++) {
          const isKnown = ((2 * ((row + column) % 2) + (row % 2)) ^ group) < step;
          const symbol = symbols[32 * channel + 8 * row + column] ?? 15;
          expected.push(isKnown ? Math.min(Math.abs(symbol), 15) : 0);
        }
      }
    }
    expect([...createContext(symbols, channels, plane, step)]).toEqual(expected);
  }
});
