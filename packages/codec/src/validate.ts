// Checks of a caller's arguments, which all speak in one sentence: "Expected integer in 1..100 for
// quality but received 0 of type number". Damaged files and models are not argument errors (errors.ts).

/**
 * The sentence an argument error says.
 *
 * @param expected - what would have been right, e.g. `integer in 1..100`.
 * @param name - the argument, as the caller knows it, e.g. `quality` or `image.data`.
 * @param value - what came instead; shown cut to 40 characters.
 * @example
 * ```ts
 * throw new TypeError(expectedButReceived('function', 'onProgress', 3));
 * ```
 */
export function expectedButReceived(expected: string, name: string, value: unknown): string {
  return `Expected ${expected} for ${name} but received ${describeValue(value)} of type ${typeof value}`;
}

/**
 * Asserts that an argument is an integer within bounds.
 *
 * @throws TypeError if it is no number.
 * @throws RangeError if it is a number, but no integer in `min..max`.
 * @example
 * ```ts
 * checkInteger(options.quality, 1, 100, 'quality');
 * ```
 */
export function checkInteger(
  value: unknown,
  min: number,
  max: number,
  name: string,
): asserts value is number {
  const expected = `integer in ${min}..${max}`;
  if (typeof value !== 'number') throw new TypeError(expectedButReceived(expected, name, value));
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(expectedButReceived(expected, name, value));
  }
}

/**
 * Asserts that an argument is a number within bounds.
 *
 * @throws TypeError if it is no number.
 * @throws RangeError if it is a number, but not in `min..max`.
 */
export function checkNumber(
  value: unknown,
  min: number,
  max: number,
  name: string,
): asserts value is number {
  const expected = `number in ${min}..${max}`;
  if (typeof value !== 'number') throw new TypeError(expectedButReceived(expected, name, value));
  if (!(value >= min && value <= max)) {
    throw new RangeError(expectedButReceived(expected, name, value));
  }
}

/**
 * Asserts that an argument is the bytes of a file.
 *
 * @throws TypeError if it is no Uint8Array (a Node `Buffer` is one).
 */
export function checkBytes(value: unknown, name: string): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) {
    throw new TypeError(expectedButReceived('Uint8Array', name, value));
  }
}

/**
 * Asserts that an argument is an object, such as a bag of options.
 *
 * @throws TypeError if it is anything else.
 */
export function checkObject(value: unknown, name: string): asserts value is object {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(expectedButReceived('object', name, value));
  }
}

/**
 * Asserts that an argument is a string.
 *
 * @throws TypeError if it is anything else.
 */
export function checkString(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(expectedButReceived('string', name, value));
}

/**
 * Asserts that an argument is true or false.
 *
 * @throws TypeError if it is anything else.
 */
export function checkBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw new TypeError(expectedButReceived('boolean', name, value));
}

/**
 * Asserts that an argument is a function.
 *
 * @throws TypeError if it is anything else.
 */
export function checkFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') {
    throw new TypeError(expectedButReceived('function', name, value));
  }
}

function describeValue(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name}`.trimEnd();
  if (typeof value === 'object' && value !== null) {
    return value.constructor?.name || 'object';
  }
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
