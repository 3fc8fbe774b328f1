// The adapter to ONNX Runtime, whose packages for Node, browsers and React Native share one API. The codec
// imports nothing of it but types; an application hands in the package it uses.
import type {
  InferenceSession,
  InferenceSessionFactory,
  Tensor as OrtTensor,
  TensorConstructor,
} from 'onnxruntime-common';
import { ModelError, TooLargeError } from './errors.js';
import type { Graph, LoadingOptions, Runtime, Tensor } from './runtime.js';

/** The part of `onnxruntime-node`, `onnxruntime-web` or another package of ONNX Runtime that is used. */
export interface Ort {
  /** Loads networks. */
  readonly InferenceSession: InferenceSessionFactory;
  /** Creates inputs. */
  readonly Tensor: TensorConstructor;
}

/** Options of {@link OnnxRuntime}. */
export interface OnnxRuntimeOptions {
  /** Gives ONNX Runtime; called before each network is loaded. */
  readonly start: () => Promise<Ort>;
  /** Execution providers of ordinary networks, the preferred one first. */
  readonly providers: readonly string[];
  /** The execution provider of exact networks, on the CPU or WASM. */
  readonly exactProvider: string;
  /** Session options, in addition to those that every network has. */
  readonly sessionOptions?: InferenceSession.SessionOptions | undefined;
  /** Runs a call of ONNX Runtime; for hosts where calls must not overlap. By default, it just runs. */
  readonly schedule?: Schedule | undefined;
}

/** Runs a call, perhaps later. */
export type Schedule = <Result>(call: () => Promise<Result>) => Promise<Result>;

const callAtOnce: Schedule = (call) => call();

/** Options of every session. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'all',
  // Anything that ONNX Runtime would log arrives as an exception as well.
  logSeverityLevel: 4,
  // Every image may have another size. Without these two, the peak is half as high (60 instead of 120 bytes
  // a pixel at 12 megapixels), the memory is given back afterwards, and a single image takes as long.
  enableCpuMemArena: false,
  enableMemPattern: false,
};

/** Runs networks on any package of ONNX Runtime. */
export class OnnxRuntime implements Runtime {
  readonly #options: OnnxRuntimeOptions;

  /** @param device - where ordinary networks run, for people to read. */
  constructor(
    readonly device: string,
    options: OnnxRuntimeOptions,
  ) {
    this.#options = options;
  }

  async load(onnx: Uint8Array, { exact, externalData }: LoadingOptions): Promise<Graph> {
    const {
      start,
      providers,
      exactProvider,
      sessionOptions,
      schedule = callAtOnce,
    } = this.#options;
    const { InferenceSession, Tensor } = await start();
    const session = await schedule(() =>
      InferenceSession.create(onnx, {
        ...SESSION_OPTIONS,
        ...sessionOptions,
        executionProviders: exact ? [exactProvider] : [...providers],
        ...(externalData ? { externalData } : {}),
      }),
    );
    return new OnnxGraph(session, Tensor, schedule);
  }
}

class OnnxGraph implements Graph {
  readonly #session: InferenceSession;
  readonly #Tensor: TensorConstructor;
  readonly #schedule: Schedule;

  constructor(session: InferenceSession, Tensor: TensorConstructor, schedule: Schedule) {
    this.#session = session;
    this.#Tensor = Tensor;
    this.#schedule = schedule;
  }

  async run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, { data, dims }] of Object.entries(inputs)) {
      feeds[name] =
        data instanceof Int32Array
          ? new this.#Tensor('int32', data, dims)
          : new this.#Tensor('float32', data, dims);
    }
    const results = await this.#schedule(() => this.#session.run(feeds)).catch(explainMemory);
    const outputs: Record<string, Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(results)) {
      if (!(data instanceof Float32Array || data instanceof Int32Array)) {
        throw new ModelError(
          `The network's output ${name} has neither float32 nor int32 numbers: fetch the model again.`,
        );
      }
      outputs[name] = { data, dims };
    }
    return outputs;
  }

  async release(): Promise<void> {
    await this.#schedule(() => this.#session.release());
  }
}

/** Says so if it was the memory that was lacking. */
function explainMemory(error: unknown): never {
  if (/bad_alloc|allocat|out of memory|\boom\b/i.test(String(error))) {
    throw new TooLargeError(
      'The memory ran out while the networks ran: free some, or use a smaller image.',
      { cause: error },
    );
  }
  throw error;
}

/** An ONNX model with one Relu on one number: enough to see whether a device runs anything. In hexadecimal. */
const PROBE =
  '08083a370a0c0a0178120179220452656c75120570726f62655a0f0a0178120a0a08080112040a02080162' +
  '0f0a0179120a0a08080112040a02080142040a001011';

/**
 * Tries out an execution provider on a tiny network.
 *
 * @returns why it cannot be used, in a part of a sentence; undefined if it can.
 */
export async function probeProvider(ort: Ort, provider: string): Promise<string | undefined> {
  try {
    const onnx = Uint8Array.from(PROBE.match(/../g)!, (digits) => Number.parseInt(digits, 16));
    const session = await ort.InferenceSession.create(onnx, {
      executionProviders: [provider],
      logSeverityLevel: 4,
    });
    const { y } = await session.run({ x: new ort.Tensor('float32', [2], [1]) });
    await session.release();
    return y?.data[0] === 2 ? undefined : 'it computes wrong numbers';
  } catch (error) {
    return describeReason(error);
  }
}

/** The first line of an error's message, as a part of a sentence. */
export function describeReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.trim().split('\n')[0] ?? '';
  // ONNX Runtime puts a C++ signature before the sentence that says what happened.
  return line.replace(/^.*was false\. /, '').replace(/\.$/, '');
}
