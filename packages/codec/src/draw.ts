// From the integers of a window to the planes of its pixels, at full size or as a preview.
import type { NetworkSymbols } from './decoded-tiles.js';
import type { Model } from './model.js';
import { shrinkWindow, toLatents, toPixels, type Window } from './tiles.js';

/** A way from latents to pixels. */
export interface Drawing {
  readonly graph: 'synthesis' | 'preview';
  readonly output: string;
  /** Pixels of the image for one of the drawing, along each side. */
  readonly stride: number;
}

/** The image itself. */
export const WHOLE: Drawing = { graph: 'synthesis', output: 'x_hat', stride: 1 };

/** An image an eighth as wide and high, without the synthesis. */
export const PREVIEW: Drawing = { graph: 'preview', output: 'preview', stride: 8 };

/**
 * Runs the network of a drawing over a window.
 *
 * @param window - in hyper-latents.
 * @returns planar [3, rows, columns] of the drawing, about 0..1.
 */
export async function drawWindow(
  model: Model,
  { graph, output, stride }: Drawing,
  level: number,
  window: Window,
  { z, symbols }: NetworkSymbols,
): Promise<Float32Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const latents = toLatents(window);
  const pixels = shrinkWindow(toPixels(window), stride);
  const planes = await model.run(
    graph,
    {
      symbols: { data: symbols, dims: [1, latentChannels, latents.rows, latents.columns] },
      z: { data: z, dims: [1, hyperChannels, window.rows, window.columns] },
      level: { data: Int32Array.of(level), dims: [1] },
    },
    { [output]: [1, 3, pixels.rows, pixels.columns] },
  );
  return planes[output]!;
}
