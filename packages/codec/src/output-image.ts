// A decoded image while it is being drawn, at full size or smaller: its size, its alpha, and which of its
// parts are damaged. draw.ts computes its colours.
import { decodeAlpha } from './alpha-section.js';
import type { Channels, DecodedImage } from './image.js';
import type { NcrFile } from './ncr-file.js';
import { cropFromPlanes } from './pad.js';
import type { Region } from './region.js';
import { intersect, shrinkWindow, toPixels, type Window } from './tiles.js';
import { insertAlpha, shrinkAlpha } from './transparency.js';

/** Stands for pixels that are not known. */
const GREY = 128;

/** An image that is being drawn. Its alpha is decoded at once: damage is found before any network runs. */
export class OutputImage<Samples extends Uint8Array | Uint16Array> {
  readonly #file: NcrFile;
  readonly #stride: number;
  /** In pixels of the drawing. */
  readonly #covers: Window;
  readonly #data: Samples;
  /** Damaged tiles of alpha, in pixels of the image. */
  readonly #damagedAlpha: Region[] = [];

  /**
   * @param stride - pixels of the image for one of the drawing, along each side.
   * @param region - what is drawn; it grows to multiples of the stride.
   * @param partial - whether damaged tiles of alpha are tolerated.
   * @param allocate - gives room for so many samples, of the depth that is wanted.
   * @throws {@link CorruptFileError} for damaged alpha.
   */
  constructor(
    file: NcrFile,
    stride: number,
    region: Region,
    partial: boolean,
    allocate: (length: number) => Samples,
  ) {
    const { width, height, channels, alphaStreams } = file;
    const area = growRegion(region, stride, file);
    this.#file = file;
    this.#stride = stride;
    this.#covers = shrinkWindow(toWindow(area), stride);
    this.#data = allocate(channels * this.#covers.rows * this.#covers.columns);
    if (alphaStreams) {
      const damaged = partial ? this.#damagedAlpha : undefined;
      const alpha = decodeAlpha(alphaStreams, width, height, area, damaged);
      const scaled = stride === 1 ? alpha : shrinkAlpha(alpha, area, stride);
      insertAlpha(this.#data, channels, scaled);
    }
  }

  /**
   * Draws the colours of a window.
   *
   * @param planes - planar [3, rows, columns] of the drawing, about 0..1.
   * @param around - what they cover, in hyper-latents.
   * @param core - the part of it that is drawn.
   */
  draw(planes: Float32Array, around: Window, core: Window): void {
    const source = shrinkWindow(toPixels(around), this.#stride);
    const part = shrinkWindow(toPixels(core), this.#stride);
    cropFromPlanes(planes, source, part, this.#covers, this.#data, this.#file.channels);
  }

  /**
   * Ends drawing: makes damaged tiles grey.
   *
   * @param damagedTiles - places in `NcrFile.tiles`.
   */
  finish(damagedTiles: Iterable<number>): Omit<DecodedImage, 'data'> & { readonly data: Samples } {
    const { channels, metadata, missing } = this.#file;
    const damaged = Array.from(damagedTiles, (index) => this.#file.getTileArea(index));
    for (const tile of damaged) {
      fillGrey(this.#data, channels, this.#covers, shrinkWindow(toWindow(tile), this.#stride));
    }
    damaged.push(...this.#damagedAlpha);
    return {
      width: this.#covers.columns,
      height: this.#covers.rows,
      channels,
      data: this.#data,
      metadata,
      ...(damaged.length > 0 ? { damaged } : {}),
      ...(missing.length > 0 ? { missing } : {}),
    };
  }
}

/** The smallest region around another whose sides are at multiples of a stride or at the edges of the image. */
function growRegion({ left, top, width, height }: Region, stride: number, image: NcrFile): Region {
  const [x, y] = [left - (left % stride), top - (top % stride)];
  const right = Math.min(image.width, stride * Math.ceil((left + width) / stride));
  const bottom = Math.min(image.height, stride * Math.ceil((top + height) / stride));
  return { left: x, top: y, width: right - x, height: bottom - y };
}

function toWindow({ left, top, width, height }: Region): Window {
  return { top, left, rows: height, columns: width };
}

/**
 * Fills the intersection of two rectangles of an image, all channels except alpha.
 *
 * @param target - what `data` covers.
 */
function fillGrey(
  data: Uint8Array | Uint16Array,
  channels: Channels,
  target: Window,
  lost: Window,
): void {
  const shared = intersect(target, lost);
  if (shared === undefined) return;
  const grey = data instanceof Uint16Array ? 257 * GREY : GREY;
  const colours = channels < 3 ? 1 : 3;
  for (let row = shared.top - target.top; row < shared.top - target.top + shared.rows; row++) {
    const first = target.columns * row + shared.left - target.left;
    for (let pixel = first; pixel < first + shared.columns; pixel++) {
      data.fill(grey, channels * pixel, channels * pixel + colours);
    }
  }
}
