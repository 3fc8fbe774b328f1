// Chooses the integers that a file will hold: the only lossy step of encoding. Everything after it is exact
// (pack.ts), so another way to choose symbols needs to replace nothing but this.
import type { RawImage, RawImage16 } from './image.js';
import type { Model } from './model.js';
import { padToPlanes } from './pad.js';
import { type ProgressOptions, reportProgress } from './progress.js';
import { quantize, quantizeHyper, type Rounding } from './quantize.js';
import type { Tensor } from './runtime.js';
import { gatherStep, getStepPlaces, STEPS, scatterStep } from './steps.js';
import type { CodedSymbols } from './tile-coding.js';
import { type PlaneSize, toLatents, toPixels, type Window } from './tiles.js';

/** What the analysis makes of a window at a level, planar. */
export interface Latents {
  /** Rate level of the model. */
  readonly level: number;
  /** What they cover, in hyper-latents. */
  readonly window: Window;
  /** [latentChannels, 4·rows, 4·columns], times the gains of the level. */
  readonly y: Float32Array;
  /** [hyperChannels, rows, columns]. */
  readonly z: Float32Array;
}

/** Runs the analysis transform over a window, given in hyper-latents. */
export async function analyse(
  model: Model,
  image: RawImage | RawImage16,
  window: Window,
  level: number,
): Promise<Latents> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const pixels = toPixels(window);
  const { y, z } = await model.run(
    'analysis',
    {
      x: { data: padToPlanes(image, pixels), dims: toDims(3, pixels) },
      level: toTensor(level),
    },
    { y: toDims(latentChannels, toLatents(window)), z: toDims(hyperChannels, window) },
  );
  return { level, window, y, z };
}

/**
 * Chooses the symbols of a window.
 *
 * Those in its margin are not written: the window whose core they belong to chooses them again, and there a
 * value on the border between two integers may fall to the other side. Then the decoder's means, which
 * follow from what is written, differ a little from the ones used here, and so do the latents it finds:
 * by a fraction of the rounding that every latent suffers anyway, and in nothing that is parsed.
 *
 * @param rounding - how latents become integers.
 * @returns the symbols, planar, of the whole window.
 */
export async function chooseSymbols(
  model: Model,
  latents: Latents,
  rounding: Rounding,
  options: ProgressOptions,
): Promise<CodedSymbols> {
  const hyperSymbols = quantizeHyper(latents.z);
  const symbols = await chooseLatents(model, latents, hyperSymbols, rounding, options);
  return { hyperSymbols, symbols };
}

/**
 * Chooses the latents step by step: the means of each step follow from the latents of the steps before,
 * as the decoder will know them.
 */
async function chooseLatents(
  model: Model,
  { level, window, y }: Latents,
  hyperSymbols: Int32Array,
  rounding: Rounding,
  options: ProgressOptions,
): Promise<Int32Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const plane = toLatents(window);
  const dims = toDims(latentChannels, plane);
  const z = { data: new Float32Array(hyperSymbols), dims: toDims(hyperChannels, window) };
  const symbols = new Int32Array(y.length);
  const known = new Float32Array(y.length);
  const latents = new Float32Array(y.length / STEPS);
  const decoded = new Float32Array(y.length / STEPS);
  for (let step = 0; step < STEPS; step++) {
    const { mu } = await model.run(
      'means',
      { y_known: { data: known, dims }, z, level: toTensor(level), step: toTensor(step) },
      { mu: dims },
    );
    const places = getStepPlaces(step, plane);
    gatherStep(y, plane, places, latents);
    gatherStep(mu, plane, places, decoded);
    const chosen = quantize(latents, decoded, rounding);
    for (let i = 0; i < decoded.length; i++) decoded[i]! += chosen[i]!;
    scatterStep(chosen, plane, places, symbols);
    scatterStep(decoded, plane, places, known);
    reportProgress(options, (step + 1) / STEPS);
  }
  return symbols;
}

function toDims(channels: number, { rows, columns }: PlaneSize): readonly number[] {
  return [1, channels, rows, columns];
}

function toTensor(value: number): Tensor {
  return { data: Int32Array.of(value), dims: [1] };
}
