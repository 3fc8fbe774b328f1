// Several processes that do jobs at once: each runs its model on threads of its own, and none can bring down the
// others.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BatchArguments } from './begin-work.js';
import type { Failure } from './exit-codes.js';
import type { Job } from './jobs.js';
import type { Finished, Hooks } from './work.js';

/** What is sent to a worker. */
export type ToWorker =
  | { readonly type: 'begin'; readonly args: BatchArguments }
  | { readonly type: 'job'; readonly job: Job; readonly alone: boolean };

/** What a worker sends. */
export type FromWorker =
  | { readonly type: 'general' | 'notice' | 'detail'; readonly text: string }
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'finished'; readonly finished: Finished }
  | { readonly type: 'failed'; readonly failure: Failure };

/** A failure that a worker has reported, to be thrown. */
export class WorkerFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** Workers, of which each does one job at a time. */
export class WorkerPool {
  readonly #args: BatchArguments;
  readonly #onNotice: (text: string) => void;
  readonly #idle: ChildProcess[] = [];
  /** What has been said once needs not be said by every worker. */
  readonly #said = new Set<string>();

  /**
   * @param args - with what is meant for one worker, such as its threads.
   * @param onNotice - called with what is not about a single file.
   */
  constructor(args: BatchArguments, onNotice: (text: string) => void) {
    this.#args = args;
    this.#onNotice = onNotice;
  }

  /**
   * Does a job with an idle worker, or a new one if there is none.
   *
   * @throws {@link WorkerFailure} with what the worker reports, or with its death.
   */
  async run(job: Job, hooks: Hooks, alone: boolean): Promise<Finished> {
    const worker = this.#idle.pop() ?? this.#start();
    const finished = await new Promise<Finished>((resolve, reject) => {
      const settle = (settled: () => void): void => {
        worker.off('message', listen);
        worker.off('exit', die);
        settled();
      };
      const listen = (message: FromWorker): void => {
        if (message.type === 'finished') settle(() => resolve(message.finished));
        else if (message.type === 'failed')
          settle(() => reject(new WorkerFailure(message.failure)));
        else if (message.type === 'progress') hooks.progress(message.fraction);
        else if (message.type === 'general') this.#sayOnce(message.text);
        else hooks[message.type](message.text);
      };
      const die = (code: number | null, signal: NodeJS.Signals | null): void => {
        settle(() => reject(new WorkerFailure(deathOf(code, signal))));
      };
      worker.on('message', listen);
      worker.on('exit', die);
      this.#send(worker, { type: 'job', job, alone });
    }).finally(() => {
      if (worker.connected) this.#idle.push(worker);
    });
    return finished;
  }

  /** Ends the workers, which have nothing to do any more. */
  close(): void {
    for (const worker of this.#idle.splice(0)) worker.disconnect();
  }

  #start(): ChildProcess {
    const program = fileURLToPath(new URL('worker.js', import.meta.url));
    const worker = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#send(worker, { type: 'begin', args: this.#args });
    return worker;
  }

  #send(worker: ChildProcess, message: ToWorker): void {
    // That it could not be sent is seen when the worker exits.
    worker.send(message, () => {});
  }

  #sayOnce(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#onNotice(text);
  }
}

function deathOf(code: number | null, signal: NodeJS.Signals | null): Failure {
  const how = signal ? `by ${signal}` : `with exit code ${code}`;
  return {
    code: 'INTERNAL',
    exit: 1,
    message: `The process that worked on it was ended ${how}, perhaps for want of memory: use fewer --jobs.`,
  };
}
