// What is open and what is known about it: runs the jobs in both workers, of which only the latest of
// each kind goes on. It knows nothing of elements; whoever shows it is told after each change.

import { type BitMap, CodecError, type NcrFile, openNcr } from '@nacre/web';
import type { WorkerCodec, WorkerModel } from '@nacre/web/client';
import type { Remote } from 'comlink';
import * as Comlink from 'comlink';
import type { Rgba } from './heat-map.js';
import type { ImageName, Lab, Look, OtherFacts } from './lab.js';
import type { OtherCodec } from './other-codecs.js';

/** What stands beside Nacre. */
export type Beside = 'original' | OtherCodec;

/** What the other codec is to have in common with Nacre. */
export type Match = 'bytes' | 'psnr';

/** A Nacre file and what is known of it. */
export interface NacreFacts {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly info: NcrFile;
  readonly quality: number;
  /** Against the original, if there is one. */
  readonly psnr: number | undefined;
  /** Undefined for a file that was opened. */
  readonly encodeMs: number | undefined;
  readonly decodeMs: number;
  /** Whether the decoder's networks had to be loaded meanwhile. */
  readonly withLoading: boolean;
}

/** What there is to show. */
export interface State {
  /** Undefined until something is open. */
  readonly image:
    | {
        readonly name: string;
        readonly width: number;
        readonly height: number;
        /** Whether there is something to compare with: a `.ncr` file comes alone. */
        readonly original: boolean;
      }
    | undefined;
  readonly quality: number;
  readonly beside: Beside;
  readonly match: Match;
  readonly look: Look;
  readonly nacre: NacreFacts | undefined;
  readonly other: OtherFacts | undefined;
  /** What is being done, and how far it is, 0..1; undefined if nothing is. */
  readonly busy: { readonly what: string; readonly done: number } | undefined;
  /** What went wrong last, or not quite as it should. */
  readonly error: string | undefined;
  readonly device: string | undefined;
}

/** What the reader of a session can change. */
export type Settings = Partial<Pick<State, 'quality' | 'beside' | 'match' | 'look'>>;

/** Told of every change; images come apart from facts. */
export interface Listeners {
  readonly changed: (state: State) => void;
  /** `nacre` is one side, what stands beside it the other; undefined if there is none. */
  readonly shown: (side: 'nacre' | 'beside', bitmap: ImageBitmap | undefined) => void;
}

/** How a session gets at its workers. */
export interface Workers {
  readonly codec: WorkerCodec;
  readonly model: Promise<WorkerModel>;
  readonly lab: Remote<Lab>;
}

/** Files begin with this. */
const NCR_MAGIC = [0x89, 0x4e, 0x43, 0x52];

/** One page's work, from the first image to the last. */
export class Session {
  #state: State = {
    image: undefined,
    quality: 50,
    beside: 'jpeg',
    match: 'bytes',
    look: 'pixels',
    nacre: undefined,
    other: undefined,
    busy: undefined,
    error: undefined,
    device: undefined,
  };
  readonly #workers: Workers;
  readonly #listeners: Listeners;
  #bits: { readonly of: Uint8Array; readonly map: BitMap } | undefined;
  #warm: Promise<void> | undefined;
  /** Ends all that belongs to the open image. */
  #opening = new AbortController();
  /** Ends what belongs to the present quality. */
  #coding = new AbortController();
  /** Ends what belongs to the present comparison. */
  #comparing = new AbortController();
  /** Counts the paintings of each side: only the latest is shown. */
  readonly #turns = { nacre: 0, beside: 0 };

  constructor(workers: Workers, listeners: Listeners) {
    this.#workers = workers;
    this.#listeners = listeners;
  }

  get state(): State {
    return this.#state;
  }

  /**
   * Opens a `.ncr` file, or any image that the browser can read; what was open goes. What is wrong
   * with it is told in the state.
   */
  async open(file: Blob, name: string): Promise<void> {
    this.#opening.abort();
    this.#opening = new AbortController();
    const { signal } = this.#opening;
    await this.#guard(signal, async () => {
      this.#change({ busy: { what: 'Opening', done: 0 }, error: undefined });
      const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
      const isNcr = NCR_MAGIC.every((byte, i) => byte === start[i]) || /\.ncr$/i.test(name);
      signal.throwIfAborted();
      if (isNcr) await this.#openNcr(new Uint8Array(await file.arrayBuffer()), name, signal);
      else await this.#openImage(file, name, signal);
    });
  }

  /** Changes what is wanted; only what depends on it is done again. */
  async set(settings: Settings): Promise<void> {
    const before = this.#state;
    this.#change(settings);
    const { quality, beside, match, look } = this.#state;
    if (!this.#state.image) return;
    if (quality !== before.quality && this.#state.image.original) return await this.#code();
    if (beside !== before.beside || match !== before.match) return await this.#compare();
    if (look !== before.look) await this.#guard(this.#coding.signal, () => this.#paint());
  }

  /** Forgets the last error. */
  dismiss(): void {
    this.#change({ error: undefined });
  }

  /** Tells an error that arose elsewhere. */
  fail(message: string): void {
    this.#change({ error: message });
  }

  async #openNcr(file: Uint8Array<ArrayBuffer>, name: string, signal: AbortSignal): Promise<void> {
    const info = openNcr(file);
    const cold = this.#warm === undefined;
    const { image, ms } = await this.#decode(file, signal);
    this.#giveUpOld();
    await this.#workers.lab.close();
    await this.#workers.lab.takeDecoded(image);
    signal.throwIfAborted();
    const { width, height, level } = info;
    const quality = (await this.#workers.model).toQuality(level);
    this.#change({
      image: { name, width, height, original: false },
      quality,
      look: this.#state.look === 'errors' ? 'pixels' : this.#state.look,
      nacre: {
        file,
        info,
        quality,
        psnr: undefined,
        encodeMs: undefined,
        decodeMs: ms,
        withLoading: cold,
      },
      other: undefined,
      busy: undefined,
    });
    await this.#paint();
    // An image that is dropped in later must not wait for the network.
    void this.#warmUp().catch(() => {});
  }

  async #openImage(file: Blob, name: string, signal: AbortSignal): Promise<void> {
    const { width, height } = await this.#workers.lab.open(file);
    signal.throwIfAborted();
    this.#giveUpOld();
    this.#change({
      image: { name, width, height, original: true },
      nacre: undefined,
      other: undefined,
    });
    await this.#paint();
    await this.#code();
  }

  /** Not before the new image has been read: one that cannot be read changes nothing. */
  #giveUpOld(): void {
    this.#coding.abort();
    this.#comparing.abort();
    this.#coding = new AbortController();
    this.#comparing = new AbortController();
  }

  /** Compresses the original at the present quality, shows it, and compares again. */
  async #code(): Promise<void> {
    this.#coding.abort();
    this.#comparing.abort();
    this.#coding = new AbortController();
    const { signal } = this.#coding;
    await this.#guard(signal, async () => {
      await this.#warmUp();
      signal.throwIfAborted();
      const { codec, lab } = this.#workers;
      const { quality } = this.#state;
      const model = await this.#workers.model;
      // Copied over there and handed on: the page's thread copies no pixels.
      const original = await lab.copyOriginal();
      signal.throwIfAborted();
      const tell = (from: number, to: number) => (done: number) => {
        if (signal.aborted) return;
        this.#change({ busy: { what: 'Compressing', done: from + done * (to - from) } });
      };
      const { result: file, ms: encodeMs } = await timed(tell(0, 0.6), (onProgress) =>
        codec.encode(original, { model, quality, transfer: true, signal, onProgress }),
      );
      const { image, ms: decodeMs } = await this.#decode(file, signal, tell(0.6, 1));
      const psnr = await lab.takeDecoded(image);
      signal.throwIfAborted();
      const info = openNcr(file);
      const nacre = { file, info, quality, psnr, encodeMs, decodeMs, withLoading: false };
      this.#change({ nacre, busy: undefined });
      await this.#paintNacre();
      await this.#compare();
    });
  }

  /** Makes what stands beside Nacre. */
  async #compare(): Promise<void> {
    this.#comparing.abort();
    this.#comparing = new AbortController();
    const { signal } = this.#comparing;
    await this.#guard(signal, async () => {
      const { beside, match, nacre, image } = this.#state;
      if (!image?.original || !nacre) return;
      if (beside === 'original') {
        this.#change({ other: undefined, busy: undefined });
      } else {
        this.#change({ busy: { what: `Searching for the ${nameOf(beside)}`, done: 0 } });
        const target = match === 'bytes' ? { bytes: nacre.file.length } : { psnr: nacre.psnr! };
        const other = await this.#workers.lab.findOther(beside, target);
        signal.throwIfAborted();
        this.#change({ other, busy: undefined });
      }
      await this.#paintBeside();
    });
  }

  async #paint(): Promise<void> {
    await Promise.all([this.#paintNacre(), this.#paintBeside()]);
  }

  async #paintNacre(): Promise<void> {
    const turn = ++this.#turns.nacre;
    const { look, nacre } = this.#state;
    const map = look === 'bits' && nacre ? await this.#measureBits(nacre.file) : undefined;
    // Until the first file is there, the original stands in for it.
    const bitmap = nacre
      ? await this.#workers.lab.show('nacre', look, map)
      : await this.#workers.lab.show('original', 'pixels');
    if (turn === this.#turns.nacre) this.#listeners.shown('nacre', bitmap);
  }

  async #paintBeside(): Promise<void> {
    const turn = ++this.#turns.beside;
    const { look, beside, other, image } = this.#state;
    const name: ImageName = beside !== 'original' && other ? 'other' : 'original';
    const bitmap = image?.original
      ? await this.#workers.lab.show(name, look === 'errors' ? 'errors' : 'pixels')
      : undefined;
    if (turn === this.#turns.beside) this.#listeners.shown('beside', bitmap);
  }

  async #measureBits(file: Uint8Array): Promise<BitMap> {
    if (this.#bits?.of !== file) {
      const model = await this.#workers.model;
      const { signal } = this.#coding;
      const onProgress = (done: number) =>
        this.#change({ busy: { what: 'Reading the bits', done } });
      const map = await this.#workers.codec.measureBits(file, { model, signal, onProgress });
      this.#bits = { of: file, map };
      this.#change({ busy: undefined });
    }
    return this.#bits.map;
  }

  async #decode(
    file: Uint8Array,
    signal: AbortSignal,
    tell: (done: number) => void = (done) => this.#change({ busy: { what: 'Decoding', done } }),
  ): Promise<{ image: Rgba; ms: number }> {
    const model = await this.#loaded();
    signal.throwIfAborted();
    const onNotice = (notice: string) => this.#change({ error: notice });
    const { result, ms } = await timed(tell, (onProgress) =>
      this.#workers.codec.decode(file, { model, signal, onProgress, onNotice }),
    );
    const { width, height } = result;
    const data = result.data as Uint8ClampedArray<ArrayBuffer>;
    return { image: Comlink.transfer({ data, width, height }, [data.buffer]), ms };
  }

  async #loaded(): Promise<WorkerModel> {
    if (!this.#state.device) this.#change({ busy: { what: 'Loading the model', done: 0 } });
    const model = await this.#workers.model;
    this.#change({ device: model.runtime.device });
    return model;
  }

  /** Loads all networks with a tiny image, so that times are those of the work alone. */
  async #warmUp(): Promise<void> {
    this.#warm ??= (async () => {
      const model = await this.#loaded();
      const { codec } = this.#workers;
      const file = await codec.encode(new ImageData(64, 64), { model });
      await codec.decode(file, { model });
    })();
    const warming = this.#warm;
    warming.catch(() => {
      this.#warm = undefined;
    });
    return await warming;
  }

  /** Runs a job; what goes wrong is told unless the job was given up. */
  async #guard(signal: AbortSignal, job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      if (signal.aborted || (error as Error).name === 'AbortError') return;
      this.#change({ busy: undefined, error: (error as Error).message });
      if (!(error instanceof CodecError)) console.error(error);
    }
  }

  #change(changes: Partial<State>): void {
    this.#state = { ...this.#state, ...changes };
    this.#listeners.changed(this.#state);
  }
}

/** What stands beside Nacre, as people write it. */
export function nameOf(beside: Beside): string {
  return { original: 'Original', jpeg: 'JPEG', webp: 'WebP', avif: 'AVIF' }[beside];
}

/** Runs a job and takes its time from its first sign of progress: it may have to wait before. */
async function timed<Result>(
  tell: (done: number) => void,
  job: (onProgress: (done: number) => void) => Promise<Result>,
): Promise<{ result: Result; ms: number }> {
  let start: number | undefined;
  const result = await job((done) => {
    start ??= performance.now();
    tell(done);
  });
  return { result, ms: performance.now() - (start ?? performance.now()) };
}
