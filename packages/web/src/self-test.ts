// Finds out whether a device computes pixels as WASM does, on a tiny made-up image and with the decoder's own
// networks.

import {
  decode,
  encode,
  type GraphName,
  Model,
  type ModelDescription,
  type RawImage,
  type ReadGraphFile,
  type Runtime,
  type Tensor,
} from '@nacre/codec';

/** Pixels may differ by rounding and no more, of 255. */
const TOLERANCE = 1;

/** Its content is without meaning: only its size counts, as the analysis is made up too. */
const IMAGE: RawImage = {
  width: 64,
  height: 64,
  channels: 3,
  data: new Uint8Array(3 * 64 * 64),
};

/**
 * Decodes a tiny image on a runtime's device and on its WASM, where exact graphs run.
 *
 * @param read - gives the content of a file of the model; only the decoder's are asked for.
 * @returns why the device cannot be trusted, as a part of a sentence, or undefined if it can.
 */
export async function compareWithWasm(
  description: ModelDescription,
  hash: Uint8Array,
  runtime: Runtime,
  read: ReadGraphFile,
): Promise<string | undefined> {
  const wasm: Runtime = { device: 'wasm', load: (onnx) => runtime.load(onnx, { exact: true }) };
  const reference = new ModelWithoutAnalysis(description, hash, wasm, read);
  const tested = new Model(description, hash, runtime, read);
  try {
    const file = await encode(reference, IMAGE);
    const expected = await decodeSamples(reference, file);
    const actual = await decodeSamples(tested, file);
    let worst = 0;
    // A preview that cannot be had is none, and comes first.
    for (let i = 1; i <= Math.min(expected.length, actual.length); i++) {
      worst = Math.max(worst, Math.abs(expected.at(-i)! - actual.at(-i)!));
    }
    return worst <= TOLERANCE ? undefined : `its pixels differ from WASM's by ${worst} of 255`;
  } catch (error) {
    return (error as Error).message.split('\n')[0]?.replace(/\.$/, '');
  } finally {
    await Promise.all([reference.release(), tested.release()]);
  }
}

/** What a file's preview and then its image have. */
async function decodeSamples(model: Model, file: Uint8Array): Promise<number[]> {
  const samples: number[] = [];
  const onPreview = ({ data }: RawImage): void => void samples.push(...data);
  const { data } = await decode(model, file, { onPreview });
  samples.push(...data);
  return samples;
}

/** A model whose encoder's networks are replaced by made-up numbers, so that none need be fetched. */
class ModelWithoutAnalysis extends Model {
  override async run<Output extends string>(
    name: GraphName,
    inputs: Readonly<Record<string, Tensor>>,
    shapes: Readonly<Record<Output, readonly number[]>>,
  ): Promise<Record<Output, Float32Array>> {
    if (!(name in this.description.encoder.graphs)) return await super.run(name, inputs, shapes);
    const outputs = {} as Record<Output, Float32Array>;
    for (const output of Object.keys(shapes) as Output[]) {
      outputs[output] = makeUpNumbers(shapes[output].reduce((product, n) => product * n, 1));
    }
    return outputs;
  }
}

/** Numbers in −2..2, most of them near 0, as latents are. */
function makeUpNumbers(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return 2 * (state / 2 ** 31 - 1) ** 3;
  });
}
