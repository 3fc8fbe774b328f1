// A model that is ready to run: loads its networks when they are first needed, and checks what they give.
import { ModelError } from './errors.js';
import {
  FETCH_AGAIN,
  type GraphFile,
  type ModelDescription,
  readHyperTables,
  readTables,
} from './model-description.js';
import { levelToQuality, qualityToLevel } from './quality.js';
import { checkRuntime, type Graph, type Runtime, type Tensor } from './runtime.js';
import type { FrequencyTables } from './tables.js';
import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkObject,
  expectedButReceived,
} from './validate.js';

/** The networks of a model; CONTRIBUTING.md (Adding a network) lists their inputs and outputs. */
export type GraphName = 'analysis' | 'means' | 'preview' | 'scales' | 'synthesis';

/** Gives the content of a file of a model's folder, after verifying its SHA-256. */
export type ReadGraphFile = (file: GraphFile) => Promise<Uint8Array>;

const GRAPHS: readonly GraphName[] = ['scales', 'synthesis', 'analysis', 'means', 'preview'];

/**
 * A model that is ready to run. Each network is loaded when it is first needed. You can share a model: any
 * number of calls may use it at once, and {@link Model.release} does not disturb them.
 *
 * `loadModel` of `@nacre/node` and `@nacre/web` makes one for you. Make one yourself to run Nacre on another
 * {@link Runtime}.
 *
 * @example
 * ```ts
 * const description = parseModel(JSON.parse(await readFile(`${folder}/model.json`, 'utf8')));
 * const hash = createHash('sha256').update(canonicalJson(description.bitstream)).digest();
 * const model = new Model(description, hash, runtime, ({ file }) => readFile(join(folder, file)));
 * ```
 */
export class Model {
  /** The content of the model's `model.json`. */
  readonly description: ModelDescription;
  /** SHA-256 of the canonical JSON of `description.bitstream`, 32 bytes. */
  readonly hash: Uint8Array;
  /** Runs the networks. */
  readonly runtime: Runtime;
  /** Coding tables of all symbols. @internal */
  readonly tables: FrequencyTables;
  /** levels × hyperChannels table rows. */
  readonly #hyperTables: Uint8Array;
  readonly #read: ReadGraphFile;
  readonly #graphs = new Map<GraphName, Promise<Graph>>();
  /** Runs in progress: their networks must not be freed yet. */
  readonly #running = new Set<Promise<unknown>>();

  /**
   * @param description - from {@link parseModel}.
   * @param hash - SHA-256 of `canonicalJson(description.bitstream)`, 32 bytes.
   * @param runtime - runs the networks.
   * @param read - gives the content of a file of the model's folder; it has to verify the SHA-256.
   * @throws TypeError or RangeError for a bad argument.
   */
  constructor(
    description: ModelDescription,
    hash: Uint8Array,
    runtime: Runtime,
    read: ReadGraphFile,
  ) {
    checkObject(description, 'description');
    checkObject(description.bitstream, 'description.bitstream');
    checkBytes(hash, 'hash');
    checkInteger(hash.length, 32, 32, 'hash.length');
    checkRuntime(runtime, 'runtime');
    checkFunction(read, 'read');
    this.description = description;
    this.hash = hash;
    this.runtime = runtime;
    this.tables = readTables(description);
    this.#hyperTables = readHyperTables(description);
    this.#read = read;
  }

  /**
   * The table row of each hyper-latent channel at a level.
   *
   * @param level - rate level, from 0.
   * @returns one byte for each hyper-latent channel.
   * @throws TypeError or RangeError for a level that the model does not have.
   * @internal
   */
  getHyperTableRows(level: number): Uint8Array {
    const { levels, hyperChannels } = this.description.bitstream;
    checkInteger(level, 0, levels - 1, 'level');
    return this.#hyperTables.subarray(level * hyperChannels, (level + 1) * hyperChannels);
  }

  /**
   * The rate level of a quality.
   *
   * @param quality - integer in 1..100.
   * @returns a level of this model, from 0.
   * @throws TypeError or RangeError for any other quality.
   */
  toLevel(quality: number): number {
    return qualityToLevel(quality, this.description.bitstream.levels);
  }

  /**
   * The quality of a rate level, as a `.ncr` file has it; the nearest one if the model does not have exactly
   * 100 levels.
   *
   * @param level - rate level, from 0.
   * @returns integer in 1..100.
   * @throws TypeError or RangeError for a level that the model does not have.
   */
  toQuality(level: number): number {
    return levelToQuality(level, this.description.bitstream.levels);
  }

  /**
   * Loads a network, once. Prefer {@link Model.run}: {@link Model.release} does not wait for a network that
   * you run yourself. A failure is not kept; the next call tries again.
   *
   * @param name - which network.
   * @returns the loaded network.
   * @throws TypeError for an unknown name.
   * @throws {@link ModelError} for `preview` if the model makes no previews.
   */
  async loadGraph(name: GraphName): Promise<Graph> {
    if (!GRAPHS.includes(name)) {
      throw new TypeError(expectedButReceived(GRAPHS.join(' | '), 'name', name));
    }
    const known = this.#graphs.get(name);
    if (known) return await known;
    const loading = this.#load(name);
    this.#graphs.set(name, loading);
    loading.catch(() => {
      if (this.#graphs.get(name) === loading) this.#graphs.delete(name);
    });
    return await loading;
  }

  /**
   * Runs a network and checks the shapes of its outputs.
   *
   * @param name - which network.
   * @param inputs - its inputs by name.
   * @param shapes - the outputs you want, with their dimensions.
   * @returns the numbers of each output, row-major.
   * @throws {@link ModelError} if an output is missing or has another shape.
   * @throws TypeError for a bad argument.
   */
  async run<Output extends string>(
    name: GraphName,
    inputs: Readonly<Record<string, Tensor>>,
    shapes: Readonly<Record<Output, readonly number[]>>,
  ): Promise<Record<Output, Float32Array>> {
    checkObject(inputs, 'inputs');
    checkObject(shapes, 'shapes');
    const running = this.loadGraph(name).then((graph) => graph.run(inputs));
    this.#running.add(running);
    const outputs = await running.finally(() => this.#running.delete(running));
    const checked = {} as Record<Output, Float32Array>;
    for (const output of Object.keys(shapes) as Output[]) {
      const dims = shapes[output];
      const tensor = outputs[output];
      const isRight =
        tensor !== undefined &&
        tensor.data instanceof Float32Array &&
        tensor.dims.join() === dims.join() &&
        tensor.data.length === dims.reduce((product, n) => product * n, 1);
      if (!isRight) {
        throw new ModelError(
          `The network ${name} gives no float32 ${output} of ${dims.join('×')}: ${FETCH_AGAIN}`,
        );
      }
      checked[output] = tensor.data as Float32Array;
    }
    return checked;
  }

  /**
   * Frees the memory of all networks as soon as the runs in progress are over. The model stays usable: the
   * next call, or a call in progress that needs another network, loads it again.
   */
  async release(): Promise<void> {
    const graphs = [...this.#graphs.values()];
    this.#graphs.clear();
    await Promise.allSettled(this.#running);
    for (const loading of graphs) {
      const graph = await loading.catch(() => undefined);
      await graph?.release();
    }
  }

  async #load(name: GraphName): Promise<Graph> {
    const { id, bitstream, encoder, preview } = this.description;
    const file = { ...bitstream.graphs, ...encoder.graphs, preview }[name];
    if (file === undefined) {
      throw new ModelError(`${id} makes no previews: ask for scale 1, or load a newer copy of it.`);
    }
    // A caller that asks for a preview has the file of the synthesis already, or needs it next.
    const shared = name === 'preview' ? bitstream.graphs.synthesis : undefined;
    const externalData = shared && [{ path: shared.file, data: await this.#read(shared) }];
    // Only the scales decide how the bits of a file are read.
    const exact = name === 'scales';
    return await this.runtime.load(await this.#read(file), { exact, externalData });
  }
}
