// Binary PPM, the image format that command-line codecs read and write without loss or colour conversion.
// Source: the Netpbm manual, "PPM Format Specification".
import type { RawImage } from '@nacre/codec';

/**
 * Writes an image as PPM.
 *
 * @param image - three channels
 */
export function toPpm({ width, height, data }: RawImage): Uint8Array {
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]);
}

/**
 * Reads a PPM file of 8 bits a sample.
 *
 * @throws RangeError for anything else
 */
export function fromPpm(file: Uint8Array): RawImage {
  const head = Buffer.from(file.subarray(0, 64)).toString('latin1');
  const match = head.match(/^P6\s+(\d+)\s+(\d+)\s+255\s/);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  const data = file.subarray(match?.[0].length ?? 0);
  if (!match || data.length !== 3 * width * height) {
    throw new RangeError('Expected PPM with 8 bits a sample for file but received something else');
  }
  return { width, height, channels: 3, data };
}
