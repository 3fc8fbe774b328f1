// What is said of a file that has been read: one sentence, however much it is.

/**
 * One sentence for all that has been changed and dropped; undefined if that is nothing.
 *
 * @param changes - each as it begins a sentence, without a full stop.
 * @param dropped - each as a list holds it.
 * @example
 * ```ts
 * noticeOf(['Kept 1 of 2 frames or pages'], ['IPTC', 'comments']);
 * // 'Kept 1 of 2 frames or pages; dropped IPTC and comments.'
 * ```
 */
export function noticeOf(
  changes: readonly string[],
  dropped: readonly string[],
): string | undefined {
  const clauses = [...changes];
  if (dropped.length > 0) clauses.push(`Dropped ${listOf(dropped)}`);
  if (clauses.length === 0) return undefined;
  const [first, ...rest] = clauses;
  const following = rest.map((clause) => clause[0]!.toLowerCase() + clause.slice(1));
  return `${[first, ...following].join('; ')}.`;
}

function listOf(things: readonly string[]): string {
  if (things.length < 2) return things.join();
  return `${things.slice(0, -1).join(', ')} and ${things.at(-1)}`;
}
