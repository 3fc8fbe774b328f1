// Runs tasks on worker threads and caches their results, so that no task runs twice and an interrupt loses only
// the tasks that are running.
import { Piscina } from 'piscina';
import type { Cache } from './cache.js';
import type { Measurement } from './measure.js';
import { WORKER } from './prepare.js';
import type { Crop, CropTask, MeasureTask, Pair, PairTask } from './worker.js';

/** The task and the result of each function of the worker. */
interface Kinds {
  measureOne: { task: MeasureTask; result: Measurement };
  cropOne: { task: CropTask; result: Crop };
  pairOne: { task: PairTask; result: Pair | null };
}

/** A task and what its result depends on. */
export interface Job<Kind extends keyof Kinds> {
  readonly task: Kinds[Kind]['task'];
  readonly key: unknown;
}

/** How far a sweep has come. */
export interface SweepProgress {
  /** Tasks that are done or cached. */
  readonly done: number;
  /** All tasks. */
  readonly total: number;
  /** Estimated seconds left; undefined before the first task is done. */
  readonly secondsLeft: number | undefined;
}

/** The outcome of a task. */
export type Result<T> = { readonly result: T } | { readonly error: Error };

/** A pool of threads behind a cache. */
export class Sweep {
  readonly #cache: Cache;
  readonly #workers: number;
  readonly #signal: AbortSignal | undefined;
  #pool: Piscina | undefined;

  /**
   * @param workers - how many threads
   * @param signal - ends the sweep once the running tasks are done and cached
   */
  constructor(cache: Cache, workers: number, signal?: AbortSignal) {
    this.#cache = cache;
    this.#workers = workers;
    this.#signal = signal;
  }

  /**
   * Runs all tasks of one kind. A task that fails does not stop the others, and runs again next time.
   *
   * @param usable - whether a cached result will do
   * @throws the signal's reason if the sweep was ended
   */
  async run<Kind extends keyof Kinds>(
    kind: Kind,
    jobs: readonly Job<Kind>[],
    usable: (result: Kinds[Kind]['result']) => boolean,
    onProgress: (progress: SweepProgress) => void = () => {},
  ): Promise<Result<Kinds[Kind]['result']>[]> {
    const results: Result<Kinds[Kind]['result']>[] = [];
    const pending: number[] = [];
    for (const [i, { key }] of jobs.entries()) {
      this.#signal?.throwIfAborted();
      const kept = (await this.#cache.get([kind, key])) as Kinds[Kind]['result'] | undefined;
      if (kept !== undefined && usable(kept)) results[i] = { result: kept };
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
    return new Piscina({
      filename: WORKER,
      minThreads: this.#workers,
      maxThreads: this.#workers,
      idleTimeout: Number.POSITIVE_INFINITY,
    });
  }
}
