// The table of codecs: names, what results depend on, and that each codec codes.
import { fileURLToPath } from 'node:url';
import { DEFAULT_MODEL } from '@nacre/node';
import { describe, expect, test } from 'vitest';
import { photograph } from '../../../test/images.js';
import { CODEC_NAMES, DEFAULT_CODECS, findCodec, isCodecName, openCodec } from './codecs.js';
import { whyMissing } from './external-tool.js';
import { metricRow } from './metrics.js';

const TINY = fileURLToPath(new URL('../../../test/fixtures/tiny', import.meta.url));
const names = CODEC_NAMES.map((name) => name.replace(/\[.*/, ''));
const installed = await Promise.all(
  names.map(async (name) => {
    const why = await whyMissing(findCodec(name).row.requires);
    if (why !== undefined) console.error(`\nTESTS SKIPPED: ${name}: ${why}\n`);
    return why === undefined;
  }),
);

describe.each(names.filter((_, i) => installed[i]))('%s', (name) => {
  const codec = name === 'nacre' ? `nacre:${TINY}` : name;

  test('codes an image to a file that grows with quality, and back', async () => {
    const image = photograph(70, 45);
    const { encode, decode, ...rest } = await openCodec(codec);
    expect(rest.name).toBe(codec);
    const sizes: number[] = [];
    for (const quality of [10, 50, 90]) {
      const file = await encode(image, quality);
      const decoded = await decode(file);
      sizes.push(file.length);
      expect([decoded.width, decoded.height, decoded.channels]).toEqual([70, 45, 3]);
      expect(await metricRow('psnr').measure(image, decoded)).toBeGreaterThan(10);
    }
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes[0]).toBeLessThan(sizes[2]!);
  });

  test('says its version and settings', async () => {
    const { row, variant } = findCodec(codec);
    const { description, identity } = await row.describe(variant);
    expect(description).toMatch(/\w{3,}/);
    expect(JSON.stringify(identity).length).toBeGreaterThan(10);
    expect(row.qualities.length).toBeGreaterThanOrEqual(8);
  });
});

test('no two codecs have the same identity', async () => {
  const all = await Promise.all(
    names.filter((_, i) => installed[i]).map((name) => findCodec(name).row.describe()),
  );
  expect(new Set(all.map(({ identity }) => JSON.stringify(identity))).size).toBe(all.length);
});

test('another model is another identity', async () => {
  const { row, variant } = findCodec(`nacre:${TINY}`);
  const [shipped, tiny] = [await row.describe(), await row.describe(variant)];
  expect(tiny.identity).not.toEqual(shipped.identity);
  expect(shipped.description).toContain(DEFAULT_MODEL);
});

test('AVIF is measured as sharp writes it by default, and tuned for PSNR', async () => {
  const image = photograph(64, 64);
  const { default: sharp } = await import('sharp');
  const pixels = sharp(image.data, { raw: { width: 64, height: 64, channels: 3 } });
  const file = await (await openCodec('avif')).encode(image, 50);
  expect(Buffer.compare(file, await pixels.avif({ quality: 50 }).toBuffer())).toBe(0);
  const { identity } = await findCodec('avif-psnr').row.describe();
  expect(JSON.stringify(identity)).toMatch(/"tune":"psnr".+"aom":"\d/);
});

test('names that are not in the table are refused', () => {
  for (const wrong of ['none', '', ':photo-6', 'avif:fast', 'nacre:', 'NACRE']) {
    expect(isCodecName(wrong)).toBe(false);
    expect(() => findCodec(wrong, 'codecs')).toThrow(/^Expected nacre\[:MODEL\] \| .+ for codecs/);
  }
  expect(findCodec('nacre:models/a:b').variant).toBe('models/a:b');
  for (const name of DEFAULT_CODECS) expect(isCodecName(name)).toBe(true);
});
