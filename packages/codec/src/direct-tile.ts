// One direct tile as a stream: the blocks of an image that are coded in the pixel domain, lossless or within
// a bound (FORMAT.md, "Direct tiles"). How pixels are coded is direct-candidates.ts and direct-samples.ts.
import { AdaptiveBits } from './adaptive-bits.js';
import { BitMixer } from './bit-mixer.js';
import { BitReader, type BitStream, BitWriter } from './bit-stream.js';
import { CANDIDATE_SETS, CandidateCoder, NONE } from './direct-candidates.js';
import {
  getBlueDifference,
  getGreen,
  getRedDifference,
  PixelPlane,
  packPixel,
} from './direct-pixels.js';
import { SAMPLE_SETS, SampleCoder } from './direct-samples.js';
import { CorruptFileError } from './errors.js';
import type { PlaneSize } from './tiles.js';

/** Pixels along each side of a block. */
export const BLOCK_SIDE = 64;

/** Kinds of blocks. */
export const LEARNED = 0;
export const GRAPHICS = 1;
export const PHOTO = 2;

/** What the pixels of a tile are: the lower bits of the first byte of its stream. */
const COLOUR = 0;
const GREY = 1;
const PALETTE = 2;
const MODE_BITS = 2;

export const MAX_DELTA = 63;

/** The blocks of a tile. */
export interface DirectTile extends PlaneSize {
  /** 1 grey, 3 red, green, blue. */
  readonly channels: 1 | 3;
  /** Samples of its pixels, interleaved, row by row; those of learned blocks mean nothing. */
  readonly samples: Uint8Array;
  /** {@link LEARNED}, {@link GRAPHICS} or {@link PHOTO}, for each block in raster order. */
  readonly blocks: Uint8Array;
}

export function encodeDirectTile(tile: DirectTile, delta: number): Uint8Array {
  const target = loadPixels(tile);
  const palette = delta === 0 ? findPalette(target, tile) : undefined;
  const mode = palette ? PALETTE : isGrey(target, tile) ? GREY : COLOUR;
  const header = [mode | (delta << MODE_BITS)];
  const writer = new BitWriter();
  const coder = new TileCoder(writer, mode, tile, delta);
  if (palette) {
    header.push(palette.length - 1);
    coder.codePalette(palette);
    const indices = new Map(Array.from(palette, (colour, index) => [colour, index]));
    for (let i = 0; i < target.data.length; i++) target.data[i] = indices.get(target.data[i]!) ?? 0;
  }
  coder.codeBlocks(tile.blocks);
  coder.codePixels(target, new PixelPlane(tile), tile.blocks);
  const coded = writer.finish();
  const stream = new Uint8Array(header.length + coded.length);
  stream.set(header);
  stream.set(coded, header.length);
  return stream;
}

export function decodeDirectTile(stream: Uint8Array, size: PlaneSize, channels: 1 | 3): DirectTile {
  const first = stream[0] ?? 255;
  const mode = first & 3;
  const delta = first >> MODE_BITS;
  if (mode > PALETTE || (mode === PALETTE && (delta > 0 || stream.length < 2))) {
    throw new CorruptFileError(
      'A direct tile begins with an unknown mode; get a good copy of the file.',
    );
  }
  const isIndexed = mode === PALETTE;
  const reader = new BitReader(stream.subarray(isIndexed ? 2 : 1));
  const coder = new TileCoder(reader, mode, size, delta);
  const palette = new Int32Array(isIndexed ? stream[1]! + 1 : 0);
  if (isIndexed) coder.codePalette(palette);
  const blocks = new Uint8Array(countBlocks(size));
  coder.codeBlocks(blocks);
  const plane = new PixelPlane(size);
  coder.codePixels(plane, plane, blocks);
  reader.finish();
  return { ...size, channels, samples: unloadPixels(plane, channels, palette), blocks };
}

export function countBlocks({ rows, columns }: PlaneSize): number {
  return Math.ceil(rows / BLOCK_SIDE) * Math.ceil(columns / BLOCK_SIDE);
}

/** Codes the parts of a tile in either direction. */
class TileCoder {
  readonly #stream: BitStream;
  readonly #mixer: BitMixer;
  readonly #mode: number;
  readonly #size: PlaneSize;
  readonly #delta: number;

  constructor(stream: BitStream, mode: number, size: PlaneSize, delta: number) {
    this.#stream = stream;
    this.#mixer = new BitMixer(CANDIDATE_SETS + SAMPLE_SETS, stream);
    this.#mode = mode;
    this.#size = size;
    this.#delta = delta;
  }

  /** Codes the colours of a palette, packed, as a row of pixels. */
  codePalette(palette: Int32Array): void {
    const plane = new PixelPlane({ rows: 1, columns: palette.length });
    const samples = new SampleCoder(this.#mixer, CANDIDATE_SETS, plane, 3, false, 0);
    samples.startRow(0);
    plane.fillMargins(0);
    for (let i = 0; i < palette.length; i++) {
      const at = plane.locate(0, i);
      plane.data[at] = samples.code(palette[i]!, at, i, true);
      palette[i] = plane.data[at]!;
    }
  }

  codeBlocks(blocks: Uint8Array): void {
    const across = Math.ceil(this.#size.columns / BLOCK_SIDE);
    const bits = new AdaptiveBits(18, this.#stream);
    for (let i = 0; i < blocks.length; i++) {
      const west = i % across === 0 ? 0 : blocks[i - 1]!;
      const north = i < across ? 0 : blocks[i - across]!;
      const context = 3 * west + north;
      const kind = blocks[i]!;
      const isDirect = bits.code(kind === LEARNED ? 0 : 1, context);
      blocks[i] = isDirect ? GRAPHICS + bits.code(kind === PHOTO ? 1 : 0, 9 + context) : LEARNED;
    }
  }

  /**
   * @param target - what an encoder wants; a decoder ignores it.
   * @param plane - is filled in.
   */
  codePixels(target: PixelPlane, plane: PixelPlane, blocks: Uint8Array): void {
    const { rows, columns } = this.#size;
    const across = Math.ceil(columns / BLOCK_SIDE);
    const count = this.#mode === COLOUR ? 3 : 1;
    const samples = new SampleCoder(
      this.#mixer,
      CANDIDATE_SETS,
      plane,
      count,
      this.#mode === PALETTE,
      this.#delta,
    );
    const candidates = new CandidateCoder(this.#mixer, 0, plane, this.#delta);
    const { data } = plane;
    for (let row = 0; row < rows; row++) {
      plane.fillMargins(row);
      samples.startRow(row);
      candidates.startRow(row);
      const firstBlock = across * Math.floor(row / BLOCK_SIDE);
      for (let left = 0; left < columns; left += BLOCK_SIDE) {
        const kind = blocks[firstBlock + left / BLOCK_SIDE];
        const end = Math.min(columns, left + BLOCK_SIDE);
        const at = plane.locate(row, 0);
        for (let column = left; column < end; column++) {
          const i = at + column;
          if (kind === LEARNED) {
            data[i] = data[i - plane.stride]!;
          } else if (kind === PHOTO) {
            data[i] = samples.code(target.data[i]!, i, column, true);
          } else {
            const wanted = target.data[i]!;
            let pixel = candidates.code(wanted, i, column);
            if (pixel === NONE) pixel = samples.code(wanted, i, column, false);
            candidates.remember(pixel, data[i - 1]!);
            data[i] = pixel;
          }
        }
      }
    }
  }
}

function loadPixels(tile: DirectTile): PixelPlane {
  const plane = new PixelPlane(tile);
  const { rows, columns, channels, samples } = tile;
  let from = 0;
  for (let row = 0; row < rows; row++) {
    const at = plane.locate(row, 0);
    for (let column = 0; column < columns; column++, from += channels) {
      plane.data[at + column] =
        channels === 1
          ? samples[from]!
          : packPixel(samples[from]!, samples[from + 1]!, samples[from + 2]!);
    }
  }
  return plane;
}

function unloadPixels(plane: PixelPlane, channels: 1 | 3, palette: Int32Array): Uint8Array {
  const { rows, columns } = plane;
  const samples = new Uint8Array(channels * rows * columns);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    const at = plane.locate(row, 0);
    for (let column = 0; column < columns; column++, to += channels) {
      const coded = plane.data[at + column]!;
      const pixel = palette.length > 0 ? palette[Math.min(coded, palette.length - 1)]! : coded;
      const green = getGreen(pixel);
      samples[to] = green;
      if (channels === 3) {
        samples[to] = green + getRedDifference(pixel);
        samples[to + 1] = green;
        samples[to + 2] = green + getBlueDifference(pixel);
      }
    }
  }
  return samples;
}

function isGrey(plane: PixelPlane, { rows, columns }: PlaneSize): boolean {
  for (let row = 0; row < rows; row++) {
    const at = plane.locate(row, 0);
    for (let i = at; i < at + columns; i++) if (plane.data[i]! > 255) return false;
  }
  return true;
}

/** The colours of a tile, sorted, if there are few. */
function findPalette(plane: PixelPlane, { rows, columns }: PlaneSize): Int32Array | undefined {
  const colours = new Set<number>();
  for (let row = 0; row < rows; row++) {
    const at = plane.locate(row, 0);
    for (let i = at; i < at + columns; i++) {
      colours.add(plane.data[i]!);
      if (colours.size > 256) return undefined;
    }
  }
  const luma = (colour: number) =>
    8 * getGreen(colour) + 2 * getRedDifference(colour) + getBlueDifference(colour);
  return Int32Array.from(colours).sort((a, b) => luma(a) - luma(b) || a - b);
}
