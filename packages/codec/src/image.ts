// The one picture type of the codec: 8-bit sRGB. Reading and writing picture files is not done here.
import { checkInteger, expectedButReceived } from './validate.js';

/** Largest width and height of a picture: the header has 16 bits for each. */
export const MAX_SIDE = 65_535;

/** A picture in sRGB. */
export interface RgbImage {
  /** Pixels per row, 1..65535. */
  readonly width: number;
  /** Rows, 1..65535. */
  readonly height: number;
  /** Red, green, blue of each pixel, row by row from the top left: 3·width·height values. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A picture that the codec has made: its data can be handed to any interface that takes bytes. */
export interface DecodedImage extends RgbImage {
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * Asserts that an argument is a picture whose data has the length its size asks for.
 *
 * @throws {TypeError | RangeError} naming the property that is not so.
 */
export function checkImage(value: unknown, name: string): asserts value is RgbImage {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(expectedButReceived('RgbImage', name, value));
  }
  const { width, height, data } = value as Partial<RgbImage>;
  checkInteger(width, 1, MAX_SIDE, `${name}.width`);
  checkInteger(height, 1, MAX_SIDE, `${name}.height`);
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw new TypeError(
      expectedButReceived('Uint8Array or Uint8ClampedArray', `${name}.data`, data),
    );
  }
  const length = 3 * width * height;
  if (data.length !== length) {
    throw new RangeError(
      expectedButReceived(
        `${length} (3 × ${width} × ${height})`,
        `${name}.data.length`,
        data.length,
      ),
    );
  }
}
