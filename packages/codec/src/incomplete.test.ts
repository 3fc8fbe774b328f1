// Files that are still being fetched: whatever part of one there is gives an impression of the image, or the
// error of a damaged file, and never more than there is.
import { expect, test } from 'vitest';
import { FakeRuntime, fakeModel } from '../testing/fake-model.js';
import { retile } from '../testing/retile.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { CorruptFileError } from './errors.js';
import type { RawImage } from './image.js';
import { openNcr } from './ncr-file.js';
import { parse } from './parse.js';
import { gatherStep, getStepPlaces, STEPS } from './steps.js';

const image: RawImage = {
  width: 200,
  height: 130,
  channels: 3,
  data: Uint8Array.from({ length: 3 * 200 * 130 }, (_, i) => (i % 600) / 3 + ((i * 7) % 50)),
};
const file = encode(fakeModel(), image, { quality: 40 });

/** The symbols of each step of a file of one tile, in the order in which they are coded. */
async function stepsOf(bytes: Uint8Array, incomplete = false): Promise<Int32Array[]> {
  const opened = openNcr(bytes, { incomplete });
  const { symbols } = await parse(fakeModel(), opened);
  const { latent } = opened.grid;
  return Array.from({ length: STEPS }, (_, step) => {
    const places = getStepPlaces(step, latent);
    const run = new Int32Array(symbols.length / STEPS);
    gatherStep(symbols, latent, places, run);
    return run;
  });
}

test('the symbols that have come are right, and the others 0', async () => {
  const bytes = await file;
  const whole = (await stepsOf(bytes)).flatMap((run) => [...run]);
  let most = 0;
  for (const share of [0.5, 0.6, 0.7, 0.8, 0.9, 1]) {
    const some = (await stepsOf(bytes.subarray(0, Math.floor(share * bytes.length)), true)).flatMap(
      (run) => [...run],
    );
    const last = some.findLastIndex((symbol) => symbol !== 0);
    expect(some.slice(0, last + 1)).toEqual(whole.slice(0, last + 1));
    expect(last).toBeGreaterThanOrEqual(most);
    most = last;
  }
  expect(most).toBe(whole.findLastIndex((symbol) => symbol !== 0));
});

test('every length gives an image of the right size, or says that it is not enough', async () => {
  const bytes = await file;
  let shown = 0;
  for (let length = 0; length <= bytes.length; length += 23) {
    try {
      const start = openNcr(bytes.subarray(0, length), { incomplete: true });
      const { width, height } = await decode(fakeModel(), start, { scale: 1 / 8 });
      expect([width, height]).toEqual([25, 17]);
      shown++;
    } catch (error) {
      // Once there is something to show, there always is.
      expect([shown, length < 20 ? 'any' : error]).toEqual([
        0,
        length < 20 ? 'any' : expect.any(CorruptFileError),
      ]);
    }
  }
  expect(shown).toBeGreaterThan(5);
});

test('of several tiles, those that have come are there', async () => {
  const tiled = await retile(fakeModel(), await file, 6);
  const start = openNcr(tiled.subarray(0, Math.floor(tiled.length / 2)), { incomplete: true });
  const { damaged } = await decode(fakeModel(new FakeRuntime()), start, { scale: 1 / 8 });
  expect(damaged!.length).toBeGreaterThan(0);
  expect(damaged!.length).toBeLessThan(start.tiles.length);
  expect(damaged![0]!.top).toBeGreaterThan(0);
});

test('a damaged file is not taken for an incomplete one', async () => {
  const bytes = Uint8Array.from(await file);
  bytes[bytes.length - 5]! ^= 1;
  const opened = openNcr(bytes, { incomplete: true });
  await expect(decode(fakeModel(), opened)).rejects.toThrow(CorruptFileError);
  expect(() => openNcr(bytes, { incomplete: null as never })).toThrow(TypeError);
});
