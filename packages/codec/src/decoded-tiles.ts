// The integers of a file as windows ask for them: a tile is decoded when a window first needs it, and
// forgotten when no later one will, so that memory holds a band of the image and not all of it (but where
// a preview comes first, and all windows twice).
import { CorruptFileError } from './errors.js';
import type { ReadFile } from './info.js';
import { advance, type JobOptions } from './job.js';
import type { Model } from './model.js';
import { decodeTile, type ImageSymbols, noSymbols } from './tile-coding.js';
import { copyCells, latentsOf, tileAt, tilesUnder, type Window } from './tiles.js';

/** What networks are given of a window: integers in floats, planar. */
export interface WindowSymbols {
  /** [hyperChannels, rows, columns] of the window. */
  readonly z: Float32Array<ArrayBuffer>;
  /** [latentChannels, 4·rows, 4·columns]. */
  readonly symbols: Float32Array<ArrayBuffer>;
}

/** A tile kept for later windows; 16 bits hold every latent. */
interface KeptTile {
  readonly hyperSymbols: Int16Array;
  readonly symbols: Int16Array;
}

/**
 * Decodes one tile of a file.
 *
 * @param index of the tile, in raster order.
 * @param damaged if given, takes the number of a damaged tile, whose integers are all 0 then.
 * @throws {CorruptFileError} naming the tile, without `damaged`; {ModelError} as `decodeTile`.
 */
export async function decodeTileOf(
  { grid, info, streams }: ReadFile,
  model: Model,
  index: number,
  damaged?: Set<number>,
): Promise<ImageSymbols> {
  const tile = tileAt(grid, index);
  try {
    return await decodeTile(model, tile, info.level, streams.stream(index));
  } catch (error) {
    if (!(error instanceof CorruptFileError)) throw error;
    if (damaged) {
      damaged.add(index);
      return noSymbols(model, tile);
    }
    const place = `Tile ${index + 1} of ${grid.count}`;
    throw new CorruptFileError(`${place}: ${error.message}`, { cause: error });
  }
}

/** Refuses an image of which nothing is left: all the tiles that it needs are damaged. */
export function checkLeft(damaged: ReadonlySet<number> | undefined, needed: number): void {
  if (damaged === undefined || damaged.size < needed) return;
  throw new CorruptFileError('Every tile that is needed is damaged: get a good copy of the file.');
}

/** The tiles of one file, for windows that are asked for in the order given. */
export class DecodedTiles {
  readonly #model: Model;
  readonly #file: ReadFile;
  readonly #options: JobOptions;
  readonly #damaged: Set<number> | undefined;
  /** For each tile needed, the last window that needs it. */
  readonly #lastUse = new Map<number, number>();
  readonly #kept = new Map<number, KeptTile>();
  #decoded = 0;

  /**
   * @param windows what will be asked for, in hyper-latents and in this order.
   * @param options told of each tile.
   * @param damaged as for {@link decodeTileOf}.
   */
  constructor(
    model: Model,
    file: ReadFile,
    windows: readonly Window[],
    options: JobOptions,
    damaged?: Set<number>,
  ) {
    this.#model = model;
    this.#file = file;
    this.#options = options;
    this.#damaged = damaged;
    for (const [i, window] of windows.entries()) {
      for (const index of tilesUnder(file.grid, window)) this.#lastUse.set(index, i);
    }
  }

  /**
   * The integers of window `i` of those announced.
   *
   * @throws as {@link decodeTileOf}; the signal's reason once it is aborted.
   */
  async window(i: number, window: Window): Promise<WindowSymbols> {
    const { latentChannels, hyperChannels } = this.#model.description.bitstream;
    const cells = window.rows * window.columns;
    const latents = latentsOf(window);
    const z = new Float32Array(hyperChannels * cells);
    const symbols = new Float32Array(latentChannels * latents.rows * latents.columns);
    const { grid } = this.#file;
    for (const index of tilesUnder(grid, window)) {
      const tile = tileAt(grid, index);
      const known = this.#kept.get(index) ?? (await this.#decode(index));
      copyCells(known.hyperSymbols, tile.hyper, z, window);
      copyCells(known.symbols, tile.latent, symbols, latents);
      if (this.#lastUse.get(index) === i) this.#kept.delete(index);
      else if ('scaleIndices' in known) this.#kept.set(index, compact(known));
    }
    return { z, symbols };
  }

  async #decode(index: number): Promise<ImageSymbols> {
    const decoded = await decodeTileOf(this.#file, this.#model, index, this.#damaged);
    this.#decoded += 1;
    checkLeft(this.#damaged, this.#lastUse.size);
    advance(this.#options, this.#decoded / this.#lastUse.size);
    return decoded;
  }
}

function compact({ hyperSymbols, symbols }: ImageSymbols): KeptTile {
  return { hyperSymbols: Int16Array.from(hyperSymbols), symbols: Int16Array.from(symbols) };
}
