// What a model says about itself, the content of its model.json, and the checks that everything in it is
// usable. model.ts runs the networks; reading files and SHA-256 belong to the packages for Node and the web.
import { canonicalJson } from './canonical-json.js';
import { ModelError } from './errors.js';
import { FrequencyTables } from './tables.js';
import { HYPER_STRIDE, LATENT_STRIDE } from './tiles.js';

/** One ONNX file of a model. */
export interface GraphFile {
  /** Name within the model's folder, without any path. */
  readonly file: string;
  /** SHA-256 of the file, 64 hexadecimal digits in lower case. */
  readonly sha256: string;
  /** Length of the file in bytes. */
  readonly bytes: number;
}

/** The content of a `model.json`, as {@link parseModel} accepts it. */
export interface ModelDescription {
  /** Version of this description. */
  readonly format: 2;
  /** Short name, also that of the model's folder, such as `photo-6`. */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  /** What the model keeps best for its bytes: what people see (`eye`), or the PSNR. Missing if not stated. */
  readonly tunedFor?: 'eye' | 'psnr';
  /** SPDX identifier of the licence of the weights. */
  readonly license: string;
  /** Everything that a decoder relies on. The model's hash is taken over this part. */
  readonly bitstream: {
    /** Number of rate levels, 1..256. */
    readonly levels: number;
    /** Channels of the latents (at 1/16 of the resolution). */
    readonly latentChannels: number;
    /** Channels of the hyper-latents (at 1/64 of the resolution). */
    readonly hyperChannels: number;
    /** Pixels along each side for one latent. */
    readonly latentStride: 16;
    /** Pixels along each side for one hyper-latent. */
    readonly hyperStride: 64;
    /** The frequency tables of the entropy coder. */
    readonly tables: {
      /** Bits of the frequencies: each row adds up to 2^precision. */
      readonly precision: 16;
      /** One row for each scale: the frequencies of −K..K and of the escape, which add up to 2^16. */
      readonly frequencies: readonly (readonly number[])[];
    };
    /** Base64 of levels × hyperChannels bytes: the table row of each hyper-latent channel. */
    readonly hyperTables: string;
    /**
     * Pixels, a multiple of 64 in 64..4096: no pixel depends on latents or hyper-latents farther away
     * than this. Without it, only whole images can be decoded.
     */
    readonly halo?: number;
    /** The networks of the decoder. */
    readonly graphs: Readonly<Record<'scales' | 'synthesis', GraphFile>>;
  };
  /**
   * Pixels, a multiple of 64, at most the halo: with this much around it, a window comes out as in the whole
   * image, within 1/255, because anything farther away has too little influence to see. The export measures
   * it. The halo if missing.
   */
  readonly margin?: number;
  /** What only an encoder needs. It can be improved without changing the hash. */
  readonly encoder: {
    /** The networks of the encoder. */
    readonly graphs: Readonly<Record<'analysis' | 'means', GraphFile>>;
  };
  /**
   * Makes previews an eighth as wide and high without the synthesis. Its weights may be in the file of the
   * synthesis. No `.ncr` file depends on it, so it can be added, removed or improved at any time.
   */
  readonly preview?: GraphFile;
  /** For people: the trade-off that each quality was trained for. */
  readonly rates: readonly {
    /** 1..100. */
    readonly quality: number;
    /** Weight of the distortion against the rate in training. */
    readonly lmbda: number;
  }[];
  /** For people: how the model was trained. */
  readonly training: Readonly<Record<string, unknown>>;
}

/** The end of most messages about a bad model: nothing else helps. */
export const FETCH_AGAIN = 'fetch the model again.';

const DECODER_GRAPHS = ['scales', 'synthesis'] as const;
const ENCODER_GRAPHS = ['analysis', 'means'] as const;

/**
 * Checks the content of a `model.json`.
 *
 * @param json - the result of `JSON.parse`.
 * @returns the same object, with any properties that this version does not know, as the hash covers them.
 * @throws {@link ModelError} naming the first property that is wrong.
 * @example
 * ```ts
 * const description = parseModel(JSON.parse(text));
 * ```
 */
export function parseModel(json: unknown): ModelDescription {
  const root = readObject(json, 'the file');
  ensure(root.format === 2, 'format', 'not 2; update Nacre if the model is newer');
  for (const name of ['id', 'name', 'license']) {
    ensure(typeof root[name] === 'string' && root[name] !== '', name, 'no text');
  }
  ensure(
    [undefined, 'eye', 'psnr'].includes(root.tunedFor as string),
    'tunedFor',
    'not eye or psnr',
  );
  const bitstream = readObject(root.bitstream, 'bitstream');
  checkRange(bitstream.levels, 1, 256, 'bitstream.levels');
  checkRange(bitstream.latentChannels, 1, 4096, 'bitstream.latentChannels');
  checkRange(bitstream.hyperChannels, 1, 4096, 'bitstream.hyperChannels');
  checkRange(bitstream.latentStride, LATENT_STRIDE, LATENT_STRIDE, 'bitstream.latentStride');
  checkRange(bitstream.hyperStride, HYPER_STRIDE, HYPER_STRIDE, 'bitstream.hyperStride');
  const tables = readObject(bitstream.tables, 'bitstream.tables');
  checkRange(tables.precision, 16, 16, 'bitstream.tables.precision');
  const { rows } = readFrequencies(tables.frequencies);
  const indices = readBase64(bitstream.hyperTables, 'bitstream.hyperTables');
  ensure(
    indices.length === Number(bitstream.levels) * Number(bitstream.hyperChannels) &&
      indices.every((index) => index < rows),
    'bitstream.hyperTables',
    'not one table index per level and channel',
  );
  const { halo } = bitstream;
  if (halo !== undefined) checkDistance(halo, 4096, 'bitstream.halo');
  if (root.margin !== undefined) checkDistance(root.margin, Number(halo ?? 0), 'margin');
  checkGraphs(bitstream.graphs, DECODER_GRAPHS, 'bitstream.graphs');
  checkGraphs(readObject(root.encoder, 'encoder').graphs, ENCODER_GRAPHS, 'encoder.graphs');
  if (root.preview !== undefined) checkGraph(root.preview, 'preview');
  ensure(Array.isArray(root.rates), 'rates', 'no list');
  readObject(root.training, 'training');
  try {
    canonicalJson(bitstream);
  } catch (cause) {
    throw new ModelError(`model.json: bitstream cannot be hashed: ${FETCH_AGAIN}`, { cause });
  }
  return json as ModelDescription;
}

/** Makes the coding tables of a model. */
export function readTables({ bitstream }: ModelDescription): FrequencyTables {
  return readFrequencies(bitstream.tables.frequencies);
}

/** The table row of each hyper-latent channel at each level: levels × hyperChannels bytes. */
export function readHyperTables({ bitstream }: ModelDescription): Uint8Array {
  return readBase64(bitstream.hyperTables, 'bitstream.hyperTables');
}

/**
 * What windows of a model need around them, in hyper-latents.
 *
 * @returns undefined for a model that can only process whole images.
 */
export function getMargin({ margin, bitstream }: ModelDescription): number | undefined {
  const pixels = margin ?? bitstream.halo;
  return pixels === undefined ? undefined : pixels / HYPER_STRIDE;
}

type JsonObject = Readonly<Record<string, unknown>>;

function ensure(isRight: boolean, name: string, wrong: string): asserts isRight {
  if (!isRight) throw new ModelError(`model.json: ${name} is ${wrong}: ${FETCH_AGAIN}`);
}

function readObject(value: unknown, name: string): JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  ensure(isObject, name, 'no object');
  return value as JsonObject;
}

function checkRange(value: unknown, min: number, max: number, name: string): void {
  const isRight = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  ensure(isRight, name, min === max ? `not ${min}` : `no integer in ${min}..${max}`);
}

/** Checks a distance in pixels, which has to be a multiple of 64. */
function checkDistance(value: unknown, max: number, name: string): void {
  checkRange(value, HYPER_STRIDE, max, name);
  ensure(Number(value) % HYPER_STRIDE === 0, name, `no multiple of ${HYPER_STRIDE}`);
}

function checkGraphs(value: unknown, names: readonly string[], path: string): void {
  const graphs = readObject(value, path);
  for (const name of names) checkGraph(graphs[name], `${path}.${name}`);
}

function checkGraph(value: unknown, path: string): void {
  const { file, sha256, bytes } = readObject(value, path);
  // A plain name: a model must not reach outside its folder.
  const isPlain = typeof file === 'string' && /^[\w-][\w.-]*$/.test(file);
  ensure(isPlain, `${path}.file`, 'no plain file name');
  const isHash = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  ensure(isHash, `${path}.sha256`, 'no SHA-256');
  checkRange(bytes, 1, Number.MAX_SAFE_INTEGER, `${path}.bytes`);
}

function readFrequencies(frequencies: unknown): FrequencyTables {
  try {
    return new FrequencyTables(frequencies as number[][]);
  } catch (cause) {
    const { message } = cause as Error;
    throw new ModelError(`model.json: ${message}: ${FETCH_AGAIN}`, { cause });
  }
}

/** Decodes padded base64 (RFC 4648, section 4); `Uint8Array.fromBase64` is not everywhere yet. */
function readBase64(value: unknown, name: string): Uint8Array {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const isBase64 =
    typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
  ensure(isBase64, name, 'no base64');
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
