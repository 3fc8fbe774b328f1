// Runs the integer-exact network that says which table each latent is coded with, tile by tile and step
// by step. Encoder and decoder both take their tables from here and from nothing else.
import { ModelError } from './errors.js';
import type { Model } from './model.js';
import { gatherStep, getStepPlaces, STEPS } from './steps.js';
import type { PlaneSize, Tile } from './tiles.js';

/** The network sees magnitudes of symbols up to this; it computes exactly for no larger ones. */
const MAX_CONTEXT = 15;

/**
 * The table row of every latent of one step of one tile. It follows from that tile alone: from its
 * hyper-latents, and from its latents of the steps before.
 *
 * @param step - 0..3.
 * @param known - the tile's symbols, planar: all hyper-latents, each in −127..127, and the latents of the
 * steps before; nothing else is read.
 * @returns in the order of the stream, each below `model.tables.rows`.
 * @throws {@link ModelError} if the network gives anything but such integers.
 */
export async function computeScaleIndices(
  model: Model,
  { hyper, latent }: Tile,
  level: number,
  step: number,
  known: { readonly hyperSymbols: Int32Array; readonly symbols: Int32Array },
): Promise<Uint8Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const { rows, columns } = latent;
  const { scale_index } = await model.run(
    'scales',
    {
      z: {
        data: new Float32Array(known.hyperSymbols),
        dims: [1, hyperChannels, hyper.rows, hyper.columns],
      },
      context: {
        data: createContext(known.symbols, latentChannels, latent, step),
        dims: [1, latentChannels + STEPS, rows, columns],
      },
      level: { data: Int32Array.of(level), dims: [1] },
    },
    { scale_index: [1, latentChannels, rows, columns] },
  );
  // Right at the places of this step alone.
  const values = new Float32Array(scale_index.length / STEPS);
  gatherStep(scale_index, latent, getStepPlaces(step, latent), values);
  const tableRows = model.tables.rows;
  const indices = new Uint8Array(values.length);
  for (let i = 0; i < indices.length; i++) {
    const value = values[i]!;
    const index = value | 0;
    if (index !== value || index < 0 || index >= tableRows) {
      throw new ModelError(
        `The network scales gives ${value} where an integer in 0..${tableRows - 1} belongs: ` +
          'fetch the model again, or use another device.',
      );
    }
    indices[i] = index;
  }
  return indices;
}

/**
 * The network's input from the steps before: the magnitude of each known latent, at most 15, and 0 elsewhere;
 * then four planes that mark what is known, so that a known 0 differs from an unknown one: plane g is 15 where
 * the channels g, g + 4, g + 8 … are known.
 *
 * @param symbols - the tile's latents, planar.
 * @param plane - size of one channel's plane.
 * @param step - the step to come, 0..3.
 * @returns planar [channels + 4, plane.rows, plane.columns].
 */
export function createContext(
  symbols: Int32Array,
  channels: number,
  plane: PlaneSize,
  step: number,
): Float32Array {
  const size = plane.rows * plane.columns;
  const context = new Float32Array((channels + STEPS) * size);
  for (let before = 0; before < step; before++) {
    const places = getStepPlaces(before, plane);
    for (let channel = 0; channel < channels; channel++) {
      const origin = channel * size;
      for (const place of places[channel & 3]!) {
        const symbol = symbols[origin + place]!;
        const magnitude = symbol < 0 ? -symbol : symbol;
        context[origin + place] = magnitude < MAX_CONTEXT ? magnitude : MAX_CONTEXT;
      }
    }
    for (const [group, known] of places.entries()) {
      const origin = (channels + group) * size;
      for (const place of known) context[origin + place] = MAX_CONTEXT;
    }
  }
  return context;
}
