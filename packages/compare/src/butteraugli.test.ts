// What the tool says, where it is installed; its own figures are its own business.
import { expect, test } from 'vitest';
import { photograph } from '../../../test/images.js';
import { butteraugli, hasButteraugli } from './butteraugli.js';

const installed = await hasButteraugli();
const photo = photograph(96, 64);
const changed = (by: number) => ({ ...photo, data: photo.data.map((v) => Math.min(255, v + by)) });

test.skipIf(!installed)('equal images are at 0, and a larger difference is further', async () => {
  expect(await butteraugli(photo, photo)).toBe(0);
  const [little, much] = [
    await butteraugli(photo, changed(4)),
    await butteraugli(photo, changed(30)),
  ];
  expect(little).toBeGreaterThan(0);
  expect(much).toBeGreaterThan(little);
});

test('images too small for it are refused', async () => {
  const small = photograph(20, 7);
  await expect(butteraugli(small, small)).rejects.toThrow('8 pixels or more');
});

test.skipIf(installed)('without the tool it fails', async () => {
  await expect(butteraugli(photo, photo)).rejects.toThrow('butteraugli_main');
});

if (!installed) console.warn('Butteraugli is NOT tested: butteraugli_main is not installed.');
