// The independent oracle: the same symbols, rows and escapes through the npm package
// arithmetic-coding, a 31-bit arithmetic coder by other hands. Not a second format of ours.
/// <reference path="./arithmetic-coding.d.ts" />
import ArithmeticDecoder from 'arithmetic-coding/src/arithmetic-decoder.js';
import ArithmeticEncoder from 'arithmetic-coding/src/arithmetic-encoder.js';
import BitInputStreamFromBuffer from 'arithmetic-coding/src/bit-input-stream-buffer.js';
import BitOutputStreamToBuffer from 'arithmetic-coding/src/bit-output-stream-buffer.js';
import FrequencyTable from 'arithmetic-coding/src/frequency-table.js';
import type { Latents } from './gaussian-latents.js';

const STATE_BITS = 31;
const fairBit = new FrequencyTable([1, 1]);

/** Encodes latents with an arithmetic coder. */
export function arithmeticEncode(
  rows: readonly (readonly number[])[],
  { symbols, tableIndices }: Latents,
): Uint8Array {
  const tables = rows.map((row) => new FrequencyTable(row));
  const output = new BitOutputStreamToBuffer();
  const encoder = new ArithmeticEncoder(STATE_BITS, output);
  const writeBits = (value: number, count: number) => {
    for (let bit = count - 1; bit >= 0; bit--) encoder.write(fairBit, (value >> bit) & 1);
  };
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i]!;
    const index = tableIndices[i]!;
    const bound = rows[index]!.length / 2 - 1;
    const excess = Math.abs(symbol) - bound - 1;
    encoder.write(tables[index]!, excess < 0 ? symbol + bound : 2 * bound + 1);
    if (excess >= 0) {
      const value = 2 * excess + (symbol < 0 ? 1 : 0) + 1;
      const bits = Math.floor(Math.log2(value));
      writeBits(bits, 4);
      writeBits(value - 2 ** bits, bits);
    }
  }
  encoder.finish();
  return output.buffer;
}

/** Decodes what {@link arithmeticEncode} made. */
export function arithmeticDecode(
  rows: readonly (readonly number[])[],
  bytes: Uint8Array,
  tableIndices: Uint8Array,
): Int32Array {
  const tables = rows.map((row) => new FrequencyTable(row));
  const decoder = new ArithmeticDecoder(STATE_BITS, new BitInputStreamFromBuffer(bytes));
  const readBits = (count: number) => {
    let value = 0;
    for (let bit = 0; bit < count; bit++) value = 2 * value + decoder.read(fairBit);
    return value;
  };
  return Int32Array.from(tableIndices, (index) => {
    const bound = rows[index]!.length / 2 - 1;
    const slot = decoder.read(tables[index]!);
    if (slot <= 2 * bound) return slot - bound;
    const bits = readBits(4);
    const value = 2 ** bits + readBits(bits) - 1;
    const magnitude = bound + 1 + (value >> 1);
    return value & 1 ? -magnitude : magnitude;
  });
}
