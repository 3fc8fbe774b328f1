// Nacre in a worker: the functions of index.ts with the same arguments and results, while the page stays
// responsive. The other end is worker.ts.

import type { BitMap, CodecError, ModelDescription, Region, TargetOptions } from '@nacre/codec';
import {
  checkBoolean,
  checkBytes,
  checkDecodeOptions,
  checkEncodeOptions,
  checkFunction,
  checkInteger,
  checkObject,
  expectedButReceived,
  levelToQuality,
  TARGET_NAMES,
} from '@nacre/codec/internal';
import type { DecodedBlob, DecodeToBlobOptions } from './decode-to-blob.js';
import { type DecodedImageData, withDamage } from './decoded-image-data.js';
import { checkRgba, type RgbaImage } from './image.js';
import {
  type Reply,
  type Request,
  type SentDecoded,
  type SentModel,
  type Task,
  unpackError,
} from './messages.js';
import { DEFAULT_MODEL, folderAddress } from './model-folders.js';
import { checkRuntimeOptions, type RuntimeOptions } from './runtime-options.js';
import {
  checkWorkerSource,
  type StartedWorker,
  startWorker,
  type WorkerSource,
} from './start-worker.js';

export type { DecodedBlob } from './decode-to-blob.js';
export type { WorkerSource } from './start-worker.js';

/** A model in the worker. */
export class WorkerModel {
  /** The content of its `model.json`. */
  readonly description: ModelDescription;
  /** SHA-256 of the model, 32 bytes; a `.ncr` file begins with the first 8 of the model it needs. */
  readonly hash: Uint8Array;
  /** Runs its networks. */
  readonly runtime: {
    /** Where ordinary networks run: `webgpu` or `wasm`. */
    readonly device: string;
  };
  /** What the worker knows it by. */
  readonly handle: number;
  /** The worker that has it. */
  readonly codec: WorkerCodec;

  constructor(codec: WorkerCodec, { handle, description, hash, device }: SentModel) {
    this.codec = codec;
    this.handle = handle;
    this.description = description;
    this.hash = hash;
    this.runtime = { device };
  }

  /**
   * The quality of a rate level, as a `.ncr` file has it.
   *
   * @returns integer in 1..100.
   */
  toQuality(level: number): number {
    return levelToQuality(level, this.description.bitstream.levels);
  }

  /** Frees the memory of all its networks; used again, it loads them again. */
  async release(): Promise<void> {
    await this.codec.release(this);
  }
}

/** Options of {@link WorkerCodec.loadModel}. */
export interface WorkerLoadOptions extends RuntimeOptions {
  /** The name of a model beside the page, or the address of its folder; by default {@link DEFAULT_MODEL}. */
  readonly model?: string | URL | undefined;
}

/** What all jobs in the worker take. */
export interface WorkerJobOptions {
  /** From {@link WorkerCodec.loadModel} of the same worker. */
  readonly model: WorkerModel;
  /** Refuse more pixels than this; 2^27 if left out. */
  readonly maxPixels?: number | undefined;
  /**
   * Hands the input's memory over instead of copying it: its array is empty afterwards. A part of a larger
   * buffer is copied all the same.
   */
  readonly transfer?: boolean | undefined;
  /** Gives the job up at once; it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each step which fraction of the job is done, 0..1, never falling. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Told, in one sentence, if a target cannot be reached, or an ICC profile not be used. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Most pixels computed at once; 2^23 if left out. */
  readonly windowPixels?: number | undefined;
}

/** What {@link WorkerCodec.decode} takes; the model is required. */
export interface WorkerDecodeOptions extends WorkerJobOptions {
  /** The part of the image that is wanted, in pixels; all of it if left out. */
  readonly region?: Region | undefined;
  /** Takes what is whole of a damaged file; the result says what is not. */
  readonly partial?: boolean | undefined;
  /** 1, the default, or 1/8: a preview an eighth as wide and high, in about half the time. */
  readonly scale?: number | undefined;
  /** With scale 1: given the preview as soon as it is there. */
  readonly onPreview?: ((preview: DecodedImageData) => void) | undefined;
}

/** What {@link WorkerCodec.decodeToBlob} takes; the model is required. */
export interface WorkerBlobOptions
  extends Omit<WorkerDecodeOptions, 'onPreview'>,
    Pick<DecodeToBlobOptions, 'incomplete'> {
  /** With scale 1: given the preview, as a file, as soon as it is there. */
  readonly onPreview?: ((preview: DecodedBlob) => void) | undefined;
}

/** What {@link WorkerCodec.encode} takes; the model is required. */
export interface WorkerEncodeOptions extends WorkerJobOptions, TargetOptions {}

/** Who hears of a task before it is done. */
interface Listeners {
  readonly onProgress: ((fraction: number) => void) | undefined;
  readonly onNotice: ((notice: string) => void) | undefined;
  /** Takes what the task calls a preview: pixels, or a file. */
  readonly onPreview: ((preview: never) => void) | undefined;
}

/** A task that has been sent and not answered. */
interface Pending extends Listeners {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Nacre in a worker of its own. Jobs are done one after another. What they give is transferred, not
 * copied; what they take is copied unless `transfer` is set.
 *
 * @example
 * ```ts
 * import { WorkerCodec } from '@nacre/web/client';
 * const codec = new WorkerCodec();
 * const model = await codec.loadModel({ model: '/models/photo-6/' });
 * const image = await codec.decode(bytes, { model, signal: AbortSignal.timeout(10_000) });
 * codec.close();
 * ```
 */
export class WorkerCodec {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Why no more tasks are taken. */
  #ended: CodecError | DOMException | undefined;

  /**
   * Starts the worker; what it needs is fetched with the first model.
   *
   * @param source - a Worker that runs `@nacre/web/worker`, a function that starts one, or the address of its
   * script; left out, the bundler has put it where it is found.
   * @throws TypeError for anything else; {@link DeviceError} if the browser refuses to start it.
   */
  constructor(source?: Worker | WorkerSource) {
    const isWorker = source instanceof Worker;
    if (source !== undefined && !isWorker) checkWorkerSource(source, 'source');
    const { worker, whyFailed }: StartedWorker = isWorker
      ? startWorker(() => source)
      : startWorker(source);
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#hear(data);
    worker.onerror = (event) => {
      // Its script's errors have messages; an event without one says that there is no script.
      void whyFailed(event.message).then((error) => this.#end(error));
    };
  }

  /**
   * As `loadModel` of `@nacre/web`.
   *
   * @throws as there; an `AbortError` after {@link close}.
   * @example
   * ```ts
   * const model = await codec.loadModel({ model: '/models/photo-6/', device: 'wasm', threads: 2 });
   * ```
   */
  async loadModel(options: WorkerLoadOptions = {}): Promise<WorkerModel> {
    checkObject(options, 'options');
    const folder = folderAddress(options.model ?? DEFAULT_MODEL);
    checkRuntimeOptions(options);
    const { device, threads, onNotice } = options;
    const ortFolder =
      options.ortFolder && new URL(options.ortFolder, globalThis.document?.baseURI).href;
    const task: Task = { do: 'load', url: folder, device, threads, ortFolder };
    return new WorkerModel(this, await this.#ask<SentModel>(task, [], { onNotice }));
  }

  /**
   * As `encode` of `@nacre/web`.
   *
   * @throws as there; an `AbortError` after {@link close}.
   * @example
   * ```ts
   * const bytes = await codec.encode(imageData, { model, quality: 30, transfer: true });
   * ```
   */
  async encode(
    image: ImageData | RgbaImage,
    options: WorkerEncodeOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    checkRgba(image, 'image');
    this.#checkOptions(options);
    checkEncodeOptions(options);
    const { model, maxPixels, windowPixels, transfer = false } = options;
    const targets = Object.fromEntries(TARGET_NAMES.map((name) => [name, options[name]]));
    const { width, height, metadata }: RgbaImage = image;
    const { buffer, byteOffset, length } = alone(image.data as Uint8ClampedArray<ArrayBuffer>);
    const data = new Uint8ClampedArray(buffer, byteOffset, length);
    const task: Task = {
      do: 'encode',
      model: model.handle,
      image: { width, height, data, metadata },
      options: { ...targets, maxPixels, windowPixels },
    };
    return await this.#ask(task, transfer ? [buffer] : [], options);
  }

  /**
   * As `decode` of `@nacre/web`.
   *
   * @throws as there; an `AbortError` after {@link close}.
   * @example
   * ```ts
   * const image = await codec.decode(bytes, { model, onProgress: (done) => (bar.value = done) });
   * ```
   */
  async decode(bytes: Uint8Array, options: WorkerDecodeOptions): Promise<DecodedImageData> {
    const task = { do: 'decode', as: 'pixels' } as const;
    return received(await this.#askAbout<SentDecoded>(task, bytes, options));
  }

  /**
   * As {@link decode}, to a PNG file, which is made in the worker too.
   *
   * @throws as there.
   * @example
   * ```ts
   * const { blob } = await codec.decodeToBlob(bytes, { model });
   * img.src = URL.createObjectURL(blob);
   * ```
   */
  async decodeToBlob(bytes: Uint8Array, options: WorkerBlobOptions): Promise<DecodedBlob> {
    return await this.#askAbout<DecodedBlob>({ do: 'decode', as: 'png' }, bytes, options);
  }

  /**
   * As `measureBits` of `@nacre/web`.
   *
   * @throws as there; an `AbortError` after {@link close}.
   * @example
   * ```ts
   * const { bits, rows, columns } = await codec.measureBits(bytes, { model });
   * ```
   */
  async measureBits(bytes: Uint8Array, options: WorkerJobOptions): Promise<BitMap> {
    return await this.#askAbout({ do: 'measure', as: 'pixels' }, bytes, options);
  }

  #askAbout<Result>(
    what: { readonly do: 'decode' | 'measure'; readonly as: 'pixels' | 'png' },
    bytes: Uint8Array,
    options: Omit<WorkerBlobOptions, 'onPreview'> & Partial<Pick<Listeners, 'onPreview'>>,
  ): Promise<Result> {
    checkBytes(bytes, 'bytes');
    this.#checkOptions(options);
    const { model, maxPixels, windowPixels, transfer = false } = options;
    const { region, partial, scale, incomplete } = options;
    checkDecodeOptions(options);
    if (incomplete !== undefined) checkBoolean(incomplete, 'incomplete');
    const sent = alone(bytes);
    const task: Task = {
      ...what,
      model: model.handle,
      bytes: sent,
      options: { region, partial, scale, incomplete, maxPixels, windowPixels },
      preview: options.onPreview !== undefined,
    };
    return this.#ask(task, transfer ? [sent.buffer as ArrayBuffer] : [], options);
  }

  /**
   * Frees the memory of a model's networks, as {@link WorkerModel.release}.
   *
   * @throws TypeError for a model of another worker.
   */
  async release(model: WorkerModel): Promise<void> {
    this.#checkModel(model);
    await this.#ask({ do: 'release', model: model.handle }, [], {});
  }

  /** Ends the worker and frees all it holds; jobs that have not ended throw an `AbortError`. */
  close(): void {
    this.#end(new DOMException('The worker has been closed.', 'AbortError'));
  }

  /** Whether it takes no more jobs: it was closed, or its worker has failed. */
  get closed(): boolean {
    return this.#ended !== undefined;
  }

  #end(reason: CodecError | DOMException): void {
    this.#ended ??= reason;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }

  #ask<Result>(
    task: Task,
    transfer: ArrayBuffer[],
    options: Partial<Listeners> & Pick<WorkerJobOptions, 'signal'>,
  ): Promise<Result> {
    const { signal, onProgress, onNotice, onPreview } = options;
    return new Promise((resolve, reject) => {
      if (this.#ended) throw this.#ended;
      signal?.throwIfAborted();
      const id = ++this.#lastId;
      const giveUp = () => {
        this.#pending.delete(id);
        this.#say({ id, abort: true });
        reject(signal?.reason);
      };
      const over = () => signal?.removeEventListener('abort', giveUp);
      this.#pending.set(id, {
        resolve: (result) => {
          over();
          resolve(result);
        },
        reject: (error) => {
          over();
          reject(error);
        },
        onProgress,
        onNotice,
        onPreview,
      });
      try {
        this.#say({ id, task }, transfer);
      } catch (error) {
        // Memory that has been handed over before cannot be sent.
        this.#pending.delete(id);
        throw error;
      }
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  #say(request: Request, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, transfer);
  }

  #hear(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    // It was given up meanwhile.
    if (!pending) return;
    if ('progress' in reply) pending.onProgress?.(reply.progress);
    else if ('notice' in reply) pending.onNotice?.(reply.notice);
    else if ('preview' in reply) {
      const { preview } = reply;
      pending.onPreview?.(('blob' in preview ? preview : received(preview)) as never);
    } else {
      this.#pending.delete(reply.id);
      if ('error' in reply) pending.reject(unpackError(reply.error));
      else pending.resolve(reply.result as never);
    }
  }

  #checkOptions(options: WorkerJobOptions): void {
    checkObject(options, 'options');
    this.#checkModel(options.model);
    const { maxPixels, transfer = false, signal, onProgress, onNotice } = options;
    if (maxPixels !== undefined) checkInteger(maxPixels, 1, Number.MAX_SAFE_INTEGER, 'maxPixels');
    if (typeof transfer !== 'boolean') {
      throw new TypeError(expectedButReceived('boolean', 'transfer', transfer));
    }
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new TypeError(expectedButReceived('AbortSignal', 'signal', signal));
    }
    if (onProgress !== undefined) checkFunction(onProgress, 'onProgress');
    if (onNotice !== undefined) checkFunction(onNotice, 'onNotice');
  }

  #checkModel(model: WorkerModel): void {
    if (!(model instanceof WorkerModel) || model.codec !== this) {
      throw new TypeError(expectedButReceived('WorkerModel of this worker', 'model', model));
    }
  }
}

/** Numbers in a buffer that has nothing else: buffers are sent whole. */
function alone<Numbers extends Uint8Array | Uint8ClampedArray>(numbers: Numbers): Numbers {
  return numbers.length === numbers.buffer.byteLength ? numbers : (numbers.slice() as Numbers);
}

function received(sent: SentDecoded): DecodedImageData {
  return withDamage(new ImageData(sent.data, sent.width, sent.height), sent);
}
