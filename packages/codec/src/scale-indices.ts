// Runs the integer-exact network that says which table each latent is coded with. Encoder and decoder
// both take their tables from here and from nothing else.
import { ModelError } from './errors.js';
import type { Model } from './model.js';
import type { TileGrid } from './tiles.js';

/**
 * The table row of every latent.
 *
 * @param hyperSymbols the whole picture's hyper-latents, planar, each in −127..127.
 * @returns planar [latentChannels, rows, columns], each below `model.tables.rows`.
 * @throws {ModelError} if the network gives anything but such integers.
 */
export async function scaleIndicesOf(
  model: Model,
  grid: TileGrid,
  level: number,
  hyperSymbols: Int32Array,
): Promise<Uint8Array> {
  const { latentChannels, hyperChannels } = model.description.bitstream;
  const { hyper, latent } = grid;
  const { scale_index } = await model.run(
    'scales',
    {
      z: {
        data: new Float32Array(hyperSymbols),
        dims: [1, hyperChannels, hyper.rows, hyper.columns],
      },
      level: { data: Int32Array.of(level), dims: [1] },
    },
    { scale_index: [1, latentChannels, latent.rows, latent.columns] },
  );
  const { rows } = model.tables;
  const indices = new Uint8Array(scale_index.length);
  for (let i = 0; i < indices.length; i++) {
    const value = scale_index[i]!;
    const index = value | 0;
    if (index !== value || index < 0 || index >= rows) {
      throw new ModelError(
        `The network scales gives ${value} where an integer in 0..${rows - 1} belongs: ` +
          'fetch the model again, or use another device.',
      );
    }
    indices[i] = index;
  }
  return indices;
}
