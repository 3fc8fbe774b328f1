// A share of the fuzzer's mutations on every run (`npm run fuzz` does more, and watches the time), and
// that the fuzzer would notice.
import { expect, test } from 'vitest';
import { FakeRuntime, fakeModel } from '../testing/fake-model.js';
import { fuzzOne, type Target, targetOf } from '../testing/fuzz.js';
import { fuzzTargets } from '../testing/fuzz-targets.js';
import { MUTATIONS } from '../testing/mutations.js';
import { encode } from './encode.js';

const COUNT = 10_000;
const SEED = 20;

const data = new Uint8Array(3 * 130 * 70).map((_, i) => i % 250);
const image = { width: 130, height: 70, channels: 3, data } as const;

/** The first violation among some mutations. */
async function firstViolation(target: Target, count: number): Promise<string | undefined> {
  for (let i = 0; i < count; i++) {
    const { violation } = await fuzzOne([target], SEED, i, false);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

test(`${COUNT} damaged files: a typed error, or an image that says what is missing`, async () => {
  const targets = await fuzzTargets();
  const violations: string[] = [];
  const mutations = new Set<string>();
  for (let i = 0; i < COUNT; i++) {
    const { mutation, violation } = await fuzzOne(targets, SEED, i, false);
    mutations.add(mutation);
    if (violation !== undefined) violations.push(`--seed ${SEED} --only ${i}: ${violation}`);
  }
  expect(violations).toEqual([]);
  expect([...mutations].sort()).toEqual([...MUTATIONS].sort());
}, 300_000);

test('a mutation follows from seed and number alone', async () => {
  const targets = await fuzzTargets();
  const alone = await fuzzOne(targets, SEED, 7, false);
  await fuzzOne(targets, SEED, 6, false);
  expect(await fuzzOne(targets, SEED, 7, false)).toEqual(alone);
  expect((await fuzzOne(targets, SEED + 1, 7, false)).bytes).not.toEqual(alone.bytes);
});

test('another exception, another image and a wrong tile are violations', async () => {
  const model = fakeModel();
  const target = await targetOf('one', model, await encode(model, image));
  expect(await firstViolation(target, 200)).toBeUndefined();

  const brightened = target.image.data.map((value) => value ^ 1);
  const other = { ...target, image: { ...target.image, data: brightened } };
  expect(await firstViolation(other, 200)).toBe('gave another image');

  const symbols = target.parsed.symbols.map((symbol) => symbol + 1);
  const shifted = { ...target, parsed: { ...target.parsed, symbols } };
  expect(await firstViolation(shifted, 200)).toMatch(/an integer at .* is wrong/);

  const broken = new FakeRuntime({
    scales: () => {
      throw new RangeError('Invalid typed array length');
    },
  });
  expect(await firstViolation({ ...target, model: fakeModel(broken) }, 200)).toMatch(
    /^RangeError: Invalid typed array length/,
  );
});
