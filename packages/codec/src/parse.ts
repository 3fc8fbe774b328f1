// Reads all the integers that a .ncr file holds, which are the same on every device; pack.ts writes them.
import { decodeAlpha } from './alpha-section.js';
import { checkLeft, decodeFileTile } from './decoded-tiles.js';
import type { ImageMetadata } from './image.js';
import type { Model } from './model.js';
import type { NcrFile } from './ncr-file.js';
import {
  checkParseOptions,
  type NcrSource,
  openForModel,
  type ParseOptions,
} from './open-for-model.js';
import { reportProgress } from './progress.js';
import type { Region } from './region.js';
import { createZeroSymbols, type ImageSymbols } from './tile-coding.js';
import { copyCells, getTile } from './tiles.js';

/** What a `.ncr` file holds, before any floating-point network has run. `pack` takes the same. */
export interface ParsedImage extends ImageSymbols {
  /** Pixels per row, 1..65535. */
  readonly width: number;
  /** Rows, 1..65535. */
  readonly height: number;
  /** Whether the image is grey: its three planes of colour are one. */
  readonly greyscale: boolean;
  /** Rate level of the model, from 0. */
  readonly level: number;
  /** Pixels along each side of a tile that no edge cuts. */
  readonly tileSide: number;
  /** One value for each pixel, row by row; undefined if the image is opaque. */
  readonly alpha: Uint8Array | undefined;
  /** Bits of a sample of the image that the file was made from, 8..16. */
  readonly bitDepth: number;
  /** ICC profile, EXIF and XMP. */
  readonly metadata: ImageMetadata;
  /** With `partial`: which tiles were damaged, in raster order; their integers are all 0. */
  readonly damagedTiles: readonly number[];
  /** With `partial`: where alpha was damaged, in pixels; it is opaque there. */
  readonly damagedAlpha: readonly Region[];
}

/**
 * The first half of `decode`: reads the integers that a file holds, which are the same on every device.
 * It takes about 9 bytes of memory a pixel.
 *
 * @param model - the model that the file was made with.
 * @param source - the whole file, or the result of `openNcr`.
 * @returns the symbols of the whole padded image, planar, the table rows they were coded with, alpha and
 * metadata.
 * @throws the same errors as `decode`.
 * @example
 * ```ts
 * const { symbols, scaleIndices } = await parse(model, bytes);
 * ```
 */
export async function parse(
  model: Model,
  source: NcrSource,
  options: ParseOptions = {},
): Promise<ParsedImage> {
  checkParseOptions(options);
  const { file, partial } = openForModel(model, source, options);
  const { width, height, channels, level, tileSide, bitDepth, metadata, alphaStreams } = file;
  const damagedAlpha: Region[] = [];
  const area = { left: 0, top: 0, width, height };
  const alpha =
    alphaStreams &&
    decodeAlpha(alphaStreams, width, height, area, partial ? damagedAlpha : undefined);
  const symbols = await parseSymbols(model, file, partial, options);
  return {
    width,
    height,
    greyscale: channels < 3,
    level,
    tileSide,
    bitDepth,
    ...symbols,
    alpha,
    metadata,
    damagedAlpha,
  };
}

/** Reads the symbols of all tiles. */
export async function parseSymbols(
  model: Model,
  file: NcrFile,
  partial: boolean,
  options: ParseOptions,
): Promise<ImageSymbols & Pick<ParsedImage, 'damagedTiles'>> {
  const { hyper, latent, count } = file.grid;
  const whole = { hyper: { top: 0, left: 0, ...hyper }, latent: { top: 0, left: 0, ...latent } };
  const all = createZeroSymbols(model, whole);
  const damaged = partial ? new Set<number>() : undefined;
  for (let i = 0; i < count; i++) {
    const tile = getTile(file.grid, i);
    const decoded = await decodeFileTile(model, file, i, damaged);
    checkLeft(damaged, count);
    copyCells(decoded.hyperSymbols, tile.hyper, all.hyperSymbols, whole.hyper);
    copyCells(decoded.symbols, tile.latent, all.symbols, whole.latent);
    copyCells(decoded.scaleIndices, tile.latent, all.scaleIndices, whole.latent);
    reportProgress(options, (i + 1) / count);
  }
  return { ...all, damagedTiles: [...(damaged ?? [])] };
}
