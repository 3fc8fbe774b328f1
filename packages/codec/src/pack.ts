// Writes the integers of an image to the bytes of a .ncr file, exactly: the inverse of parse.ts.
import { writeAlphaSection } from './alpha-section.js';
import { writeContainer } from './format.js';
import { checkMetadata, type ImageMetadata, MAX_SIDE } from './image.js';
import { Model } from './model.js';
import { checkProgressOptions, type ProgressOptions, reportProgress } from './progress.js';
import { MAX_HYPER_SYMBOL } from './quantize.js';
import { listSections } from './sections.js';
import { MAX_SYMBOL } from './tables.js';
import { type CodedSymbols, encodeTile } from './tile-coding.js';
import { MAX_LOG2_SIDE, MIN_LOG2_SIDE, writeTileSection } from './tile-section.js';
import { copyCells, createTileGrid, getTile, type Tile, toLatents, type Window } from './tiles.js';
import {
  checkBoolean,
  checkBytes,
  checkInteger,
  checkObject,
  expectedButReceived,
} from './validate.js';
import { MAX_WINDOW_PIXELS } from './windows.js';

/**
 * log2 of the tile side. Images that fit into one window have tiles of 1024 pixels. Larger ones have tiles
 * of 256, so that a region is decoded from little of the file; they cost 1.3 % more, and tiles of 512 0.3 %.
 */
const LOG2_TILE_SIDE = 10;
const LOG2_TILE_SIDE_OF_LARGE = 8;

/** What {@link pack} writes; the result of `parse` is one. */
export interface PackInput extends CodedSymbols {
  /** Pixels per row, 1..65535. */
  readonly width: number;
  /** Rows, 1..65535. */
  readonly height: number;
  /** Whether the image is grey: its three planes of colour are one. */
  readonly greyscale: boolean;
  /** Rate level of the model, from 0. */
  readonly level: number;
  /**
   * Pixels along each side of a tile, a power of 2 in 64..65536; by default 1024, or 256 for images of more
   * than 2^23 pixels.
   */
  readonly tileSide?: number | undefined;
  /** One value for each pixel, 0..255, row by row; left out if the image is opaque. */
  readonly alpha?: Uint8Array | undefined;
  /** Bits of a sample of the image, 8..16; 8 by default. Decoders say so; it changes nothing else. */
  readonly bitDepth?: number | undefined;
  /** ICC profile, EXIF and XMP. */
  readonly metadata?: ImageMetadata | undefined;
}

/**
 * Writes a `.ncr` file from symbols: the inverse of `parse`. Use it to choose symbols in another way than
 * `encode` does.
 *
 * @param model - decodes the file.
 * @param input - the symbols of the whole padded image, planar: hyper-latents −127..127 of
 * [hyperChannels, ⌈height/64⌉, ⌈width/64⌉], latents −32767..32767 of
 * [latentChannels, 4·⌈height/64⌉, 4·⌈width/64⌉].
 * @returns the bytes of the file.
 * @throws TypeError or RangeError for a bad argument.
 * @throws {@link TooLargeError} if a part of the file would be too large for the format.
 * @throws {@link ModelError} if the model's networks do not fit its description.
 * @throws the signal's reason once it is aborted.
 * @example
 * ```ts
 * const parsed = await parse(model, bytes);
 * const symbols = parsed.symbols.map((symbol) => (Math.abs(symbol) > 1 ? symbol : 0));
 * const smaller = await pack(model, { ...parsed, symbols });
 * ```
 */
export async function pack(
  model: Model,
  input: PackInput,
  options: ProgressOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  checkInput(model, input);
  checkProgressOptions(options);
  const { width, height, level, tileSide, alpha } = input;
  const log2Side = tileSide === undefined ? getLog2TileSide(width, height) : Math.log2(tileSide);
  const grid = createTileGrid(width, height, log2Side);
  const streams: Uint8Array[] = [];
  reportProgress(options, 0);
  for (let i = 0; i < grid.count; i++) {
    const tile = getTile(grid, i);
    const symbols = cutTile(model, input, { top: 0, left: 0, ...grid.hyper }, tile);
    streams.push(await encodeTile(model, tile, level, symbols));
    reportProgress(options, (i + 1) / grid.count);
  }
  return assembleFile(model, {
    ...input,
    log2Side,
    streams,
    alpha: alpha && writeAlphaSection(alpha, width, height),
  });
}

/** A file whose symbols are coded. */
export interface CodedImage
  extends Pick<PackInput, 'width' | 'height' | 'greyscale' | 'level' | 'bitDepth' | 'metadata'> {
  readonly log2Side: number;
  /** One stream for each tile, in raster order. */
  readonly streams: readonly Uint8Array[];
  /** Payload of the section `Alph`. */
  readonly alpha: Uint8Array | undefined;
}

/** Writes a file from its streams. */
export function assembleFile(
  model: Model,
  { width, height, greyscale, level, log2Side, streams, alpha, bitDepth = 8, metadata }: CodedImage,
): Uint8Array<ArrayBuffer> {
  const tiles = writeTileSection({ log2Side, streams });
  return writeContainer({
    width,
    height,
    level,
    greyscale,
    modelHash: model.hash,
    sections: listSections({
      tiles,
      alpha,
      bits: bitDepth > 8 ? Uint8Array.of(bitDepth) : undefined,
      ...metadata,
    }),
  });
}

/** log2 of the side of the tiles that an image is cut into. */
export function getLog2TileSide(width: number, height: number): number {
  return width * height <= MAX_WINDOW_PIXELS ? LOG2_TILE_SIDE : LOG2_TILE_SIDE_OF_LARGE;
}

/**
 * Copies the integers of a tile from those of a window around it.
 *
 * @param window - what `from` covers, in hyper-latents.
 */
export function cutTile(
  model: Model,
  from: CodedSymbols,
  window: Window,
  { hyper, latent }: Tile,
): CodedSymbols {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const hyperSymbols = new Int32Array(hyperChannels * hyper.rows * hyper.columns);
  const symbols = new Int32Array(latentChannels * latent.rows * latent.columns);
  copyCells(from.hyperSymbols, window, hyperSymbols, hyper);
  copyCells(from.symbols, toLatents(window), symbols, latent);
  return { hyperSymbols, symbols };
}

function checkInput(model: Model, input: PackInput): void {
  checkObject(input, 'input');
  const { width, height, greyscale, level, tileSide, alpha, bitDepth = 8, metadata = {} } = input;
  const { levels, hyperChannels, latentChannels } = model.description.bitstream;
  checkInteger(width, 1, MAX_SIDE, 'input.width');
  checkInteger(height, 1, MAX_SIDE, 'input.height');
  checkBoolean(greyscale, 'input.greyscale');
  checkInteger(level, 0, levels - 1, 'input.level');
  if (tileSide !== undefined) {
    checkInteger(tileSide, 2 ** MIN_LOG2_SIDE, 2 ** MAX_LOG2_SIDE, 'input.tileSide');
    if (!Number.isInteger(Math.log2(tileSide))) {
      throw new RangeError(expectedButReceived('power of 2', 'input.tileSide', tileSide));
    }
  }
  const { hyper, latent } = createTileGrid(width, height, MAX_LOG2_SIDE);
  const hyperCount = hyperChannels * hyper.rows * hyper.columns;
  checkSymbols(input.hyperSymbols, hyperCount, MAX_HYPER_SYMBOL, 'input.hyperSymbols');
  const count = latentChannels * latent.rows * latent.columns;
  checkSymbols(input.symbols, count, MAX_SYMBOL, 'input.symbols');
  if (alpha !== undefined) {
    checkBytes(alpha, 'input.alpha');
    checkInteger(alpha.length, width * height, width * height, 'input.alpha.length');
  }
  checkInteger(bitDepth, 8, 16, 'input.bitDepth');
  checkMetadata(metadata, 'input.metadata');
}

function checkSymbols(symbols: unknown, length: number, max: number, name: string): void {
  if (!(symbols instanceof Int32Array)) {
    throw new TypeError(expectedButReceived('Int32Array', name, symbols));
  }
  checkInteger(symbols.length, length, length, `${name}.length`);
  const wrong = symbols.findIndex((symbol) => symbol < -max || symbol > max);
  if (wrong >= 0) checkInteger(symbols[wrong], -max, max, `${name}[${wrong}]`);
}
