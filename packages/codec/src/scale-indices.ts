// Runs the integer-exact network that says which table each latent is coded with, tile by tile and step
// by step. Encoder and decoder both take their tables from here and from nothing else.
import { ModelError } from './errors.js';
import type { Model } from './model.js';
import { gatherStep, STEPS, stepPlaces } from './steps.js';
import { gather, type PlaneSize, type Tile, type TileGrid, type Window } from './tiles.js';

/** The network sees magnitudes of symbols up to this; it computes exactly for no larger ones. */
const MAX_CONTEXT = 15;

/**
 * The table row of every latent of one step of one tile. It follows from that tile alone: from its
 * hyper-latents, and from its latents of the steps before.
 *
 * @param step 0..3.
 * @param known the picture's symbols, planar: of this tile all hyper-latents, each in −127..127, and
 * the latents of the steps before; nothing else is read.
 * @returns in the order of the stream, each below `model.tables.rows`.
 * @throws {ModelError} if the network gives anything but such integers.
 */
export async function scaleIndicesOf(
  model: Model,
  grid: TileGrid,
  { hyper, latent }: Tile,
  level: number,
  step: number,
  known: { readonly hyperSymbols: Int32Array; readonly symbols: Int32Array },
): Promise<Uint8Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const { rows, columns } = latent;
  const z = new Int32Array(hyperChannels * hyper.rows * hyper.columns);
  gather(known.hyperSymbols, grid.hyper, hyper, z);
  const { scale_index } = await model.run(
    'scales',
    {
      z: { data: new Float32Array(z), dims: [1, hyperChannels, hyper.rows, hyper.columns] },
      context: {
        data: contextOf(known.symbols, latentChannels, grid.latent, latent, step),
        dims: [1, latentChannels + STEPS, rows, columns],
      },
      level: { data: Int32Array.of(level), dims: [1] },
    },
    { scale_index: [1, latentChannels, rows, columns] },
  );
  // Right at the places of this step alone.
  const values = new Float32Array(scale_index.length / STEPS);
  gatherStep(scale_index, latent, stepPlaces(step, latent, { ...latent, top: 0, left: 0 }), values);
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
 * What the network is told of the steps before: the magnitude of each latent known, at most 15, and 0
 * elsewhere; then four planes that tell a 0 that is known from one that is not, of which plane g is
 * 15 where the channels g, g + 4, g + 8 … are known.
 *
 * @param symbols the picture's latents, planar.
 * @param plane size of one channel's plane in the picture.
 * @param window the tile.
 * @param step the step to come, 0..3.
 * @returns planar [channels + 4, window.rows, window.columns].
 */
export function contextOf(
  symbols: Int32Array,
  channels: number,
  plane: PlaneSize,
  window: Window,
  step: number,
): Float32Array {
  const planeSize = plane.rows * plane.columns;
  const size = window.rows * window.columns;
  const context = new Float32Array((channels + STEPS) * size);
  for (let before = 0; before < step; before++) {
    const placesFrom = stepPlaces(before, plane, window);
    const placesTo = stepPlaces(before, window, { ...window, top: 0, left: 0 });
    for (let channel = 0; channel < channels; channel++) {
      const from = placesFrom[channel & 3]!;
      const to = placesTo[channel & 3]!;
      const fromOrigin = channel * planeSize;
      const toOrigin = channel * size;
      for (let i = 0; i < to.length; i++) {
        const symbol = symbols[fromOrigin + from[i]!]!;
        const magnitude = symbol < 0 ? -symbol : symbol;
        context[toOrigin + to[i]!] = magnitude < MAX_CONTEXT ? magnitude : MAX_CONTEXT;
      }
    }
    for (const [group, places] of placesTo.entries()) {
      const origin = (channels + group) * size;
      for (let i = 0; i < places.length; i++) context[origin + places[i]!] = MAX_CONTEXT;
    }
  }
  return context;
}
