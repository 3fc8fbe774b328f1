// Finds the setting of an encoder that comes nearest to a target. What an encoder is, or a setting, it
// does not know.

/** What {@link nearest} searches. */
export interface Search<Result> {
  /** The lowest and the highest setting, integers. */
  readonly range: readonly [low: number, high: number];
  /** What is wanted. */
  readonly target: number;
  /** Tries a setting; its value should rise with the setting, and is believed to. */
  readonly attempt: (setting: number) => Promise<Result>;
  readonly rank: (result: Result) => number;
}

/**
 * The result whose value is nearest to the target, by bisection: about log2(range) attempts. A target
 * out of reach gets the end of the range. It is the nearest and not the next above: rounding up each
 * time would favour one side.
 *
 * @example
 * ```ts
 * const jpeg = await nearest({ range: [1, 100], target: 20_000, attempt, rank: (j) => j.bytes });
 * ```
 */
export async function nearest<Result>(search: Search<Result>): Promise<Result> {
  const { target, attempt, rank } = search;
  let [low, high] = search.range;
  let below: Result | undefined;
  let above: Result | undefined;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const result = await attempt(middle);
    if (rank(result) < target) {
      below = result;
      low = middle + 1;
    } else {
      above = result;
      high = middle - 1;
    }
  }
  if (below === undefined) return above!;
  if (above === undefined) return below;
  return target - rank(below) < rank(above) - target ? below : above;
}
