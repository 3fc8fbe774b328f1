// What a model folder says about itself (model.json), and the loaded model the pipeline works with.
// Reading files and SHA-256 belong to the packages that have them (node, web).
import { ModelError } from './errors.js';
import type { Graph, Runtime, Tensor } from './runtime.js';
import { FrequencyTables } from './tables.js';
import { HYPER_STRIDE, LATENT_STRIDE } from './tiles.js';
import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkObject,
  expectedButReceived,
} from './validate.js';

/** The networks of a model; CONTRIBUTING.md (Adding a network) says what goes in and comes out. */
export type GraphName = 'analysis' | 'means' | 'preview' | 'scales' | 'synthesis';

/** One ONNX file of a model. */
export interface GraphFile {
  /** Name within the model's folder, without any path. */
  readonly file: string;
  /** SHA-256 of the file, 64 hexadecimal digits in lower case. */
  readonly sha256: string;
  /** Length of the file. */
  readonly bytes: number;
}

/** Gives the content of a file of a model's folder, once its SHA-256 has been found right. */
export type ReadGraphFile = (file: GraphFile) => Promise<Uint8Array>;

/** The content of `model.json`. */
export interface ModelDescription {
  readonly format: 2;
  readonly id: string;
  readonly name: string;
  readonly license: string;
  /** All that a decoder relies on: the model's hash is taken over this part. */
  readonly bitstream: {
    /** Number of rate levels, 1..256. */
    readonly levels: number;
    /** Channels of the latents (at 1/16 of the resolution). */
    readonly latentChannels: number;
    /** Channels of the hyper-latents (at 1/64 of the resolution). */
    readonly hyperChannels: number;
    readonly latentStride: 16;
    readonly hyperStride: 64;
    readonly tables: {
      readonly precision: 16;
      /** One row for each scale: the frequencies of −K..K and of the escape, with the sum 2^16. */
      readonly frequencies: readonly (readonly number[])[];
    };
    /** Base64 of levels × hyperChannels bytes: the table row of each hyper-latent channel. */
    readonly hyperTables: string;
    /**
     * Pixels, a multiple of 64 in 64..4096: no pixel depends on latents or hyper-latents farther away
     * than this. Without it, only whole images can be decoded.
     */
    readonly halo?: number;
    readonly graphs: Readonly<Record<'scales' | 'synthesis', GraphFile>>;
  };
  /**
   * Pixels, a multiple of 64 up to the halo: with so much around it, a window comes out as in the whole
   * image, within 1/255. What is farther away has an influence too small to see; the export measured
   * it. Without it, the halo is used.
   */
  readonly margin?: number;
  readonly encoder: {
    readonly graphs: Readonly<Record<'analysis' | 'means', GraphFile>>;
  };
  /**
   * Makes previews an eighth as wide and high, without the synthesis. Its weights may lie in the file of
   * the synthesis. No file depends on it, so it may come, go and improve.
   */
  readonly preview?: GraphFile;
  /** For people: the trade-off each quality was trained for. */
  readonly rates: readonly { readonly quality: number; readonly lmbda: number }[];
  /** For people: how the model came about. */
  readonly training: Readonly<Record<string, unknown>>;
}

/** Ends most messages about a bad model: nothing else helps. */
const FETCH_AGAIN = 'fetch the model again.';

const DECODER_GRAPHS = ['scales', 'synthesis'] as const;
const ENCODER_GRAPHS = ['analysis', 'means'] as const;
const GRAPHS: readonly GraphName[] = [...DECODER_GRAPHS, ...ENCODER_GRAPHS, 'preview'];

/**
 * Checks the content of a `model.json`.
 *
 * @param json what `JSON.parse` made of it.
 * @returns the same object: what this version does not know in it stays, as the hash covers it.
 * @throws {ModelError} naming the first property that is wrong.
 * @example
 * const description = parseModel(JSON.parse(text));
 */
export function parseModel(json: unknown): ModelDescription {
  const root = object(json, 'the file');
  ensure(root.format === 2, 'format', 'not 2; update Nacre if the model is newer');
  for (const name of ['id', 'name', 'license']) {
    ensure(typeof root[name] === 'string' && root[name] !== '', name, 'no text');
  }
  const bitstream = object(root.bitstream, 'bitstream');
  integer(bitstream.levels, 1, 256, 'bitstream.levels');
  integer(bitstream.latentChannels, 1, 4096, 'bitstream.latentChannels');
  integer(bitstream.hyperChannels, 1, 4096, 'bitstream.hyperChannels');
  integer(bitstream.latentStride, LATENT_STRIDE, LATENT_STRIDE, 'bitstream.latentStride');
  integer(bitstream.hyperStride, HYPER_STRIDE, HYPER_STRIDE, 'bitstream.hyperStride');
  const tables = object(bitstream.tables, 'bitstream.tables');
  integer(tables.precision, 16, 16, 'bitstream.tables.precision');
  const { rows } = readTables(tables.frequencies);
  const indices = readBase64(bitstream.hyperTables, 'bitstream.hyperTables');
  ensure(
    indices.length === Number(bitstream.levels) * Number(bitstream.hyperChannels) &&
      indices.every((index) => index < rows),
    'bitstream.hyperTables',
    'not one table index per level and channel',
  );
  const { halo } = bitstream;
  if (halo !== undefined) {
    integer(halo, HYPER_STRIDE, 4096, 'bitstream.halo');
    ensure(Number(halo) % HYPER_STRIDE === 0, 'bitstream.halo', `no multiple of ${HYPER_STRIDE}`);
  }
  if (root.margin !== undefined) {
    integer(root.margin, HYPER_STRIDE, Number(halo ?? 0), 'margin');
    ensure(Number(root.margin) % HYPER_STRIDE === 0, 'margin', `no multiple of ${HYPER_STRIDE}`);
  }
  checkGraphs(bitstream.graphs, DECODER_GRAPHS, 'bitstream.graphs');
  checkGraphs(object(root.encoder, 'encoder').graphs, ENCODER_GRAPHS, 'encoder.graphs');
  if (root.preview !== undefined) checkGraph(root.preview, 'preview');
  ensure(Array.isArray(root.rates), 'rates', 'no list');
  object(root.training, 'training');
  try {
    canonicalJson(bitstream);
  } catch (cause) {
    throw new ModelError(`model.json: bitstream cannot be hashed: ${FETCH_AGAIN}`, { cause });
  }
  return json as ModelDescription;
}

/**
 * What windows of a model need around them, in hyper-latents.
 *
 * @returns undefined for a model that can only see whole images.
 */
export function marginOf({ margin, bitstream }: ModelDescription): number | undefined {
  const pixels = margin ?? bitstream.halo;
  return pixels === undefined ? undefined : pixels / HYPER_STRIDE;
}

/**
 * JSON in the one way the model hash is taken over: keys sorted by their code units, no white space,
 * only integers, text as it is but for the escapes JSON demands.
 *
 * @throws {TypeError} for numbers that are no safe integers, as languages print those differently,
 * and for what JSON does not know.
 * @example
 * canonicalJson({ b: [1, 2], a: 'x' }); // {"a":"x","b":[1,2]}
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  const known = value === null || typeof value === 'boolean' || typeof value === 'string';
  if (known || Number.isSafeInteger(value)) return JSON.stringify(value);
  throw new TypeError(
    `Expected only integers, texts, lists and objects but received ${String(value)}`,
  );
}

/**
 * A model ready to work. Its networks are loaded when they are first needed. It may be shared: any
 * number of jobs can use it at once, and {@link Model.release} disturbs none of them.
 *
 * @example
 * const read = ({ file }) => readFile(join(folder, file));
 * const model = new Model(parseModel(json), sha256, runtime, read);
 */
export class Model {
  readonly description: ModelDescription;
  /** SHA-256 of the canonical JSON of `description.bitstream`, 32 bytes. */
  readonly hash: Uint8Array;
  readonly runtime: Runtime;
  readonly tables: FrequencyTables;
  /** levels × hyperChannels table rows. */
  readonly #hyperTables: Uint8Array;
  readonly #read: ReadGraphFile;
  readonly #graphs = new Map<GraphName, Promise<Graph>>();
  /** Runs that have begun and not ended: their networks must not be freed yet. */
  readonly #running = new Set<Promise<unknown>>();

  /**
   * @param description from {@link parseModel}.
   * @param hash SHA-256 of `canonicalJson(description.bitstream)`, 32 bytes.
   * @throws {TypeError | RangeError} for a bad argument.
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
    checkObject(runtime, 'runtime');
    checkFunction(runtime.load, 'runtime.load');
    checkFunction(read, 'read');
    this.description = description;
    this.hash = hash;
    this.runtime = runtime;
    this.tables = readTables(description.bitstream.tables.frequencies);
    this.#hyperTables = readBase64(description.bitstream.hyperTables, 'bitstream.hyperTables');
    this.#read = read;
  }

  /**
   * The table row of each hyper-latent channel at a level.
   *
   * @throws {TypeError | RangeError} for a level the model does not have.
   */
  hyperTableRow(level: number): Uint8Array {
    const { levels, hyperChannels } = this.description.bitstream;
    checkInteger(level, 0, levels - 1, 'level');
    return this.#hyperTables.subarray(level * hyperChannels, (level + 1) * hyperChannels);
  }

  /**
   * The rate level of a quality. 100 levels are the qualities 1..100. Any other number of levels is
   * spread evenly over them, to the nearest: with fewer, neighbouring qualities may share a level and
   * so give the same file; with more, some levels are no quality's.
   *
   * @throws {TypeError | RangeError} for anything but an integer in 1..100.
   */
  levelOf(quality: number): number {
    checkInteger(quality, 1, 100, 'quality');
    return Math.round(((quality - 1) * (this.description.bitstream.levels - 1)) / 99);
  }

  /**
   * A network, loaded on first use; {@link Model.run} is the way to use it beside others, as a release
   * does not wait for what is run on it directly. A failure is not kept: the next call tries again.
   *
   * @throws {TypeError} for a name that is none; {ModelError} for `preview` if the model has none.
   */
  async graph(name: GraphName): Promise<Graph> {
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
   * Runs a network and checks the shape of what it gives.
   *
   * @param shapes the outputs wanted, with their dimensions.
   * @throws {ModelError} if an output is missing or of another shape.
   * @throws {TypeError} for a bad argument.
   */
  async run<Output extends string>(
    name: GraphName,
    inputs: Readonly<Record<string, Tensor>>,
    shapes: Readonly<Record<Output, readonly number[]>>,
  ): Promise<Record<Output, Float32Array>> {
    checkObject(inputs, 'inputs');
    checkObject(shapes, 'shapes');
    const running = this.graph(name).then((graph) => graph.run(inputs));
    this.#running.add(running);
    const outputs = await running.finally(() => this.#running.delete(running));
    const checked = {} as Record<Output, Float32Array>;
    for (const output of Object.keys(shapes) as Output[]) {
      const dims = shapes[output];
      const tensor = outputs[output];
      const right =
        tensor !== undefined &&
        tensor.data instanceof Float32Array &&
        tensor.dims.join() === dims.join() &&
        tensor.data.length === dims.reduce((product, n) => product * n, 1);
      if (!right) {
        throw new ModelError(
          `The network ${name} gives no float32 ${output} of ${dims.join('×')}: ${FETCH_AGAIN}`,
        );
      }
      checked[output] = tensor.data as Float32Array;
    }
    return checked;
  }

  /**
   * Frees the memory of all networks, once the runs that have begun are over. This never ends the
   * model: whoever uses it next, a job that is between two networks included, loads them again.
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
    // Whoever asks for a preview has the file of the synthesis too, or needs it next.
    const shared = name === 'preview' ? bitstream.graphs.synthesis : undefined;
    const externalData = shared && [{ path: shared.file, data: await this.#read(shared) }];
    // Only the scales decide how the bits of a file are read.
    const exact = name === 'scales';
    return await this.runtime.load(await this.#read(file), { exact, externalData });
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

function ensure(right: boolean, name: string, wrong: string): asserts right {
  if (!right) throw new ModelError(`model.json: ${name} is ${wrong}: ${FETCH_AGAIN}`);
}

function object(value: unknown, name: string): JsonObject {
  const right = typeof value === 'object' && value !== null && !Array.isArray(value);
  ensure(right, name, 'no object');
  return value as JsonObject;
}

function integer(value: unknown, min: number, max: number, name: string): void {
  const right = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  ensure(right, name, min === max ? `not ${min}` : `no integer in ${min}..${max}`);
}

function checkGraphs(value: unknown, names: readonly string[], path: string): void {
  const graphs = object(value, path);
  for (const name of names) checkGraph(graphs[name], `${path}.${name}`);
}

function checkGraph(value: unknown, path: string): void {
  const { file, sha256, bytes } = object(value, path);
  // A plain name: a model must not reach outside its folder.
  const plain = typeof file === 'string' && /^[\w-][\w.-]*$/.test(file);
  ensure(plain, `${path}.file`, 'no plain file name');
  const hexadecimal = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  ensure(hexadecimal, `${path}.sha256`, 'no SHA-256');
  integer(bytes, 1, Number.MAX_SAFE_INTEGER, `${path}.bytes`);
}

function readTables(frequencies: unknown): FrequencyTables {
  try {
    return new FrequencyTables(frequencies as number[][]);
  } catch (cause) {
    const { message } = cause as Error;
    throw new ModelError(`model.json: ${message}: ${FETCH_AGAIN}`, { cause });
  }
}

/** Decodes base64 with its padding (RFC 4648, section 4); the language itself cannot yet. */
function readBase64(value: unknown, name: string): Uint8Array {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const right =
    typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
  ensure(right, name, 'no base64');
  const digits = value.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 6) / 8));
  let bits = 0;
  for (let i = 0, filled = 0, at = 0; i < digits.length; i++) {
    bits = ((bits << 6) | alphabet.indexOf(digits.charAt(i))) & 0xffff;
    filled += 6;
    if (filled < 8) continue;
    filled -= 8;
    bytes[at++] = bits >>> filled;
  }
  return bytes;
}
