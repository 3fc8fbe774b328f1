// What a caller can do with an image being encoded or decoded: watch it and stop it.
import { checkFunction, checkObject } from './validate.js';

/** As much of an `AbortSignal` as the codec needs; an `AbortSignal` is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  /** What is thrown once `aborted` is true. */
  readonly reason: unknown;
}

/** Options of everything that takes long. */
export interface JobOptions {
  /** Stops the job between two steps; it then throws the signal's reason. */
  readonly signal?: CancelSignal | undefined;
  /** Told after each step which fraction of the job is done, 0..1, never falling. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Asserts that an argument holds the options of a job.
 *
 * @throws {TypeError} naming the option that is wrong.
 */
export function checkJobOptions(options: JobOptions): void {
  checkObject(options, 'options');
  if (options.signal !== undefined) checkObject(options.signal, 'signal');
  if (options.onProgress !== undefined) checkFunction(options.onProgress, 'onProgress');
}

/** Ends a step: throws if the job is to stop, else tells how far it is. */
export function advance({ signal, onProgress }: JobOptions, fraction: number): void {
  if (signal?.aborted) throw signal.reason;
  onProgress?.(fraction);
}

/**
 * The options for the parts of a job, which may take turns. Each part tells its own 0..1.
 *
 * @param weights what each part is worth of the whole; they sum to 1.
 */
export function partsOf({ signal, onProgress }: JobOptions, ...weights: number[]): JobOptions[] {
  const done = weights.map(() => 0);
  return weights.map((weight, part) => ({
    signal,
    onProgress: (fraction) => {
      done[part] = weight * fraction;
      // The sum of the weights may miss 1 by a rounding.
      onProgress?.(
        Math.min(
          1,
          done.reduce((sum, one) => sum + one, 0),
        ),
      );
    },
  }));
}
