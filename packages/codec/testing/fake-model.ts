// A model without weights: five small functions in place of the networks, with the same inputs,
// outputs and dependencies, so that the pipeline can be tested without any inference engine.
import {
  type Graph,
  type GraphFile,
  type LoadingOptions,
  Model,
  parseModel,
  type Runtime,
  type Tensor,
} from '@nacre/codec';
import { gaussianRow } from './gaussian-latents.js';

const LATENT_CHANNELS = 4;
const HYPER_CHANNELS = 2;
const LEVELS = 100;
const ROWS = 64;

/** Latents are block means in 0..255 times this. */
export function gainOf(level: number): number {
  return (1 + level) / 32;
}

/** What a `model.json` of the fake model holds; a new object each time, to change freely. */
// biome-ignore lint/suspicious/noExplicitAny: tests break it in every way.
export function fakeModelJson(): any {
  const graph = (name: string) => ({ file: `${name}.onnx`, sha256: '0'.repeat(64), bytes: 1 });
  const hyperTables = new Uint8Array(LEVELS * HYPER_CHANNELS).map((_, i) => 20 + (i % 30));
  return {
    format: 2,
    id: 'fake',
    name: 'Fake',
    license: 'MIT',
    bitstream: {
      levels: LEVELS,
      latentChannels: LATENT_CHANNELS,
      hyperChannels: HYPER_CHANNELS,
      latentStride: 16,
      hyperStride: 64,
      tables: {
        precision: 16,
        frequencies: Array.from({ length: ROWS }, (_, i) => gaussianRow(0.11 * 580 ** (i / 63))),
      },
      hyperTables: Buffer.from(hyperTables).toString('base64'),
      // Each step looks one latent to the left and upwards: 48 pixels in three steps.
      halo: 64,
      graphs: { scales: graph('scales'), synthesis: graph('synthesis') },
    },
    encoder: { graphs: { analysis: graph('analysis'), means: graph('means') } },
    preview: graph('preview'),
    rates: [{ quality: 1, lmbda: 0.001 }],
    training: {},
  };
}

/** What a network computes: inputs to outputs. */
export type FakeGraph = (inputs: Readonly<Record<string, Tensor>>) => Record<string, Tensor>;

/** A runtime whose "ONNX files" are the names of functions. */
export class FakeRuntime implements Runtime {
  readonly device = 'fake';
  /** The graphs loaded, and whether they had to be exact. */
  readonly loaded: { readonly name: string; readonly exact: boolean }[] = [];
  /** The names of the files that came along with them. */
  readonly external: string[] = [];
  /** The graphs run, in order. */
  readonly runs: string[] = [];
  released = 0;
  readonly #graphs: Readonly<Record<string, FakeGraph>>;

  /** @param changed graphs to use in place of the usual ones. */
  constructor(changed: Readonly<Record<string, FakeGraph>> = {}) {
    this.#graphs = { ...GRAPHS, ...changed };
  }

  async load(onnx: Uint8Array, { exact, externalData = [] }: LoadingOptions): Promise<Graph> {
    const name = String.fromCharCode(...onnx).replace('.onnx', '');
    this.loaded.push({ name, exact });
    this.external.push(...externalData.map(({ path }) => path));
    return {
      run: async (inputs) => {
        this.runs.push(name);
        return this.#graphs[name]!(inputs);
      },
      release: async () => {
        this.released += 1;
      },
    };
  }
}

/** The fake model, ready to work. */
export function fakeModel(runtime: Runtime = new FakeRuntime()): Model {
  const hash = Uint8Array.from({ length: 32 }, (_, i) => 0xa0 + i);
  const read = async ({ file }: GraphFile) => Uint8Array.from(file, (c) => c.charCodeAt(0));
  return new Model(parseModel(fakeModelJson()), hash, runtime, read);
}

const GRAPHS: Readonly<Record<string, FakeGraph>> = {
  /** Block means of red, green and blue in 0..255, and the upper half's brightness over the lower's. */
  analysis({ x, level }) {
    const [, , height, width] = sizeOf(x);
    const gain = gainOf(level!.data[0]!);
    const y = zeros(LATENT_CHANNELS, height / 16, width / 16);
    each(y, (channel, row, column) => {
      let sum = 0;
      for (let dy = 0; dy < 16; dy++) {
        for (let dx = 0; dx < 16; dx++) {
          const sign = channel === 3 && dy >= 8 ? -1 : 1;
          sum += sign * at(x, channel % 3, 16 * row + dy, 16 * column + dx);
        }
      }
      return (gain * 255 * sum) / 256;
    });
    const z = zeros(HYPER_CHANNELS, height / 64, width / 64);
    // Beyond −127..127 at times, so that the clamp is tested too.
    each(z, (channel, row, column) => at(y, channel, 4 * row, 4 * column) / 4 - 20);
    return { y, z };
  },

  means({ y_known, z, step }) {
    return { mu: meansOf(y_known, z, step!.data[0]!) };
  },

  /** Depends on neighbours, so that it tells whether a tile's z and context came in the right order. */
  scales({ z, context, level }) {
    const [, , rows, columns] = sizeOf(z);
    const [, known] = sizeOf(context);
    const index = zeros(LATENT_CHANNELS, 4 * rows, 4 * columns);
    each(index, (channel, row, column) => {
      const hyperRow = row >> 2;
      const hyperColumn = column >> 2;
      const here = at(z, channel % HYPER_CHANNELS, hyperRow, hyperColumn);
      const right = at(z, 0, hyperRow, Math.min(hyperColumn + 1, columns - 1));
      const below = at(z, 1, Math.min(hyperRow + 1, rows - 1), hyperColumn);
      let sum = Math.abs(here + 2 * right - below) + row + column + level!.data[0]!;
      for (let c = 0; c < known; c++) {
        sum += (c + 1) * at(context, c, row, column);
        if (row > 0) sum += at(context, c, row - 1, column);
        if (column + 1 < 4 * columns) sum += 3 * at(context, c, row, column + 1);
      }
      return sum % ROWS;
    });
    return { scale_index: index };
  },

  /** Undoes all of the above: each block gets its mean, its halves apart by the brightness. */
  synthesis(inputs) {
    return { x_hat: drawn(inputs, 16) };
  },

  /** As squares of 8 pixels have one colour, one pixel stands for each. */
  preview(inputs) {
    return { preview: drawn(inputs, 2) };
  },
};

/** An image of blocks of `side`×`side` pixels. */
function drawn({ symbols, z, level }: Parameters<FakeGraph>[0], side: number): FloatTensor {
  const [, channels, rows, columns] = sizeOf(symbols);
  const latents = zeros(channels, rows, columns);
  for (let step = 0; step < 4; step++) {
    const mu = meansOf(latents, z, step);
    each(latents, (...place) => {
      const decoded = at(symbols, ...place) + at(mu, ...place);
      return stepAt(...place) === step ? decoded : at(latents, ...place);
    });
  }
  const image = zeros(3, side * rows, side * columns);
  const gain = gainOf(level!.data[0]!);
  each(image, (channel, row, column) => {
    const half = row % side < side / 2 ? 1 : -1;
    const block = [Math.floor(row / side), Math.floor(column / side)] as const;
    return (at(latents, channel, ...block) + half * at(latents, 3, ...block)) / gain / 255;
  });
  return image;
}

function stepAt(channel: number, row: number, column: number): number {
  return (2 * ((row + column) % 2) + (row % 2)) ^ (channel % 4);
}

/** From z; after step 0 from the latents left and above and of the channel before; 9999 elsewhere. */
function meansOf(known: Tensor | undefined, z: Tensor | undefined, step: number): Tensor {
  const [, channels, rows, columns] = sizeOf(known);
  const mu = zeros(channels, rows, columns);
  each(mu, (channel, row, column) => {
    if (stepAt(channel, row, column) !== step) return 9999;
    const base = at(z, channel % HYPER_CHANNELS, row >> 2, column >> 2) / 3;
    if (step === 0) return base;
    const left = column > 0 ? at(known, channel, row, column - 1) : 0;
    const above = row > 0 ? at(known, channel, row - 1, column) : 0;
    const before = channel > 0 ? at(known, channel - 1, row, column) : 0;
    return base / 4 + (left + above + before) / 2;
  });
  return mu;
}

type FloatTensor = Tensor & { readonly data: Float32Array };

function zeros(channels: number, rows: number, columns: number): FloatTensor {
  return { data: new Float32Array(channels * rows * columns), dims: [1, channels, rows, columns] };
}

function sizeOf(tensor: Tensor | undefined): [number, number, number, number] {
  return tensor!.dims as [number, number, number, number];
}

function at(tensor: Tensor | undefined, channel: number, row: number, column: number): number {
  const [, , rows, columns] = sizeOf(tensor);
  return tensor!.data[(channel * rows + row) * columns + column]!;
}

/** Fills a tensor with a function of channel, row and column. */
function each(
  tensor: FloatTensor,
  value: (channel: number, row: number, column: number) => number,
): void {
  const [, channels, rows, columns] = sizeOf(tensor);
  for (let channel = 0, i = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++)
        tensor.data[i++] = value(channel, row, column);
    }
  }
}
