// The integers of a file, window by window: a tile is decoded when a window first needs it, and forgotten
// when no later window will, so that memory holds a band of the image rather than all of it.
import { CorruptFileError } from './errors.js';
import type { Model } from './model.js';
import type { NcrFile } from './ncr-file.js';
import { type ProgressOptions, reportProgress } from './progress.js';
import { createZeroSymbols, decodeTile, type ImageSymbols } from './tile-coding.js';
import { copyCells, findTiles, getTile, toLatents, type Window } from './tiles.js';

/** The integers of a window as networks take them: in floats, planar. */
export interface NetworkSymbols {
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
 * @param index - of the tile, in raster order.
 * @param damaged - if given, receives the number of a damaged tile, whose integers are then all 0.
 * @throws {@link CorruptFileError} naming the tile, without `damaged`.
 */
export async function decodeFileTile(
  model: Model,
  { grid, level, tileStreams, incomplete }: NcrFile,
  index: number,
  damaged?: Set<number>,
): Promise<ImageSymbols> {
  const tile = getTile(grid, index);
  try {
    return await decodeTile(model, tile, level, tileStreams.get(index), incomplete);
  } catch (error) {
    if (!(error instanceof CorruptFileError)) throw error;
    if (damaged) {
      damaged.add(index);
      return createZeroSymbols(model, tile);
    }
    const place = `Tile ${index + 1} of ${grid.count}`;
    throw new CorruptFileError(`${place}: ${error.message}`, { cause: error });
  }
}

/** Refuses an image of which nothing is left because all the tiles that it needs are damaged. */
export function checkLeft(damaged: ReadonlySet<number> | undefined, needed: number): void {
  if (damaged === undefined || damaged.size < needed) return;
  throw new CorruptFileError('Every tile that is needed is damaged: get a good copy of the file.');
}

/** The tiles of one file, decoded as windows need them. */
export class DecodedTiles {
  readonly #model: Model;
  readonly #file: NcrFile;
  readonly #windows: readonly Window[];
  readonly #options: ProgressOptions;
  readonly #damaged: Set<number> | undefined;
  /** For each tile that is needed, the last window that needs it. */
  readonly #lastUse = new Map<number, number>();
  readonly #kept = new Map<number, KeptTile>();
  #decoded = 0;

  /**
   * @param windows - in hyper-latents, in the order in which they are drawn.
   * @param options - progress is reported for each tile.
   * @param damaged - as for {@link decodeFileTile}.
   */
  constructor(
    model: Model,
    file: NcrFile,
    windows: readonly Window[],
    options: ProgressOptions,
    damaged?: Set<number>,
  ) {
    this.#model = model;
    this.#file = file;
    this.#windows = windows;
    this.#options = options;
    this.#damaged = damaged;
    for (const [i, window] of windows.entries()) {
      for (const index of findTiles(file.grid, window)) this.#lastUse.set(index, i);
    }
  }

  /**
   * The integers of a window.
   *
   * @param index - of the window.
   * @param keep - keeps all its tiles, for another pass over the windows.
   * @throws the same errors as {@link decodeFileTile}; the signal's reason once it is aborted.
   */
  async read(index: number, keep: boolean): Promise<NetworkSymbols> {
    const { latentChannels, hyperChannels } = this.#model.description.bitstream;
    const { grid } = this.#file;
    const window = this.#windows[index]!;
    const latents = toLatents(window);
    const z = new Float32Array(hyperChannels * window.rows * window.columns);
    const symbols = new Float32Array(latentChannels * latents.rows * latents.columns);
    for (const tileIndex of findTiles(grid, window)) {
      const { hyper, latent } = getTile(grid, tileIndex);
      const tile = this.#kept.get(tileIndex) ?? (await this.#decode(tileIndex));
      copyCells(tile.hyperSymbols, hyper, z, window);
      copyCells(tile.symbols, latent, symbols, latents);
      if (!keep && this.#lastUse.get(tileIndex) === index) this.#kept.delete(tileIndex);
      else if ('scaleIndices' in tile) this.#kept.set(tileIndex, compact(tile));
    }
    return { z, symbols };
  }

  async #decode(index: number): Promise<ImageSymbols> {
    const decoded = await decodeFileTile(this.#model, this.#file, index, this.#damaged);
    this.#decoded += 1;
    checkLeft(this.#damaged, this.#lastUse.size);
    reportProgress(this.#options, this.#decoded / this.#lastUse.size);
    return decoded;
  }
}

function compact({ hyperSymbols, symbols }: ImageSymbols): KeptTile {
  return { hyperSymbols: Int16Array.from(hyperSymbols), symbols: Int16Array.from(symbols) };
}
