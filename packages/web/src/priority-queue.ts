// Jobs that run one at a time, the most urgent first: how urgent each is may change while it waits. It
// knows nothing of what they do.

/** A job that waits or runs. */
export interface Job<Result> {
  /** Asked whenever there is a choice; the job with the largest runs. Ties go to the first that came. */
  readonly priority: () => number;
  /** Gives the job up, whether it runs or not. */
  readonly signal: AbortSignal;
  /** Does it. It may be called again, if a more urgent job interrupts it by aborting this signal. */
  readonly run: (signal: AbortSignal) => Promise<Result>;
}

interface Entry<Result = unknown> {
  readonly job: Job<Result>;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

interface Running {
  readonly entry: Entry;
  readonly interrupter: AbortController;
}

/**
 * A queue in which the most urgent job goes first.
 *
 * @example
 * ```ts
 * const queue = new PriorityQueue((waiting, running) => waiting >= running + 1);
 * const image = await queue.run({ priority: () => zone, signal, run: (signal) => decode(signal) });
 * ```
 */
export class PriorityQueue {
  readonly #interrupts: (waiting: number, running: number) => boolean;
  readonly #waiting: Entry[] = [];
  #running: Running | undefined;

  /** @param interrupts - whether a job of one priority may interrupt a running job of another. */
  constructor(interrupts: (waiting: number, running: number) => boolean = () => false) {
    this.#interrupts = interrupts;
  }

  /**
   * Runs a job when its turn comes.
   *
   * @returns what the job gives.
   * @throws what the job throws, or its signal's reason as soon as it is aborted.
   */
  run<Result>(job: Job<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (job.signal.aborted) throw job.signal.reason;
      const entry = { job, resolve, reject } as Entry as Entry<Result>;
      job.signal.addEventListener('abort', () => {
        const at = this.#waiting.indexOf(entry as Entry);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(job.signal.reason);
      });
      this.#waiting.push(entry as Entry);
      this.reconsider();
    });
  }

  /** To be called when a priority has changed: starts or interrupts what should be. */
  reconsider(): void {
    const best = this.#mostUrgent();
    if (!best) return;
    if (!this.#running) {
      void this.#start(best);
      return;
    }
    const { entry, interrupter } = this.#running;
    if (this.#interrupts(best.job.priority(), entry.job.priority())) interrupter.abort();
  }

  async #start(entry: Entry): Promise<void> {
    const { job, resolve, reject } = entry;
    this.#waiting.splice(this.#waiting.indexOf(entry), 1);
    const interrupter = new AbortController();
    this.#running = { entry, interrupter };
    try {
      resolve(await job.run(AbortSignal.any([job.signal, interrupter.signal])));
    } catch (error) {
      // It came before those that wait, and comes before them again if they are no more urgent.
      if (interrupter.signal.aborted && !job.signal.aborted) this.#waiting.unshift(entry);
      else reject(error);
    } finally {
      this.#running = undefined;
      this.reconsider();
    }
  }

  #mostUrgent(): Entry | undefined {
    let best: Entry | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const entry of this.#waiting) {
      const priority = entry.job.priority();
      if (priority > most) [best, most] = [entry, priority];
    }
    return best;
  }
}
