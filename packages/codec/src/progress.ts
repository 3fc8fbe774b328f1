// How a caller watches and stops the encoding or decoding of an image.
import { checkFunction, checkObject } from './validate.js';

/** The part of an `AbortSignal` that the codec needs; every `AbortSignal` is one. */
export interface CancelSignal {
  /** Whether the work has to stop. */
  readonly aborted: boolean;
  /** Thrown once `aborted` is true. */
  readonly reason: unknown;
}

/** Options of every function that takes long. */
export interface ProgressOptions {
  /** Stops the work between two steps; the function then throws the signal's reason. */
  readonly signal?: CancelSignal | undefined;
  /** Called after each step with the fraction of the work that is done, 0..1, which never falls. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Asserts that an argument has valid progress options.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function checkProgressOptions(options: ProgressOptions): void {
  checkObject(options, 'options');
  if (options.signal !== undefined) checkObject(options.signal, 'signal');
  if (options.onProgress !== undefined) checkFunction(options.onProgress, 'onProgress');
}

/** Ends a step: throws if the work has to stop, else reports how far it is. */
export function reportProgress({ signal, onProgress }: ProgressOptions, fraction: number): void {
  if (signal?.aborted) throw signal.reason;
  onProgress?.(fraction);
}

/**
 * The options for the parts of some work, which may alternate. Each part reports its own 0..1.
 *
 * @param weights - the share of each part; they add up to 1.
 */
export function splitProgress<Weights extends readonly number[]>(
  { signal, onProgress }: ProgressOptions,
  ...weights: Weights
): { [Part in keyof Weights]: ProgressOptions } {
  const done = weights.map(() => 0);
  const parts = weights.map((weight, part): ProgressOptions => {
    if (onProgress === undefined) return { signal };
    const report = (fraction: number): void => {
      done[part] = weight * fraction;
      const sum = done.reduce((a, b) => a + b, 0);
      // The weights may miss 1 by a rounding.
      onProgress(Math.min(1, sum));
    };
    return { signal, onProgress: report };
  });
  return parts as { [Part in keyof Weights]: ProgressOptions };
}
