// Opens a .ncr file: reads everything that needs no model, once. Decoding, parsing and measuring take what
// is opened here.
import { CorruptFileError } from './errors.js';
import { type Container, readContainer, VERSION } from './format.js';
import type { Channels, ImageMetadata } from './image.js';
import type { Region } from './region.js';
import { readSections, type SectionContents } from './sections.js';
import { TILE_TYPE, type TileStreams, type Tolerance } from './tile-section.js';
import { createTileGrid, getTile, type TileGrid, toPixels } from './tiles.js';
import { checkBoolean, checkBytes, checkObject } from './validate.js';

/** Options of {@link openNcr}. */
export interface OpenOptions {
  /**
   * Opens a damaged file too, provided its header and the index of its tiles can be read. A tile that is
   * damaged or incomplete then has a `byteLength` of 0, and `missing` names sections that are lost. False
   * by default.
   */
  readonly partial?: boolean | undefined;
  /**
   * Opens the beginning of a file that is still being fetched: header, index of tiles, and as much as there is
   * of the rest, which no checksum covers yet. Decoding it gives a first impression of the image, with what
   * is missing as if it were predicted exactly, or grey. Decode the whole file for the image. False by default.
   */
  readonly incomplete?: boolean | undefined;
}

/** A section of an {@link NcrFile}. */
export interface SectionInfo {
  /** Four letters, such as `TILE`. */
  readonly type: string;
  /** Length of its payload. */
  readonly byteLength: number;
}

/** A tile of an {@link NcrFile}: the pixels it covers, and the length of its stream. */
export interface TileInfo extends Region {
  /** Length of its entropy-coded stream. */
  readonly byteLength: number;
}

/**
 * An opened `.ncr` file, from {@link openNcr}. It keeps a view of the file's bytes: do not change them while
 * you use it.
 */
export class NcrFile {
  /** Version of the format. */
  readonly version: number = VERSION;
  /** Pixels per row of the image, 1..65535. */
  readonly width: number;
  /** Rows of the image, 1..65535. */
  readonly height: number;
  /** Samples per pixel of the decoded image: 1 grey; 2 grey, alpha; 3 colour; 4 colour, alpha. */
  readonly channels: Channels;
  /** Bits of a sample of the image that the file was made from, 8..16. `decode` gives 8 or 16, as you ask. */
  readonly bitDepth: number;
  /** Rate level, 0..255. `Model.toQuality` converts it to a quality. */
  readonly level: number;
  /** First 8 bytes of the hash of the model that decodes this file. */
  readonly modelHash: Uint8Array;
  /** Length of the whole file. */
  readonly byteLength: number;
  /** The sections in the order of the file, including those that this version does not know. */
  readonly sections: readonly SectionInfo[];
  /** Types of sections that are damaged and cannot be used; only with `partial`. */
  readonly missing: readonly string[];
  /** Whether the file was opened with `partial`, or `incomplete`, which includes it. */
  readonly partial: boolean;
  /** Whether the file was opened with `incomplete`. */
  readonly incomplete: boolean;
  /** How the image is cut into tiles. @internal */
  readonly grid: TileGrid;
  /** The streams of the tiles. @internal */
  readonly tileStreams: TileStreams;
  /** The streams of the alpha channel, if the image has one. @internal */
  readonly alphaStreams: TileStreams | undefined;
  readonly #metadata: ImageMetadata;
  #tiles: readonly TileInfo[] | undefined;

  /** @internal */
  constructor(
    bytes: Uint8Array,
    container: Container,
    { tiles, alpha, bits = 8, ...metadata }: SectionContents,
    missing: readonly string[],
    tolerance: Tolerance,
  ) {
    if (tiles === undefined) {
      throw new CorruptFileError(`The file has no section ${TILE_TYPE}: get a good copy of it.`);
    }
    const { width, height, level, greyscale, modelHash, sections } = container;
    this.width = width;
    this.height = height;
    this.channels = ((greyscale ? 1 : 3) + (alpha ? 1 : 0)) as Channels;
    this.bitDepth = bits;
    this.level = level;
    this.modelHash = new Uint8Array(modelHash);
    this.byteLength = bytes.length;
    this.sections = sections.map(({ type, payload }) => ({ type, byteLength: payload.length }));
    this.missing = missing;
    this.partial = tolerance !== 'none';
    this.incomplete = tolerance === 'incomplete';
    this.grid = createTileGrid(width, height, tiles.log2Side);
    this.tileStreams = tiles;
    this.alphaStreams = alpha;
    this.#metadata = metadata;
  }

  /** The ICC profile, EXIF and XMP of the image, those that it has; a copy each time. */
  get metadata(): ImageMetadata {
    // Not slice(), which copies nothing of a Node Buffer.
    const copies = Object.entries(this.#metadata).map(([kind, bytes]) => [
      kind,
      new Uint8Array(bytes),
    ]);
    return Object.fromEntries(copies);
  }

  /** Pixels along each side of the tiles that no edge cuts. */
  get tileSide(): number {
    return 2 ** this.tileStreams.log2Side;
  }

  /** The tiles in raster order. A file of 5 MB may have a million of them; they are listed on first use. */
  get tiles(): readonly TileInfo[] {
    this.#tiles ??= Array.from(this.tileStreams.sizes, (byteLength, i) => {
      const { left, top, width, height } = this.getTileArea(i);
      // Spreading it would take three times the memory.
      return { left, top, width, height, byteLength };
    });
    return this.#tiles;
  }

  /**
   * The pixels that a tile covers.
   *
   * @param index - its place in raster order.
   * @internal
   */
  getTileArea(index: number): Region {
    const { left, top, rows, columns } = toPixels(getTile(this.grid, index).hyper);
    return {
      left,
      top,
      width: Math.min(columns, this.width - left),
      height: Math.min(rows, this.height - top),
    };
  }
}

/**
 * Opens a `.ncr` file: its size, level, sections and metadata, and the model it needs. No model is necessary,
 * and no pixel is decoded. Everything is checked except the entropy-coded streams, of which only the
 * checksums are.
 *
 * @param bytes - the whole file.
 * @returns the opened file, which `decode`, `parse` and `measureBits` take in place of the bytes.
 * @throws {@link FormatError} if this is not a `.ncr` file, or one that needs a later decoder.
 * @throws {@link CorruptFileError} if it was cut off or changed, or if anything follows it.
 * @throws TypeError for a bad argument.
 * @example
 * ```ts
 * const file = openNcr(bytes);
 * console.log(file.width, file.height, file.metadata.icc?.length);
 * const image = await decode(model, file);
 * ```
 */
export function openNcr(bytes: Uint8Array, options: OpenOptions = {}): NcrFile {
  checkBytes(bytes, 'bytes');
  checkObject(options, 'options');
  const { partial = false, incomplete = false } = options;
  checkBoolean(partial, 'partial');
  checkBoolean(incomplete, 'incomplete');
  const tolerance = incomplete ? 'incomplete' : partial ? 'damage' : 'none';
  const container = readContainer(bytes, tolerance !== 'none');
  const { contents, missing } = readSections(container, tolerance);
  return new NcrFile(bytes, container, contents, missing, tolerance);
}
