// Jobs that run one after another, in the order they came. It knows nothing of what they do.

import type { CancelSignal } from '@nacre/codec';

/** A queue of asynchronous jobs; one that fails does not stop those behind it. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs a job as soon as all those before it are over.
   *
   * @param signal - if it is aborted when the job's turn comes, the job never begins.
   * @returns what the job gives.
   * @throws what the job throws, or the signal's reason.
   * @example
   * ```ts
   * const queue = new Queue();
   * const [a, b] = await Promise.all([queue.run(first), queue.run(second)]);
   * ```
   */
  run<Result>(job: () => Promise<Result>, signal?: CancelSignal): Promise<Result> {
    const running = this.#last.then(() => {
      if (signal?.aborted) throw signal.reason;
      return job();
    });
    const over = () => {};
    this.#last = running.then(over, over);
    return running;
  }
}
