// JSON in exactly one way, so that its hash is the same in every language.

/**
 * Writes JSON in the canonical form that a model's hash is taken over: keys sorted by their code units, no
 * white space, only integers, and text escaped only where JSON demands it.
 *
 * @param value - objects, arrays, strings, booleans, `null` and safe integers.
 * @returns the JSON text.
 * @throws TypeError for numbers that are not safe integers, which languages print differently, and for
 * anything that JSON cannot hold.
 * @example
 * ```ts
 * canonicalJson({ b: [1, 2], a: 'x' }); // {"a":"x","b":[1,2]}
 * ```
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  const isPlain = value === null || typeof value === 'boolean' || typeof value === 'string';
  if (isPlain || Number.isSafeInteger(value)) return JSON.stringify(value);
  throw new TypeError(
    `Expected only integers, strings, booleans, arrays and objects but received ${String(value)}`,
  );
}
