// The identities that cached results hang on: everything that changes a codec's files must change them.
import { fileURLToPath } from 'node:url';
import { DEFAULT_MODEL } from '@nacre/node';
import { expect, test } from 'vitest';
import { CODEC_NAMES } from './codecs.js';
import { identify, measuringCode } from './identity.js';

const TINY = fileURLToPath(new URL('../../../test/fixtures/tiny', import.meta.url));

test('no two codecs have the same', async () => {
  const all = await Promise.all(CODEC_NAMES.map((name) => identify(name)));
  expect(new Set(all.map(({ identity }) => JSON.stringify(identity))).size).toBe(all.length);
});

test('Nacre has another with another model, and says which', async () => {
  const [shipped, tiny] = [await identify('nacre'), await identify('nacre', TINY)];
  expect(tiny.identity).not.toEqual(shipped.identity);
  expect(shipped.description).toContain(DEFAULT_MODEL);
});

test('sharp’s say settings and versions', async () => {
  const { description, identity } = await identify('avif');
  expect(description).toMatch(/^sharp \d.+libaom \d.+4:2:0.+effort 4.+tune psnr/);
  expect(JSON.stringify(identity)).toMatch(/"tune":"psnr".+"aom":"\d/);
});

test('the measuring code is hashed', async () => {
  expect(await measuringCode()).toMatch(/^[0-9a-f]{64}$/);
});
