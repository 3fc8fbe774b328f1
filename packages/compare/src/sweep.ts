// Runs tasks on worker threads and keeps what they gave, so that no task is done twice: whatever is in
// the cache is taken from there, and an interrupt loses only what is under way.
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Cache } from './cache.js';
import type { Measurement } from './measure.js';
import type { Crop, CropTask, MeasureTask } from './worker.js';

/** What each kind of task takes and gives. */
interface Kinds {
  measureOne: { task: MeasureTask; result: Measurement };
  cropOne: { task: CropTask; result: Crop };
}

/** A task and what its result depends on. */
export interface Job<Kind extends keyof Kinds> {
  readonly task: Kinds[Kind]['task'];
  readonly key: unknown;
}

/** How far a sweep is. */
export interface SweepProgress {
  readonly done: number;
  readonly total: number;
  /** Seconds left, once it can be told. */
  readonly secondsLeft: number | undefined;
}

/** What came of a task. */
export type Result<T> = { readonly result: T } | { readonly error: Error };

/** A pool of threads with a cache before it. */
export class Sweep {
  readonly #cache: Cache;
  readonly #workers: number;
  readonly #signal: AbortSignal | undefined;
  #pool: Piscina | undefined;

  /**
   * @param workers - how many threads
   * @param signal - ends the sweep, once the tasks under way are done and kept
   */
  constructor(cache: Cache, workers: number, signal?: AbortSignal) {
    this.#cache = cache;
    this.#workers = workers;
    this.#signal = signal;
  }

  /**
   * Does all tasks of one kind; one that fails does not stop the others, and is tried again next time.
   *
   * @param usable - whether a kept result will do for its task
   * @throws the signal's reason if the sweep was ended
   */
  async run<Kind extends keyof Kinds>(
    kind: Kind,
    jobs: readonly Job<Kind>[],
    usable: (result: Kinds[Kind]['result'], task: Kinds[Kind]['task']) => boolean,
    onProgress: (progress: SweepProgress) => void = () => {},
  ): Promise<Result<Kinds[Kind]['result']>[]> {
    const results: Result<Kinds[Kind]['result']>[] = [];
    const pending: number[] = [];
    for (const [i, { key, task }] of jobs.entries()) {
      this.#signal?.throwIfAborted();
      const kept = (await this.#cache.get([kind, key])) as Kinds[Kind]['result'] | undefined;
      if (kept !== undefined && usable(kept, task)) results[i] = { result: kept };
      else pending.push(i);
    }
    const started = performance.now();
    const total = jobs.length;
    const all = pending.length;
    const next = async (): Promise<void> => {
      while (!this.#signal?.aborted) {
        const i = pending.shift();
        if (i === undefined) return;
        const { task, key } = jobs[i]!;
        try {
          this.#pool ??= this.#start();
          const result = (await this.#pool.run(task, { name: kind })) as Kinds[Kind]['result'];
          await this.#cache.set([kind, key], result);
          results[i] = { result };
        } catch (error) {
          results[i] = { error: error as Error };
        }
        finished += 1;
        const seconds = (performance.now() - started) / 1000;
        const secondsLeft = (seconds / finished) * (all - finished);
        onProgress({ done: total - all + finished, total, secondsLeft });
      }
    };
    let finished = 0;
    onProgress({ done: total - all, total, secondsLeft: undefined });
    await Promise.all(Array.from({ length: this.#workers }, next));
    this.#signal?.throwIfAborted();
    return results;
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool?.destroy();
  }

  #start(): Piscina {
    // Of the built package even where this module is run from its source.
    const filename = fileURLToPath(new URL('../dist/worker.js', import.meta.url));
    return new Piscina({
      filename,
      minThreads: this.#workers,
      maxThreads: this.#workers,
      idleTimeout: Number.POSITIVE_INFINITY,
    });
  }
}
