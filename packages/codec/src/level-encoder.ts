// Encodes one image at one rate level, window by window, so that memory does not grow with the image. The
// analysis depends on the level alone, so that trying several roundings runs it once.
import { writeAlphaSection } from './alpha-section.js';
import { analyse, chooseSymbols, type Latents } from './choose-symbols.js';
import { isOf16Bits, type RawImage, type RawImage16 } from './image.js';
import type { Model } from './model.js';
import { getMargin } from './model-description.js';
import { assembleFile, cutTile, getLog2TileSide } from './pack.js';
import { type ProgressOptions, reportProgress, splitProgress } from './progress.js';
import type { Rounding } from './quantize.js';
import { encodeTile } from './tile-coding.js';
import { createTileGrid, findTiles, getTile, type TileGrid } from './tiles.js';
import { extractAlpha, fillTransparent } from './transparency.js';
import { cutIntoWindows, type ImageWindow } from './windows.js';

/** What is the same at every level. */
export interface PreparedImage {
  /** The image with colours that cost little wherever they cannot be seen. */
  readonly image: RawImage | RawImage16;
  /** Payload of the section `Alph`; undefined if the image is opaque. */
  readonly alpha: Uint8Array | undefined;
}

/** Codes the alpha of an image, and makes its colours ready. */
export function prepareImage(image: RawImage | RawImage16): PreparedImage {
  const alpha = extractAlpha(image);
  if (alpha === undefined) return { image, alpha };
  return {
    image: fillTransparent(image),
    alpha: writeAlphaSection(alpha, image.width, image.height),
  };
}

/** Encodes one image at one level, as often as you like. */
export class LevelEncoder {
  readonly #model: Model;
  readonly #prepared: PreparedImage;
  readonly #level: number;
  readonly #log2Side: number;
  readonly #grid: TileGrid;
  readonly #windows: readonly ImageWindow[];
  /** Latents of each window, for the next rounding; undefined to save memory: 3 bytes a pixel. */
  readonly #kept: Latents[] | undefined;

  /**
   * @param windowPixels - most pixels computed at once.
   * @param keepLatents - whether {@link LevelEncoder.encode} will be called again.
   */
  constructor(
    model: Model,
    prepared: PreparedImage,
    level: number,
    windowPixels: number,
    keepLatents: boolean,
  ) {
    const { width, height } = prepared.image;
    this.#model = model;
    this.#prepared = prepared;
    this.#level = level;
    this.#log2Side = getLog2TileSide(width, height);
    this.#grid = createTileGrid(width, height, this.#log2Side);
    this.#windows = cutIntoWindows({ top: 0, left: 0, ...this.#grid.hyper }, this.#grid.hyper, {
      margin: getMargin(model.description),
      unit: this.#grid.side,
      maxPixels: windowPixels,
    });
    this.#kept = keepLatents ? [] : undefined;
  }

  /**
   * The bytes of the file.
   *
   * @throws the signal's reason once it is aborted.
   */
  async encode(rounding: Rounding, options: ProgressOptions): Promise<Uint8Array<ArrayBuffer>> {
    const [choosing, coding] = splitProgress(options, 0.8, 0.2);
    const shares = this.#windows.map(() => 1 / this.#windows.length);
    const choosingEach = splitProgress(choosing, ...shares);
    reportProgress(options, 0);
    const streams: Uint8Array[] = [];
    let coded = 0;
    for (const [i, { core, around }] of this.#windows.entries()) {
      const symbols = await this.#chooseSymbols(i, rounding, choosingEach[i]!);
      for (const index of findTiles(this.#grid, core)) {
        const tile = getTile(this.#grid, index);
        const part = cutTile(this.#model, symbols, around, tile);
        streams[index] = await encodeTile(this.#model, tile, this.#level, part);
        coded += 1;
        reportProgress(coding, coded / this.#grid.count);
      }
    }
    const { image, alpha } = this.#prepared;
    const { width, height, channels, metadata } = image;
    return assembleFile(this.#model, {
      width,
      height,
      greyscale: channels < 3,
      level: this.#level,
      log2Side: this.#log2Side,
      streams,
      alpha,
      bitDepth: isOf16Bits(image) ? 16 : 8,
      metadata,
    });
  }

  async #chooseSymbols(index: number, rounding: Rounding, options: ProgressOptions) {
    const [analysing, choosing] = splitProgress(options, 0.6, 0.4);
    const { around } = this.#windows[index]!;
    const { image } = this.#prepared;
    const latents = this.#kept?.[index] ?? (await analyse(this.#model, image, around, this.#level));
    if (this.#kept) this.#kept[index] = latents;
    reportProgress(analysing, 1);
    return await chooseSymbols(this.#model, latents, rounding, choosing);
  }
}
