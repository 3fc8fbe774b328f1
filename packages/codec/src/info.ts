// What a .ncr file says about itself without its model: size, level, sections, tiles.
import { ALPHA_TYPE, readAlphaSection } from './alpha-section.js';
import { CorruptFileError } from './errors.js';
import { checkEssential, findSection, readContainer, type Section, VERSION } from './format.js';
import type { Channels, ImageMetadata } from './image.js';
import { checkMetadata, metadataOf } from './metadata.js';
import type { Region } from './region.js';
import { readTileSection, TILE_TYPE, type TileStreams } from './tile-section.js';
import { HYPER_STRIDE, type TileGrid, tileAt, tileGrid } from './tiles.js';
import { checkBoolean, checkBytes, checkObject } from './validate.js';

/** What a `.ncr` file says about itself. */
export interface NcrInfo {
  readonly version: number;
  /** Pixels per row of the image, 1..65535. */
  readonly width: number;
  /** Rows of the image, 1..65535. */
  readonly height: number;
  /** Samples of a pixel that decoding gives: 1 grey; 2 grey, alpha; 3 colours; 4 colours, alpha. */
  readonly channels: Channels;
  /** Rate level, 0..255: quality − 1 for models of 100 levels. */
  readonly level: number;
  /** First 8 bytes of the hash of the model that decodes this file. */
  readonly modelHash: Uint8Array;
  /** Length of the whole file. */
  readonly byteLength: number;
  /** The sections in the order of the file, also those this version does not know. */
  readonly sections: readonly { readonly type: string; readonly byteLength: number }[];
  /** Pixels a side of the tiles that are not cut by the edge. */
  readonly tileSide: number;
  /**
   * What of the image each tile covers, in pixels, and how long its stream is. Made when it is first asked
   * for: a file of 5 MB may claim a million tiles.
   */
  readonly tiles: readonly TileInfo[];
}

/** A tile as {@link NcrInfo} has it. */
export interface TileInfo extends Region {
  /** Length of its stream. */
  readonly byteLength: number;
}

/** A file read as far as it goes without a model. */
export interface ReadFile {
  readonly info: NcrInfo;
  readonly grid: TileGrid;
  readonly streams: TileStreams;
  /** Undefined if the image is opaque. */
  readonly alpha: TileStreams | undefined;
  /** But for those in {@link ReadFile.missing}. */
  readonly sections: readonly Section[];
  /** Types of the sections of which nothing can be used, as they are damaged. */
  readonly missing: readonly string[];
}

/** Options of {@link readInfo}. */
export interface InfoOptions {
  /**
   * Describes a damaged file, too, as long as its header and its index of tiles can be read; false if
   * left out. A tile that is damaged or not all there has a byteLength of 0 then, and the image no alpha if
   * nothing of that can be read.
   */
  readonly partial?: boolean | undefined;
}

/**
 * Describes a `.ncr` file. Everything is checked but the entropy-coded streams themselves, of which
 * only the checksums are.
 *
 * @param bytes the whole file.
 * @throws {FormatError} if this is no `.ncr` file, or one that needs a later decoder.
 * @throws {CorruptFileError} if it was cut off, changed, or something follows it.
 * @throws {TypeError} for a bad argument.
 * @example
 * const { width, height, level } = readInfo(bytes);
 */
export function readInfo(bytes: Uint8Array, options: InfoOptions = {}): NcrInfo {
  return readFile(bytes, isPartial(options)).info;
}

/**
 * The ICC profile, EXIF and XMP of a `.ncr` file; no pixel is decoded, and no model needed.
 *
 * @param bytes the whole file.
 * @throws as {@link readInfo}.
 * @example
 * const { icc, exif, xmp } = readMetadata(bytes);
 */
export function readMetadata(bytes: Uint8Array, options: InfoOptions = {}): ImageMetadata {
  return metadataOf(readFile(bytes, isPartial(options)).sections);
}

function isPartial(options: InfoOptions): boolean {
  checkObject(options, 'options');
  const { partial = false } = options;
  checkBoolean(partial, 'partial');
  return partial;
}

/** As {@link readInfo}, with what the sections hold. */
export function readFile(bytes: Uint8Array, partial: boolean): ReadFile {
  checkBytes(bytes, 'bytes');
  const { width, height, level, greyscale, modelHash, sections } = readContainer(bytes, partial);
  checkEssential(sections, [TILE_TYPE, ALPHA_TYPE]);
  const payload = findSection(sections, TILE_TYPE);
  if (payload === undefined) {
    throw new CorruptFileError(`The file has no section ${TILE_TYPE}: get a good copy of it.`);
  }
  const streams = readTileSection(payload, width, height, partial);
  const grid = tileGrid(width, height, streams.log2Side);
  const alphaPayload = findSection(sections, ALPHA_TYPE);
  const alpha = alphaPayload && readAlphaSection(alphaPayload, width, height, partial);
  const isLost = ({ type, damaged = false }: Section) => {
    // The tiles of these two have checksums of their own.
    if (type === TILE_TYPE) return false;
    return type === ALPHA_TYPE ? alpha === undefined : damaged;
  };
  const kept = sections.filter((section) => !isLost(section));
  checkMetadata(kept);
  const info = {
    version: VERSION,
    width,
    height,
    channels: channelsOf(greyscale, alpha !== undefined),
    level,
    modelHash: modelHash.slice(),
    byteLength: bytes.length,
    sections: sections.map(({ type, payload }) => ({ type, byteLength: payload.length })),
    tileSide: 2 ** streams.log2Side,
  };
  return {
    info: withTiles(info, grid, streams.sizes),
    grid,
    streams,
    alpha,
    sections: kept,
    missing: sections.filter(isLost).map(({ type }) => type),
  };
}

function channelsOf(greyscale: boolean, hasAlpha: boolean): Channels {
  if (greyscale) return hasAlpha ? 2 : 1;
  return hasAlpha ? 4 : 3;
}

/** Adds the tiles, once they are asked for. A function of its own: what it makes keeps no file alive. */
function withTiles(info: Omit<NcrInfo, 'tiles'>, grid: TileGrid, sizes: Uint32Array): NcrInfo {
  let tiles: readonly TileInfo[] | undefined;
  return {
    ...info,
    get tiles() {
      tiles ??= Array.from(sizes, (byteLength, i) => {
        const { left, top, width, height } = areaOfTile(grid, i, info.width, info.height);
        // Spreading it would take three times the memory.
        return { left, top, width, height, byteLength };
      });
      return tiles;
    },
  };
}

/** What a tile covers of an image of width × height pixels. */
export function areaOfTile(grid: TileGrid, index: number, width: number, height: number): Region {
  const { hyper } = tileAt(grid, index);
  const left = hyper.left * HYPER_STRIDE;
  const top = hyper.top * HYPER_STRIDE;
  return {
    left,
    top,
    width: Math.min(hyper.columns * HYPER_STRIDE, width - left),
    height: Math.min(hyper.rows * HYPER_STRIDE, height - top),
  };
}
