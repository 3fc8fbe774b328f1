// Lists of qualities as they are typed on a command line. Text in, numbers out.
import { checkString } from '@nacre/codec/internal';

/**
 * Reads a list such as `1,5,20-30`.
 *
 * @returns the qualities, each once, rising
 * @throws RangeError for anything else, or numbers out of 1..100; TypeError for anything but text
 * @example
 * ```ts
 * parseQualities('1,5,20-22'); // [1, 5, 20, 21, 22]
 * ```
 */
export function parseQualities(list: string): number[] {
  checkString(list, 'list');
  const qualities = list.split(',').flatMap((part) => {
    const [, first, last = first] = part.match(/^(\d+)(?:-(\d+))?$/) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from >= 1 && from <= to && to <= 100)) {
      throw new RangeError(
        `Expected integers or ranges in 1..100 for qualities but received "${part}"`,
      );
    }
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(qualities)].toSorted((a, b) => a - b);
}
