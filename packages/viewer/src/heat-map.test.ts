// Colours of heat and error maps: the ends of the scale, its order, and that regions land on their pixels.
import { expect, test } from 'vitest';
import { HEAT_COLOURS, heatColour, paintBits, paintErrors } from './heat-map.js';

const lightness = ([r, g, b]: readonly number[]) => 0.3 * r! + 0.59 * g! + 0.11 * b!;

test('the scale has its ends, clamps, and grows lighter all the way', () => {
  expect(heatColour(0)).toEqual(HEAT_COLOURS[0]);
  expect(heatColour(-1)).toEqual(HEAT_COLOURS[0]);
  expect(heatColour(1)).toEqual(HEAT_COLOURS.at(-1));
  expect(heatColour(7)).toEqual(HEAT_COLOURS.at(-1));
  const steps = Array.from({ length: 41 }, (_, i) => lightness(heatColour(i / 40)));
  for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThan(steps[i - 1]!);
});

test('bits colour the pixels of their region and no others', () => {
  const data = new Uint8ClampedArray(4 * 20 * 17).fill(160);
  const bits = Float32Array.of(0, 1024, 0, 0, 0, 0, 0, 0);
  const painted = paintBits({ width: 20, height: 17, data }, { columns: 4, side: 16, bits });
  const at = (x: number, y: number) => [
    ...painted.subarray(4 * (20 * y + x), 4 * (20 * y + x) + 3),
  ];
  expect(at(15, 0)).toEqual(HEAT_COLOURS[0]);
  expect(at(16, 0)).toEqual(HEAT_COLOURS.at(-1));
  expect(at(19, 15)).toEqual(HEAT_COLOURS.at(-1));
  expect(at(19, 16)).toEqual(HEAT_COLOURS[0]);
});

test('errors are dark where there are none', () => {
  const a = Uint8ClampedArray.of(1, 2, 3, 255, 0, 0, 0, 255);
  const b = Uint8ClampedArray.of(1, 2, 3, 255, 255, 255, 255, 255);
  expect([...paintErrors(a, b)]).toEqual([...HEAT_COLOURS[0]!, 255, ...HEAT_COLOURS.at(-1)!, 255]);
});
