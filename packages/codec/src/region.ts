// A rectangle of an image, as a caller gives it.
import { HYPER_STRIDE, type Window } from './tiles.js';
import { checkInteger, checkObject } from './validate.js';

/** A rectangle of an image, in pixels, with the names that sharp's `extract` has. */
export interface Region {
  /** Columns to the left of it, from 0. */
  readonly left: number;
  /** Rows above it, from 0. */
  readonly top: number;
  /** Pixels per row of it, 1 or more. */
  readonly width: number;
  /** Rows of it, 1 or more. */
  readonly height: number;
}

/**
 * Asserts that an argument is a rectangle that an image may have.
 *
 * @throws TypeError or RangeError naming the property that is wrong.
 */
export function checkRegion(value: unknown, name: string): asserts value is Region {
  checkObject(value, name);
  const { left, top, width, height } = value as Partial<Region>;
  checkInteger(left, 0, Number.MAX_SAFE_INTEGER, `${name}.left`);
  checkInteger(top, 0, Number.MAX_SAFE_INTEGER, `${name}.top`);
  checkInteger(width, 1, Number.MAX_SAFE_INTEGER, `${name}.width`);
  checkInteger(height, 1, Number.MAX_SAFE_INTEGER, `${name}.height`);
}

/**
 * Asserts that a rectangle is within an image.
 *
 * @throws RangeError if it does not.
 */
export function checkWithin({ left, top, width, height }: Region, image: Size): void {
  if (left + width <= image.width && top + height <= image.height) return;
  const size = `${image.width}×${image.height}`;
  const asked = `${left},${top},${width},${height} of type object`;
  throw new RangeError(`Expected a region within ${size} pixels for region but received ${asked}`);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The hyper-latents under a rectangle of pixels. */
export function toHyperLatents({ left, top, width, height }: Region): Window {
  const row = Math.floor(top / HYPER_STRIDE);
  const column = Math.floor(left / HYPER_STRIDE);
  return {
    top: row,
    left: column,
    rows: Math.ceil((top + height) / HYPER_STRIDE) - row,
    columns: Math.ceil((left + width) / HYPER_STRIDE) - column,
  };
}
